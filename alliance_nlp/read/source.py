"""File -> text: encodings, limits, and files that hold no text; every refusal is one `UnreadableFile`."""

from __future__ import annotations

import codecs
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ..errors import AllianceError, MissingExtra, UnreadableFile

MAX_FILE_BYTES = 25_000_000
"""Largest file, or line of a file with a visit a line, that is read whole."""
MAX_VISIT_CHARS = 2_000_000
"""Longest text of one visit in characters; more than 30 hours of speech."""

_HEAD_BYTES = 1_000_000
_CONTROL_SHARE = 0.02
_UTF16_SHARE = 0.3
_BOMS = (  # the UTF-32 mark starts with the UTF-16 one, so it is tried first
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "a rich text document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"RIFF", "a sound or video file"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"SQLite format 3", "a database"),
    (b"PAR1", "a Parquet table"),
)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\x0b\x0c\r\x1b") + b"\x7f"
_UNDECODED = re.compile("[\udc80-\udcff]")  # how "surrogateescape" marks bytes that are no text
# Talk in English that is not Unicode comes from Windows or an old Mac; a guess among all encodings is often wrong.
_LEGACY = ["cp1252", "mac_roman"]

_EXPORT = "export the visit again as text"


@dataclass(frozen=True)
class Source:
    """One file that may hold visits."""

    path: Path

    @property
    def stem(self) -> str:
        """File name without its suffix: the id of a visit that names none; bytes that are no text are replaced."""
        return _UNDECODED.sub("\N{REPLACEMENT CHARACTER}", self.path.stem)

    def head(self) -> str:
        """The first characters, to recognise the format by; empty where they are no text.

        Raises:
            UnreadableFile: the file cannot be opened.
        """
        data = self._bytes(4096)
        try:
            return data.decode(self._encoding(data, whole=False), "replace").lstrip()
        except AllianceError:
            return ""

    def text(self) -> str:
        """The whole text, line ends as ``\\n``.

        Raises:
            UnreadableFile: empty, too long, binary, with NUL bytes, or in no known encoding.
            MissingExtra: the text is not Unicode and the package that recognises older encodings is missing.
        """
        data = self._bytes(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise self.error(f"the file is longer than {MAX_FILE_BYTES:,} bytes", "split it, one visit a file")
        encoding = self._encoding(data)
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            raise self.error(f"the text is not valid {encoding}", "save it as UTF-8") from None
        if "\0" in text:
            raise self.error("the text has NUL bytes in it, so it is damaged", _EXPORT)
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
        encoding = self._encoding(self._bytes(_HEAD_BYTES), whole=False, legacy=legacy)
        number = 0
        try:
            with self.path.open(encoding=encoding, errors="surrogateescape", newline=newline) as stream:
                while line := stream.readline(MAX_FILE_BYTES):
                    number += 1
                    yield number, self._checked(line, number, stream, encoding)
        except UnicodeDecodeError:
            raise self.error(f"the text is not valid {encoding}", "save it as UTF-8", number + 1) from None
        except OSError as failure:
            raise self.error(_reason(failure), "check the disk and the permissions", number + 1) from None

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
            return self.error("the line has NUL bytes in it, so it is damaged", _EXPORT, number)
        if not line.isascii() and _UNDECODED.search(line):
            return self.error(f"the line is not valid {encoding}", "save it as UTF-8", number)
        return line

    def _bytes(self, limit: int) -> bytes:
        try:
            # A pipe would wait for ever, or be empty when it is read for the second time.
            if not stat.S_ISREG(self.path.stat().st_mode):
                raise self.error("this is a folder, a pipe or a device", "give a file, one that can be read twice")
            with self.path.open("rb") as raw:
                data = raw.read(limit)
        except OSError as failure:
            raise self.error(_reason(failure), "check the path and its permissions") from None
        if not data:
            raise self.error("the file is empty", "remove it or export the visit again")
        return data

    def _encoding(self, data: bytes, *, whole: bool = True, legacy: bool = True) -> str:
        """Name of the encoding; ``whole`` is false where ``data`` may end within a character."""
        for mark, encoding in _BOMS:
            if data.startswith(mark):
                return encoding
        for magic, what in _MAGIC:
            if data.startswith(magic):
                raise self.error(f"this is {what}, not text", _EXPORT)
        if encoding_16 := _utf16_without_mark(data):
            return encoding_16
        if len(data) - len(data.translate(None, _CONTROLS)) > _CONTROL_SHARE * len(data) + 1:
            raise self.error("this is a binary file, not text", _EXPORT)
        try:
            codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
            return "utf-8"
        except UnicodeDecodeError:
            return self._legacy(data) if legacy else "utf-8"

    def _legacy(self, data: bytes) -> str:
        text = data.decode("utf-8", "surrogateescape")
        damaged = len(_UNDECODED.findall(text))
        if len(text) - len(text.encode("ascii", "ignore")) > 2 * damaged:
            raise self.error("the text is UTF-8 with damaged characters in it", _EXPORT)
        try:
            from charset_normalizer import from_bytes
        except ImportError:
            raise MissingExtra(f"{self.path}: reading text that is not UTF-8", "formats") from None
        best = from_bytes(data[:_HEAD_BYTES], cp_isolation=_LEGACY).best()
        if best is None:
            raise self.error("the text is in no encoding that can be recognised", "save it as UTF-8")
        return best.encoding


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


def _utf16_without_mark(data: bytes) -> str | None:
    sample = data[:4096]
    half = max(len(sample) // 2, 1)
    zeros_first, zeros_second = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if zeros_second > _UTF16_SHARE and zeros_first < 0.05:
        return "utf-16-le"
    if zeros_first > _UTF16_SHARE and zeros_second < 0.05:
        return "utf-16-be"
    return None


def _reason(failure: OSError) -> str:
    if isinstance(failure, FileNotFoundError):
        return "there is no such file"
    return "reading is not permitted" if isinstance(failure, PermissionError) else "the file cannot be read"
