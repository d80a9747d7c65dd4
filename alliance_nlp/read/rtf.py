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
_BRACE = re.compile(r"[{}]")
_FONT = re.compile(r"\\f(?=\d)")
_MAX_MARKUP = 10_000_000  # characters without pictures
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
    # The line end keeps striprtf from looking for the end of a link through the whole text, and from showing where to.
    markup = _PICTURE.sub(" ", markup).replace("\\field{", "\\field\n{")
    markup = _fonts_apart(_CELL.sub(_CELL_END, markup))
    if len(markup) > _MAX_MARKUP:
        raise source.error("the rich text is longer than any visit", "split it, one visit a file")
    try:
        text: str = rtf_to_text(markup, errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError, OverflowError, AttributeError):
        raise source.error("the rich text is damaged", "save the document again") from None
    lines = (cell_line(line.split(_CELL_END)) if _CELL_END in line else line for line in text.split("\n"))
    yield from read_extracted(source, "\n".join(lines), speakers)


def _fonts_apart(markup: str) -> str:
    """Every font on a line of its own that ends: striprtf looks for a font's end through the whole table."""
    start = markup.find("\\fonttbl")
    if start < 0:
        return markup
    depth, end = 1, len(markup)
    for brace in _BRACE.finditer(markup, start):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            end = brace.start()
            break
    return markup[:start] + _FONT.sub(";\n\\\\f", markup[start:end]) + markup[end:]
