"""Text taken out of a document -> drafts: a transcript where it has speaker labels, else a note."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator, Sequence

from ..errors import UnreadableFile
from .columns import column_aliases
from .draft import Draft
from .labelled import read_text, split_label
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
_FIRST_WORD = re.compile(r"(?![-*•▪◦·–+]\s|\d+[.)]\s)\S+")
_WRAPPED = 55  # characters; shorter lines are not broken because they are full
_FEW_LINES = 10
_OUTLIERS = 2  # lines longer than the width of the page, such as rows of a table
_FULL, _FULL_BEFORE_CAPITAL = 0.75, 0.95


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
    rest = filled[len(clock) :]
    if len(rest) == 2 and len(rest[0]) <= _LABEL_CHARS and "\n" not in rest[0]:
        return " ".join([*clock, f"{rest[0].rstrip(':')}: {rest[1]}"])
    return ("\n" if any("\n" in cell for cell in filled) else "\t").join(filled)


def _names_columns(cells: Sequence[str]) -> bool:
    """Whether a row is the header of a transcript in a table, which says nothing."""
    aliases = column_aliases("turns")
    names = {cell.casefold() for cell in cells}
    speaks, said = {*aliases["speaker"], *aliases["role"]}, {*aliases["text"]}
    return bool(names & speaks and names & said) and names <= {name for known in aliases.values() for name in known}


def unwrap(text: str) -> str:
    """Lines that were broken only because they were full, as one line again; lists, labels and headings stay.

    >>> unwrap("She wants to walk to the church again with her sister and\\nsing there.\\nPlan: walk daily.")
    'She wants to walk to the church again with her sister and sing there.\\nPlan: walk daily.'
    """
    lines = text.split("\n")
    longest = sorted(map(len, lines), reverse=True)
    width = longest[_OUTLIERS if len(lines) > _FEW_LINES else 0]
    if width < _WRAPPED:
        return text
    joined = lines[:1]
    last = lines[0]
    for line in lines[1:]:
        if _goes_on(last, line, width):
            joined[-1] += line.lstrip() if last.endswith("-") else f" {line.lstrip()}"
        else:
            joined.append(line)
        last = line
    return "\n".join(joined)


def _goes_on(line: str, following: str, width: int) -> bool:
    first = _FIRST_WORD.match(following.lstrip())
    if not line or first is None or line.endswith(":") or split_label(following):
        return False
    # The letters of a PDF differ in width, so a full line may have fewer of them.
    share = _FULL_BEFORE_CAPITAL if first[0][0].isupper() or first[0][0].isdigit() else _FULL
    return len(line) + 1 + len(first[0]) > share * width
