"""Rich text (``.rtf``) -> draft, by striprtf."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..errors import MissingExtra, UnreadableFile
from .draft import Draft
from .extracted import cell_line, read_extracted
from .source import Source

_PICTURE = re.compile(r"[0-9a-fA-F\s]{400,}")  # pictures are written as digits, which striprtf goes through one by one
_CELL = re.compile(r"\\(?:nest)?cell(?![a-z])[ ]?")
_CELL_END = "\x1f"


def read_rtf(source: Source, speakers: Collection[str] = ()) -> Iterator[Draft | UnreadableFile]:
    """A transcript if the text has speaker labels, else a note.

    Raises:
        UnreadableFile: the file is no rich text, is damaged, or has no text in it.
        MissingExtra: striprtf is not installed.
    """
    try:
        from striprtf.striprtf import rtf_to_text
    except ImportError:
        raise MissingExtra(f"{source.path}: reading rich text", "formats") from None
    markup = source.content().decode("latin-1")
    if not markup.lstrip("\ufeffï»¿ \t\r\n").startswith("{\\rtf"):
        raise source.error("this is no rich text document", "export the visit again")
    # Without its keyword a link is only its words; with it striprtf looks for its end through the whole text.
    markup = _PICTURE.sub(" ", markup).replace("HYPERLINK", "LINK")
    markup = _CELL.sub(_CELL_END, markup)
    try:
        text: str = rtf_to_text(markup, errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError, OverflowError, AttributeError):
        raise source.error("the rich text is damaged", "save the document again") from None
    lines = (cell_line(line.split(_CELL_END)) if _CELL_END in line else line for line in text.split("\n"))
    yield from read_extracted(source, "\n".join(lines), speakers)
