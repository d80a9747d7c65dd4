"""Text taken out of a document -> drafts: a transcript where it has speaker labels, else a note."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator, Sequence

from ..errors import UnreadableFile
from .columns import column_aliases
from .draft import Draft
from .labelled import read_text
from .source import Source, parse_clock

_SPACES = dict.fromkeys(map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{FIGURE SPACE}"), " ")
_NOTHING = dict.fromkeys(
    [*range(9), *range(14, 32), 127, *map(ord, "\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NO-BREAK SPACE}")], ""
)
_LINES = dict.fromkeys(map(ord, "\v\f\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"), "\n")
_CLEAN = {**_SPACES, **_NOTHING, **_LINES, ord("\N{NON-BREAKING HYPHEN}"): "-"}
_HALVES = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile(r"[ \t]+$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")
_LABEL_CHARS = 40


def read_extracted(source: Source, text: str, speakers: Collection[str] = ()) -> Iterator[Draft | UnreadableFile]:
    """Drafts of the text of a document; offsets of a note count in the text as `clean_text` gives it.

    Args:
        source: the document, for its name.
        text: what was extracted.
        speakers: labels that the user has named (lower case).

    Raises:
        UnreadableFile: there is no text.
    """
    data = clean_text(text).encode()
    if not data:
        raise source.error("there is no text in the document", "export the visit again as text")
    yield from read_text(Source(source.path, lambda: io.BytesIO(data)), speakers)


def clean_text(text: str) -> str:
    """Text without control characters, invisible characters, spaces at line ends and runs of blank lines.

    >>> clean_text("Goal:\\xa0walk  \\r\\n\\n\\n\\nPlan\\x0b")
    'Goal: walk\\n\\nPlan'
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CLEAN)
    plain = _LINE_END.sub("", _HALVES.sub("\N{REPLACEMENT CHARACTER}", plain))
    return _BLANK_LINES.sub("\n\n", plain).strip()


def cell_line(cells: Sequence[str]) -> str:
    """A row of a table as a line: ``Name: text`` where a short cell stands before one other, with a time in front.

    >>> cell_line(["0:03", "Dana", "Any pain?"]), cell_line(["Flexion", "90", "110"]), cell_line(["Speaker", "Text"])
    ('0:03 Dana: Any pain?', 'Flexion\\t90\\t110', '')
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    if _names_columns(filled):
        return ""
    clock = filled[:1] if len(filled) == 3 and parse_clock(filled[0]) is not None else []
    if len(rest := filled[len(clock) :]) != 2 or len(rest[0]) > _LABEL_CHARS or "\n" in rest[0]:
        return "\t".join(filled)
    return " ".join([*clock, f"{rest[0].rstrip(':')}: {rest[1]}"])


def _names_columns(cells: Sequence[str]) -> bool:
    """Whether a row is the header of a transcript in a table, which says nothing."""
    aliases = column_aliases("turns")
    names = {cell.casefold() for cell in cells}
    speaks, said = {*aliases["speaker"], *aliases["role"]}, {*aliases["text"]}
    return bool(names & speaks and names & said) and names <= {name for known in aliases.values() for name in known}
