"""Bytes -> the name of their encoding, or the reason why they are no text."""

from __future__ import annotations

import codecs
import re

from ..errors import MissingExtra

HEAD_BYTES = 1_000_000
"""How much of a file decides on its encoding."""
UNDECODED = re.compile("[\udc80-\udcff]")
"""How "surrogateescape" marks bytes that are no text."""
EXPORT_AGAIN = "export the visit again as text"

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
# Talk in English that is not Unicode comes from Windows or an old Mac; a guess among all encodings is often wrong.
_LEGACY = ["cp1252", "mac_roman"]


class NotText(Exception):
    """Bytes that are no text, or none that can be decoded; `Source` makes the sentence of it."""

    def __init__(self, why: str, remedy: str = EXPORT_AGAIN) -> None:
        super().__init__(why)
        self.why, self.remedy = why, remedy


def find_encoding(data: bytes, place: str, *, whole: bool = True, legacy: bool = True) -> str:
    """Name of the encoding, for ``bytes.decode``.

    Args:
        data: the bytes, or the first of them.
        place: the file, for `MissingExtra`.
        whole: false where ``data`` may end within a character.
        legacy: whether the text may be in an encoding older than Unicode.

    Raises:
        NotText: the bytes are no text, or in no known encoding.
        MissingExtra: the text is not Unicode and the package that recognises older encodings is missing.

    >>> find_encoding("Zoë".encode("utf-16"), "a.txt"), find_encoding("Zoë".encode(), "a.txt")
    ('utf-16', 'utf-8')
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise NotText(f"this is {what}, not text")
    if encoding_16 := _utf16_without_mark(data):
        return encoding_16
    if len(data) - len(data.translate(None, _CONTROLS)) > _CONTROL_SHARE * len(data) + 1:
        raise NotText("this is a binary file, not text")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
        return "utf-8"
    except UnicodeDecodeError:
        return _legacy(data, place) if legacy else "utf-8"


def _legacy(data: bytes, place: str) -> str:
    text = data.decode("utf-8", "surrogateescape")
    damaged = len(UNDECODED.findall(text))
    if len(text) - len(text.encode("ascii", "ignore")) > 2 * damaged:
        raise NotText("the text is UTF-8 with damaged characters in it")
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        raise MissingExtra(f"{place}: reading text that is not UTF-8", "formats") from None
    best = from_bytes(data[:HEAD_BYTES], cp_isolation=_LEGACY).best()
    if best is None:
        raise NotText("the text is in no encoding that can be recognised", "save it as UTF-8")
    return best.encoding


def _utf16_without_mark(data: bytes) -> str | None:
    sample = data[:4096]
    half = max(len(sample) // 2, 1)
    zeros_first, zeros_second = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if zeros_second > _UTF16_SHARE and zeros_first < 0.05:
        return "utf-16-le"
    if zeros_first > _UTF16_SHARE and zeros_second < 0.05:
        return "utf-16-be"
    return None
