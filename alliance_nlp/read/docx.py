"""Word documents (``.docx``) -> draft: Teams transcripts, labelled transcripts and notes, by python-docx."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from ..errors import MissingExtra, UnreadableFile
from .draft import Draft
from .extracted import cell_line, read_extracted
from .source import MAX_FILE_BYTES, Source
from .unpacked import is_bomb

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_GONE = frozenset((f"{_W}pPr", f"{_W}rPr", f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText"))
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}ptab": "\t"}
# "0:0:1.20 --> 0:0:3.4", as Teams wrote times until 2022.
_OLD_TIMES = re.compile(r"^\d{1,2}:\d{1,2}:\d{1,2}[.\d]*[ ]*-->[ ]*\d{1,2}:\d{1,2}:\d{1,2}[.\d]*[ \t]*$", re.MULTILINE)
_LONE_DIGIT = re.compile(r"(?<=:)\d(?!\d)")
_OLE = b"\xd0\xcf\x11\xe0"


def read_docx(source: Source, speakers: Collection[str] = ()) -> Iterator[Draft | UnreadableFile]:
    """A transcript if there is a line of name and time or a label in front of every turn, else a note.

    Tables are read row by row; what was deleted under "track changes" is left out, what was inserted is in.

    Raises:
        UnreadableFile: the document is damaged, encrypted, unpacks to too much, or has no text.
        MissingExtra: python-docx is not installed.
    """
    try:
        from docx import Document
    except ImportError:
        raise MissingExtra(f"{source.path}: reading Word documents", "formats") from None
    data = source.content()
    _check_size(source, data)
    try:
        body = Document(io.BytesIO(data)).element.body
        text = "\n".join(_block_lines(body))
    except Exception:  # of a damaged document python-docx raises whatever comes: KeyError, ValueError, lxml's own ...
        raise source.error("the Word document is damaged", "save it again") from None
    yield from read_extracted(source, _OLD_TIMES.sub(_padded, text), speakers)


def _check_size(source: Source, data: bytes) -> None:
    if data.startswith(_OLE):
        why = "the Word document is encrypted, or of the kind before 2007"
        raise source.error(why, "save it as .docx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = [
                (info.file_size, info.compress_size) for info in archive.infolist() if "media/" not in info.filename
            ]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise source.error("the Word document is damaged", "save it again") from None
    if any(is_bomb(*size) for size in sizes) or sum(size for size, _ in sizes) > MAX_FILE_BYTES:
        raise source.error("the Word document unpacks to too much for a visit", "split it, one visit a file")


def _block_lines(block: BaseOxmlElement) -> Iterator[str]:
    """Lines of what stands below one another: paragraphs, tables, and what wraps them."""
    for child in block:
        if child.tag == f"{_W}p":
            yield _words(child)
        elif child.tag == f"{_W}tr":
            cells = ["\n".join(_block_lines(cell)).strip() for cell in child.iter(f"{_W}tc") if _row(cell) is child]
            yield cell_line(cells)
        elif isinstance(child.tag, str) and child.tag not in _GONE:
            yield from _block_lines(child)


def _row(cell: BaseOxmlElement) -> BaseOxmlElement | None:
    """The row that a cell stands in, and not that of a table around it."""
    return next(cell.iterancestors(f"{_W}tr"), None)


def _words(paragraph: BaseOxmlElement) -> str:
    """Text of a paragraph as it reads with all changes accepted; a text box stands on lines of its own."""
    pieces: list[str] = []
    waiting = [paragraph]
    while waiting:
        node = waiting.pop()
        if node.tag in _GONE or node.tag == _FALLBACK:
            continue
        if node.tag == f"{_W}t":
            pieces.append(node.text or "")
        elif node.tag in _SIGNS:
            pieces.append(_SIGNS[node.tag])
        elif node.tag == f"{_W}p" and node is not paragraph:
            pieces.append("\n")
        waiting.extend(reversed(node))
    return "".join(pieces)


def _padded(times: re.Match[str]) -> str:
    return _LONE_DIGIT.sub(r"0\g<0>", times[0])
