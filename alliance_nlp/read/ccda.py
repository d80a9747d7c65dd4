"""C-CDA documents -> drafts: the notes in them, else their narrative as one note; parsed by defusedxml.

Source: HL7 C-CDA R2.1 with the Companion Guide (note activity, 2.16.840.1.113883.10.20.22.4.202, whose text is in
itself or is a reference into the narrative). A document without structure holds one attachment.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ..errors import MissingExtra, UnreadableFile
from .attached import Attachment, Record, iso_day, person, read_attached
from .draft import Draft
from .extracted import read_extracted
from .html import element_text
from .source import Source

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_V3 = {"v3": "urn:hl7-org:v3"}
_NOTE_ACTIVITY = "2.16.840.1.113883.10.20.22.4.202"
_MAX_DEPTH = 10


def is_ccda(source: Source) -> bool:
    """Whether it is a clinical document in XML."""
    head = source.head
    return head.startswith("<") and "<ClinicalDocument" in head


def read_ccda(source: Source, speakers: Collection[str] = ()) -> Iterator[Draft | UnreadableFile]:
    """Every note activity as a note; where there is none, the sections one below the other, without mere lists.

    Raises:
        UnreadableFile: the file is no XML, declares entities, is no clinical document, or holds no text.
        MissingExtra: defusedxml is not installed.
    """
    root = _parse(source)
    if root.tag != "{urn:hl7-org:v3}ClinicalDocument":
        raise source.error("the XML is no C-CDA document", "give C-CDA, or export the visit as text")
    record = Record(
        _id(root) or source.stem,
        date=_day(root.find("v3:componentOf/v3:encompassingEncounter/v3:effectiveTime", _V3))
        or _day(root.find("v3:effectiveTime", _V3)),
        patient=_patient(root),
        provider=_author(root),
    )
    unstructured = root.find("v3:component/v3:nonXMLBody/v3:text", _V3)
    if unstructured is not None:
        yield from record.fill(_content(source, unstructured, {}, speakers))
        return
    body = root.find("v3:component/v3:structuredBody", _V3)
    if body is None:
        raise source.error("the C-CDA document has no body", "export it again with its sections")
    activities = [one for one in body.iter("{urn:hl7-org:v3}act") if _is_note(one)]
    if not activities:
        text = "\n\n".join(_sections(body))
        yield from record.fill(read_extracted(source, text, speakers))
        return
    by_id = {one.get("ID"): one for one in body.iter() if one.get("ID")}
    for number, act in enumerate(activities, start=1):
        note = Record(
            _id(act) or f"{record.visit_id}-{number}",
            date=_day(act.find("v3:effectiveTime", _V3)) or record.date,
            patient=record.patient,
            provider=_author(act) or record.provider,
        )
        text_element = act.find("v3:text", _V3)
        if text_element is not None:
            yield from note.fill(_content(source, text_element, by_id, speakers))


def _parse(source: Source) -> Element:
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import ParseError, fromstring
    except ImportError:
        raise MissingExtra(f"{source.path}: reading C-CDA", "formats") from None
    try:
        root: Element = fromstring(source.content())
    except DefusedXmlException:
        raise source.error("the XML declares entities, which can be made to do harm", "export it again") from None
    except (ParseError, ValueError, LookupError):
        raise source.error("the XML is broken", "export it again") from None
    return root


def _content(
    source: Source, text: Element, by_id: dict[str | None, Element], speakers: Collection[str]
) -> Iterator[Draft | UnreadableFile]:
    """A text element: base64, a reference into the narrative, or the words themselves."""
    media_type = text.get("mediaType", "")
    said = "".join(text.itertext()).strip()
    reference = text.find("v3:reference", _V3)
    if text.get("representation") == "B64" and said:
        yield from read_attached(source, Attachment("document", said, media_type), speakers)
    elif reference is not None:
        value = reference.get("value", "")
        target = by_id.get(value.removeprefix("#"))
        if target is None:
            why = "a note is only linked to, and nothing is fetched"
            raise source.error(why, "export it with its text inside")
        yield from read_extracted(source, element_text(target), speakers)
    else:
        yield from read_extracted(source, element_text(text), speakers)


def _sections(parent: Element, depth: int = 0) -> Iterator[str]:
    """Title and narrative of every section, those in it after it."""
    if depth > _MAX_DEPTH:
        return
    for section in parent.findall("v3:component/v3:section", _V3):
        code = section.find("v3:code", _V3)
        if code is not None and code.get("code") in _lists():
            continue
        title, narrative = section.find("v3:title", _V3), section.find("v3:text", _V3)
        text = "" if narrative is None or section.get("nullFlavor") else element_text(narrative)
        if text:
            yield "\n".join(filter(None, ("" if title is None else element_text(title), text)))
        yield from _sections(section, depth + 1)


def _is_note(act: Element) -> bool:
    return any(one.get("root") == _NOTE_ACTIVITY for one in act.findall("v3:templateId", _V3))


def _id(element: Element) -> str | None:
    """Extension of the first id, else its root."""
    first = element.find("v3:id", _V3)
    return None if first is None else first.get("extension") or first.get("root")


def _day(time: Element | None) -> str | None:
    if time is None:
        return None
    low = time.find("v3:low", _V3)
    return iso_day(time.get("value", "") or (low.get("value", "") if low is not None else ""))


def _patient(root: Element) -> dict[str, object] | None:
    role = root.find("v3:recordTarget/v3:patientRole", _V3)
    if role is None:
        return None
    names = role.findall("v3:patient/v3:name", _V3)
    legal = next((one for one in names if "L" in one.get("use", "").split()), names[0] if names else None)
    parts = [] if legal is None else legal.findall("v3:given", _V3)
    given = [_words(one) for one in parts]
    called = [_words(one) for one in parts if one.get("qualifier") == "CL"]
    formal = [name for name in given if name not in called] or given
    others = [_words(one.find("v3:given", _V3)) for one in names if one is not legal]
    family = _words(legal.find("v3:family", _V3)) if legal is not None else ""
    return person(_id(role), formal[0] if formal else None, family, [*called, *others])


def _author(element: Element) -> dict[str, object] | None:
    """The first author who is a person."""
    for author in element.findall("v3:author/v3:assignedAuthor", _V3):
        name = author.find("v3:assignedPerson/v3:name", _V3)
        if name is None:
            continue
        parts = [
            _words(one) for kind in ("prefix", "given", "family", "suffix") for one in name.findall(f"v3:{kind}", _V3)
        ]
        known = {"id": _id(author), "name": " ".join(filter(None, parts)) or _words(name)}
        return {key: value for key, value in known.items() if value} or None
    return None


def _words(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


@cache
def _lists() -> frozenset[str]:
    """Codes of the sections that only list data."""
    return frozenset(json.loads(files(__package__).joinpath("ccda_sections.json").read_text("utf-8"))["lists"])
