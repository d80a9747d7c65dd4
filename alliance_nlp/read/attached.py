"""Documents inside a record (FHIR, C-CDA, HL7 v2) -> drafts, by the reader of the document's own format."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ..errors import UnreadableFile
from .draft import Draft
from .source import MAX_FILE_BYTES, Source

_SUFFIXES = {
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/rtf": ".rtf",
    "application/rtf": ".rtf",
    "application/pdf": ".pdf",
    "text/vtt": ".vtt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/xml": ".xml",
    "application/xml": ".xml",
    "application/hl7-v3+xml": ".xml",
    "application/hl7-cda+xml": ".xml",
    "application/cda+xml": ".xml",
    "application/fhir+json": ".json",
    "application/json": ".json",
}
_NO_TEXT = ("image", "audio", "video", "application/dicom")
_MAX_DEPTH = 4


@dataclass(frozen=True)
class Attachment:
    """A document as its record holds it."""

    name: str
    """What errors call it; no slash in it."""
    data: str | bytes
    """Base64 or the bytes themselves."""
    media_type: str = ""
    """As in ``text/plain; charset=iso-8859-1``; blank where the record does not say."""

    @property
    def plain_type(self) -> str:
        """Media type alone, in lower case."""
        return self.media_type.partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """Encoding of the text, blank where the record does not say."""
        return self.media_type.lower().partition("charset=")[2].strip("\"' ;")


def read_attached(
    source: Source, attachment: Attachment, speakers: Collection[str] = ()
) -> Iterator[Draft | UnreadableFile]:
    """Drafts of an attachment; their id, persons and date are those of the record, which the caller knows.

    Raises:
        UnreadableFile: the base64 is broken, the attachment is of a kind without text, or its reader says why not.
        MissingExtra: its format needs a package that is not installed.
    """
    from .formats import find_format  # which names the readers that call this one

    suffix = _SUFFIXES.get(attachment.plain_type, "")
    path = Path(f"{source.path}!/{attachment.name}{suffix}")
    if attachment.plain_type.startswith(_NO_TEXT):
        raise UnreadableFile(path, f"the attachment is {attachment.plain_type} and no text", "leave it out")
    if source.depth >= _MAX_DEPTH:
        raise UnreadableFile(path, f"documents lie in documents more than {_MAX_DEPTH} deep", "export it by itself")
    inner = Source(path, partial(io.BytesIO, _content(path, attachment)), depth=source.depth + 1)
    form = find_format(inner)
    if form.read is None:
        raise inner.error("the attachment is an archive", "export its documents one by one")
    for draft in form.read(inner, speakers):
        yield replace(draft, line=None) if isinstance(draft, Draft) else draft


def _content(path: Path, attachment: Attachment) -> bytes:
    data = attachment.data
    if isinstance(data, str):
        if len(data) > 2 * MAX_FILE_BYTES:
            raise UnreadableFile(path, f"the attachment is longer than {MAX_FILE_BYTES:,} bytes", "split it")
        plain = "".join(data.split()).rstrip("=").replace("-", "+").replace("_", "/")
        try:
            data = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        except (binascii.Error, ValueError):
            raise UnreadableFile(path, "the base64 of the attachment is broken", "export it again") from None
    if not attachment.charset or not attachment.plain_type.startswith("text/"):
        return data
    try:
        return data.decode(attachment.charset).encode()
    except (LookupError, ValueError):  # wrongly named; the reader finds out
        return data
