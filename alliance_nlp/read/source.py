"""What readers read from: a file, a member of an archive or standard input, as bytes or as text.

Every refusal is one `UnreadableFile`; encodings are found out in ``encoding``.
"""

from __future__ import annotations

import io
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, TextIO

from ..errors import AllianceError, UnreadableFile
from .encoding import EXPORT_AGAIN, HEAD_BYTES, UNDECODED, NotText, find_encoding

MAX_FILE_BYTES = 25_000_000
"""Largest file, or line of a file with a visit a line, that is read whole."""
MAX_VISIT_CHARS = 2_000_000
"""Longest text of one visit in characters; more than 30 hours of speech."""

_BEGINNING_BYTES = 4096


@dataclass(frozen=True)
class Source:
    """One file that may hold visits, or what stands for one.

    >>> Source.in_memory("year.zip/v1.txt", b"T: Any pain?").text()
    'T: Any pain?'
    """

    path: Path
    """What errors call it: its path, and for a member of an archive the archive's path and its own."""
    opener: Callable[[], BinaryIO] | None = None
    """Opens the content from its beginning, every time it is called; None where ``path`` is a file."""
    siblings: Callable[[str], Source | None] | None = None
    """The source of a name in the same folder of the same archive; None where there are none, or ``path`` is a file."""
    depth: int = 0
    """In how many archives it lies."""

    @classmethod
    def in_memory(cls, name: str, data: bytes) -> Source:
        """Bytes that are read already, under a name that tells stem and suffix."""
        return cls(Path(name), lambda: io.BytesIO(data))

    @property
    def stem(self) -> str:
        """File name without its suffix: the id of a visit that names none; bytes that are no text are replaced."""
        return UNDECODED.sub("\N{REPLACEMENT CHARACTER}", self.path.stem)

    @property
    def suffix(self) -> str:
        """Suffix in lower case, with its dot."""
        return self.path.suffix.lower()

    def sibling(self, name: str) -> Source | None:
        """Another file of the same folder, or None where there is none."""
        if self.opener is not None:
            return self.siblings(name) if self.siblings else None
        path = self.path.with_name(name)
        return Source(path) if path.is_file() else None

    @cached_property
    def beginning(self) -> bytes:
        """The first bytes, to recognise the format by.

        Raises:
            UnreadableFile: the file cannot be opened, or is empty.
        """
        return self._bytes(_BEGINNING_BYTES)

    @cached_property
    def head(self) -> str:
        """The first characters, to recognise the format by, without white space in front; empty where they are no text.

        Raises:
            UnreadableFile: the file cannot be opened, or is empty.
        """
        data = self.beginning
        try:
            encoding = self._encoding(data, whole=False)
        except AllianceError:
            return ""
        return data.decode(encoding, "replace").lstrip().replace("\r\n", "\n").replace("\r", "\n")

    def content(self) -> bytes:
        """The whole content.

        Raises:
            UnreadableFile: empty, too long, or the file cannot be opened.
        """
        data = self._bytes(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise self.error(f"the file is longer than {MAX_FILE_BYTES:,} bytes", "split it, one visit a file")
        return data

    def text(self) -> str:
        """The whole text, line ends as ``\\n``.

        Raises:
            UnreadableFile: empty, too long, binary, with NUL bytes, or in no known encoding.
            MissingExtra: the text is not Unicode and the package that recognises older encodings is missing.
        """
        data = self.content()
        encoding = self._encoding(data)
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            raise self.error(f"the text is not valid {encoding}", "save it as UTF-8") from None
        if "\0" in text:
            raise self.error("the text has NUL bytes in it, so it is damaged", EXPORT_AGAIN)
        if not text.strip():
            raise self.error("there is nothing but white space in the file", "remove it or export the visit again")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def lines(self, newline: str | None = "\n", *, legacy: bool = False) -> Iterator[tuple[int, str | UnreadableFile]]:
        """Lines with their number from 1, one at a time; a bad line comes as the error that says so.

        Args:
            newline: as in ``open``; ``""`` keeps the line ends, which CSV needs.
            legacy: whether the text may be in an encoding older than Unicode.

        Raises:
            UnreadableFile: the file as a whole is no text.
        """
        encoding = self._encoding(self._bytes(HEAD_BYTES), whole=False, legacy=legacy)
        number = 0
        try:
            with (
                self.open() as raw,
                io.TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline=newline) as stream,
            ):
                while line := stream.readline(MAX_FILE_BYTES):
                    number += 1
                    yield number, self._checked(line, number, stream, encoding)
        except UnicodeDecodeError:
            raise self.error(f"the text is not valid {encoding}", "save it as UTF-8", number + 1) from None
        except OSError as failure:
            raise self.error(_reason(failure), "check the disk and the permissions", number + 1) from None

    def open(self) -> BinaryIO:
        """The content from its beginning, to read as bytes; the caller closes it.

        Raises:
            UnreadableFile: this is a folder, a pipe or a device.
            OSError: it cannot be opened.
        """
        if self.opener is not None:
            return self.opener()
        # A pipe would wait for ever, or be empty when it is read for the second time.
        if not stat.S_ISREG(self.path.stat().st_mode):
            raise self.error("this is a folder, a pipe or a device", "give a file, one that can be read twice")
        return self.path.open("rb")

    def error(self, why: str, remedy: str, line: int | None = None) -> UnreadableFile:
        """An error that names this file."""
        return UnreadableFile(self.path, why, remedy, line)

    def _checked(self, line: str, number: int, stream: TextIO, encoding: str) -> str | UnreadableFile:
        if len(line) == MAX_FILE_BYTES and not line.endswith("\n"):
            while (rest := stream.readline(MAX_FILE_BYTES)) and not rest.endswith("\n"):
                pass
            return self.error(
                f"the line is longer than {MAX_FILE_BYTES:,} characters", "give every visit its own line", number
            )
        if "\0" in line:
            return self.error("the line has NUL bytes in it, so it is damaged", EXPORT_AGAIN, number)
        if not line.isascii() and UNDECODED.search(line):
            return self.error(f"the line is not valid {encoding}", "save it as UTF-8", number)
        return line

    def _bytes(self, limit: int) -> bytes:
        try:
            with self.open() as raw:
                data = raw.read(limit)
        except OSError as failure:
            raise self.error(_reason(failure), "check the path and its permissions") from None
        if not data:
            raise self.error("the file is empty", "remove it or export the visit again")
        return data

    def _encoding(self, data: bytes, *, whole: bool = True, legacy: bool = True) -> str:
        try:
            return find_encoding(data, str(self.path), whole=whole, legacy=legacy)
        except NotText as error:
            raise self.error(error.why, error.remedy) from None


def parse_clock(text: str) -> float | None:
    """Seconds of a time as written in transcripts, or None where it is none.

    >>> parse_clock("0:01:02.5"), parse_clock("75"), parse_clock("00:03,250"), parse_clock("noon")
    (62.5, 75.0, 3.25, None)
    """
    seconds = 0.0
    parts = text.strip().replace(",", ".").split(":")
    if len(parts) > 3:
        return None
    for part in parts:
        if not part.replace(".", "", 1).isdecimal() or len(part) > 12:
            return None
        seconds = seconds * 60 + float(part)
    return round(seconds, 3)


def _reason(failure: OSError) -> str:
    if isinstance(failure, FileNotFoundError):
        return "there is no such file"
    return "reading is not permitted" if isinstance(failure, PermissionError) else "the file cannot be read"
