"""Documents inside a record (FHIR, C-CDA, HL7 v2) -> drafts, by the reader of the document's own format."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Collection, Iterable, Iterator
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


@dataclass
class Record:
    """What a record says of the visit whose document it holds; what it leaves open is None."""

    visit_id: str
    line: int | None = None
    date: str | None = None
    setting: str | None = None
    patient: dict[str, object] | None = None
    provider: dict[str, object] | None = None

    def fill(self, drafts: Iterable[Draft | UnreadableFile]) -> Iterator[Draft | UnreadableFile]:
        """Drafts of the documents under the record's own id, with what it says in place of what they say.

        An error of a document comes in its place; documents after the first are numbered.
        """
        number = 0
        try:
            for draft in drafts:
                if isinstance(draft, UnreadableFile):
                    yield UnreadableFile(draft.path, draft.why, draft.remedy, self.line or draft.line)
                    continue
                number += 1
                yield replace(
                    draft,
                    visit_id=self.visit_id if number == 1 else f"{self.visit_id}-{number}",
                    line=self.line,
                    date=self.date or draft.date,
                    setting=self.setting or draft.setting,
                    patient=self.patient or draft.patient,
                    provider=self.provider or draft.provider,
                )
        except UnreadableFile as error:
            yield UnreadableFile(error.path, error.why, error.remedy, self.line or error.line)


def iso_day(stamp: str) -> str | None:
    """Day of an HL7 time stamp, None where it holds none.

    >>> iso_day("20260504103000-0500"), iso_day("2026")
    ('2026-05-04', None)
    """
    day = stamp.strip()[:8]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if len(day) == 8 and day.isdecimal() else None


def person(
    person_id: str | None, given: str | None, family: str | None, aliases: Iterable[str] = ()
) -> dict[str, object] | None:
    """The patient of a draft, None where nothing is known.

    >>> person("7", "Martha", "", ["Marty", "Martha"])
    {'id': '7', 'given': 'Martha', 'aliases': ['Marty']}
    """
    more = [alias for alias in dict.fromkeys(aliases) if alias and alias != given]
    known = {"id": person_id, "given": given, "family": family, "aliases": more}
    return {key: value for key, value in known.items() if value} or None
