"""FHIR R4 (DocumentReference, Composition, Bundles and lists of them) -> drafts; nothing is fetched.

What vendors export breaks the standard here and there (a missing status, an object where a list should be), so only
what is needed is looked at, and each place of it may be missing or of another type. Source: HL7 FHIR 4.0.1 and US Core
clinical notes; `fhir_people` finds the patient and the author.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..errors import UnreadableFile
from .attached import Attachment, Record, read_attached
from .draft import Draft
from .extracted import read_extracted
from .fhir_people import People, items, words
from .html import html_text
from .objects import Place
from .source import Source

_BEST = (  # of the forms of one document, the one that keeps most of its text
    "text/vtt",
    "text/plain",
    "text/html",
    "application/xhtml+xml",
    "text/rtf",
    "application/rtf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/xml",
    "application/xml",
    "application/pdf",
)
_TYPE = re.compile(r'"resourceType"\s*:\s*"(\w+)"')
_WITHDRAWN = "entered-in-error"
_MAX_DEPTH = 20
_EMBED = "export it with the document inside (base64)"


def is_fhir(data: Any) -> bool:
    """Whether an object is a FHIR resource, or a list is of nothing but such.

    >>> is_fhir({"resourceType": "Bundle"}), is_fhir([{"resourceType": "Patient"}]), is_fhir({"turns": []})
    (True, True, False)
    """
    if isinstance(data, list):
        return bool(data) and all(isinstance(one, dict) and is_fhir(one) for one in data)
    return isinstance(data, dict) and isinstance(data.get("resourceType"), str)


def is_other_export(source: Source) -> bool:
    """Whether it is the file of a bulk export with resources that are no documents, as its name and first line say.

    >>> is_other_export(Source.in_memory("Patient.ndjson", b'{"resourceType": "Patient"}'))
    True
    """
    first = _TYPE.search(source.head) if source.suffix in (".ndjson", ".jsonl") else None
    return first is not None and first[1] in source.path.name and first[1] not in (*_READERS, "Bundle")


def read_fhir(data: Any, place: Place) -> Iterator[Draft | UnreadableFile]:
    """Every DocumentReference and Composition of a resource, a list or a Bundle as a visit, withdrawn ones left out.

    The patient's name is in the Patient resource of the same Bundle, in a line of the same file, or in a file beside
    it that is named after the resource, as a bulk export has it (``Patient.ndjson``). Other resources are passed over.
    """
    if isinstance(data, list):
        data = {"resourceType": "Bundle", "entry": [{"resource": one} for one in data]}
    resources = list(_resources(data))
    people = People(place.source, resources, in_lines=place.line is not None)
    documents = [one for one in resources if one.get("resourceType") in _READERS]
    for number, resource in enumerate(documents, start=1):
        if words(resource.get("status")) == _WITHDRAWN:
            continue
        kind = resource["resourceType"]
        default = place.default_id if len(documents) == 1 else f"{place.default_id}-{number}"
        visit_id = words(resource.get("id")) or _identifier(resource) or default
        shown = Place(place.source, f"{kind} {visit_id}", visit_id, place.line)
        record = Record(
            visit_id,
            place.line,
            _day(resource),
            _setting(resource),
            people.patient(resource),
            people.provider(resource),
        )
        yield from record.fill(_READERS[kind](resource, shown, people))
    if not documents and place.line is None:
        found = "a Bundle" if data.get("resourceType") == "Bundle" else "a resource"
        yield place.source.error(
            f"this is {found} of FHIR without DocumentReference or Composition", "export the notes with their text"
        )


def _resources(data: Any) -> Iterator[dict[str, Any]]:
    """The resource, those of a Bundle in it, and those of Bundles in that; ``fullUrl`` is kept with each."""
    waiting = [(data, 0)]
    while waiting:
        resource, depth = waiting.pop()
        if not isinstance(resource, dict) or not is_fhir(resource):
            continue
        yield resource
        if resource["resourceType"] == "Bundle" and depth < _MAX_DEPTH:
            entries = [one for one in items(resource.get("entry")) if isinstance(one.get("resource"), dict)]
            for entry in reversed(entries):
                url = entry.get("fullUrl")
                inner = entry["resource"] | ({"fullUrl": url} if isinstance(url, str) else {})
                waiting.append((inner, depth + 1))


def _document(resource: dict[str, Any], place: Place, people: People) -> Iterator[Draft | UnreadableFile]:
    """The attachment of a DocumentReference; of several forms of it the best that is inside."""
    found = [one["attachment"] for one in items(resource.get("content")) if isinstance(one.get("attachment"), dict)]
    inside: list[Attachment] = []
    linked = False
    for attachment in found:
        data, media_type = words(attachment.get("data")), words(attachment.get("contentType"))
        if not data and (url := words(attachment.get("url"))):
            binary = people.find(url, "Binary")
            data = words(binary.get("data")) if binary else ""
            media_type = media_type or (words(binary.get("contentType")) if binary else "")
            linked = linked or not data
        if data:
            inside.append(Attachment(place.default_id.replace("/", "_"), data, media_type))
    if not inside:
        yield place.error("only links to its text, and nothing is fetched" if linked else "has no text", _EMBED)
        return
    yield from read_attached(place.source, min(inside, key=_rank))


def _composition(resource: dict[str, Any], place: Place, _: People) -> Iterator[Draft | UnreadableFile]:
    """Titles and narratives of the sections, one below the other; without sections, the narrative of the whole."""
    parts = list(_sections(resource, place, 0)) or [_narrative(resource, place)]
    text = "\n\n".join(filter(None, parts))
    if text:
        yield from read_extracted(place.source, text)
    else:
        yield place.error("has no text in its sections", "export it with the narrative of its sections")


def _sections(parent: dict[str, Any], place: Place, depth: int) -> Iterator[str]:
    for section in items(parent.get("section")) if depth < _MAX_DEPTH else ():
        text = _narrative(section, place)
        if text or section.get("section"):
            yield "\n".join(filter(None, (words(section.get("title")), text)))
        yield from _sections(section, place, depth + 1)


def _narrative(element: dict[str, Any], place: Place) -> str:
    text = element.get("text")
    if not isinstance(text, dict) or words(text.get("status")) == "empty":
        return ""
    return html_text(words(text.get("div")), str(place.source.path))


_READERS = {"DocumentReference": _document, "Composition": _composition}


def _rank(attachment: Attachment) -> int:
    known = attachment.plain_type in _BEST
    return _BEST.index(attachment.plain_type) if known else len(_BEST)


def _day(resource: dict[str, Any]) -> str | None:
    """When the visit was, else when the document was written."""
    for context in items(resource.get("context")):
        for period in items(context.get("period")):
            if start := words(period.get("start")):
                return start
    return words(resource.get("date")) or words(resource.get("created")) or None


def _setting(resource: dict[str, Any]) -> str | None:
    for context in items(resource.get("context")):
        for concept in items(context.get("practiceSetting")):
            codings = [words(coding.get("display")) for coding in items(concept.get("coding"))]
            if name := words(concept.get("text")) or next(filter(None, codings), ""):
                return name
    return None


def _identifier(resource: dict[str, Any]) -> str:
    for key in ("masterIdentifier", "identifier"):
        for one in items(resource.get(key)):
            if value := words(one.get("value")):
                return value
    return ""
