"""Who the patient and the author of a FHIR resource are: references resolved within file and folder, never fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, cast
from weakref import WeakKeyDictionary

from .attached import person
from .source import Source

_KEPT = ("Patient", "Practitioner", "PractitionerRole")
_OF_TYPE = re.compile(r'"resourceType"\s*:\s*"(?:Patient|Practitioner|PractitionerRole)"')
_TYPE_IN_NAME = re.compile(r"DocumentReference|Composition|Bundle")
_NEEDED = ("resourceType", "id", "name", "identifier", "practitioner")
_RECORD_NUMBER = "MR"
_NAME_USES = ("official", "usual", "", "old", "maiden", "temp", "anonymous")
_CALLED = ("nickname", "usual")
_VERSION = "/_history/"

Resource = dict[str, Any]
# Lines of one file share the people of that file and of those beside it; as JSON, for there may be very many.
_OF_FILE: WeakKeyDictionary[Source, dict[str, str]] = WeakKeyDictionary()


def items(value: Any) -> list[dict[str, Any]]:
    """Objects of a list, or the object that stands where a list should.

    >>> items({"a": 1}), items(["x", {"a": 1}]), items(None)
    ([{'a': 1}], [{'a': 1}], [])
    """
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def words(value: Any) -> str:
    """A string without white space around it; blank where the value is none."""
    return value.strip() if isinstance(value, str) else ""


class People:
    """The resources that those of one object may refer to.

    Args:
        source: the file.
        resources: all of the object.
        in_lines: whether the object is one line of many, which share their people.
    """

    def __init__(self, source: Source, resources: Iterable[Resource], *, in_lines: bool) -> None:
        self._source, self._in_lines = source, in_lines
        self._known = _by_name(resources)

    def find(self, reference: str, kind: str, inside: Resource | None = None) -> Resource | None:
        """The resource of a reference: ``Patient/7``, a URL, ``urn:uuid:...`` or ``#contained``.

        Args:
            reference: as it stands in the resource.
            kind: what is sought, as in ``Patient``.
            inside: the resource that refers to it.
        """
        if reference.startswith("#") and inside is not None:
            return next((one for one in items(inside.get("contained")) if one.get("id") == reference[1:]), None)
        plain = reference.partition(_VERSION)[0]
        name = "/".join(plain.split("/")[-2:])
        if found := self._known.get(plain) or self._known.get(name):
            return found
        line = self._of_file().get(name) if kind in _KEPT else None
        return None if line is None else cast(Resource, json.loads(line))

    def patient(self, resource: Resource) -> dict[str, object] | None:
        """The subject, with names from the Patient resource; without one, what the reference itself says."""
        for subject in items(resource.get("subject")):
            reference = words(subject.get("reference"))
            found = self.find(reference, "Patient", resource) if reference else None
            if found is not None and found.get("resourceType") == "Patient":
                return _patient(found)
            given, family = _split_name(words(subject.get("display")))
            last = reference.partition(_VERSION)[0].rpartition("/")
            return person(last[2] if last[0].endswith("Patient") else None, given, family)
        return None

    def provider(self, resource: Resource) -> dict[str, object] | None:
        """The first author (else who signed) that is a practitioner."""
        for author in (*items(resource.get("author")), *items(resource.get("authenticator"))):
            reference = words(author.get("reference"))
            found = self.find(reference, "Practitioner", resource) if reference else None
            if found is not None and found.get("resourceType") == "PractitionerRole":
                author = next(iter(items(found.get("practitioner"))), author)
                reference = words(author.get("reference"))
                found = self.find(reference, "Practitioner", resource) if reference else None
            if found is not None and found.get("resourceType") not in _KEPT[1:]:
                continue
            if any(f"{kind}/" in reference for kind in ("Organization", "Device", "Patient", "RelatedPerson")):
                continue
            name = _full_name(found) if found is not None else ""
            last = words(found.get("id")) if found is not None else reference.rpartition("/")[2]
            known = {"id": last, "name": name or words(author.get("display"))}
            if known["name"] or known["id"]:
                return {key: value for key, value in known.items() if value}
        return None

    def _of_file(self) -> dict[str, str]:
        if not self._in_lines:
            return {}
        if self._source not in _OF_FILE:
            sources = [self._source, *_beside(self._source)]
            _OF_FILE[self._source] = {name: line for source in sources for name, line in _people_lines(source)}
        return _OF_FILE[self._source]


def _by_name(resources: Iterable[Resource]) -> dict[str, Resource]:
    """Resources by ``Type/id`` and by the URL that their Bundle gives them."""
    known: dict[str, Resource] = {}
    for resource in resources:
        if name := words(resource.get("id")):
            known.setdefault(f"{resource.get('resourceType')}/{name}", resource)
        if url := words(resource.get("fullUrl")):
            known.setdefault(url, resource)
    return known


def _beside(source: Source) -> Iterator[Source]:
    """Files with the people of a bulk export: its own name with ``Patient`` in place of its type, or that alone."""
    for kind in _KEPT:
        names = dict.fromkeys((_TYPE_IN_NAME.sub(kind, source.path.name), f"{kind}{source.path.suffix}"))
        for name in names:
            if name != source.path.name and (found := source.sibling(name)):
                yield found


def _people_lines(source: Source) -> Iterator[tuple[str, str]]:
    """``Type/id`` and JSON, cut to what is needed, of the people in a file with a resource a line."""
    for _, line in source.lines():
        if not isinstance(line, str) or not _OF_TYPE.search(line):
            continue
        try:
            resource = json.loads(line)
        except (ValueError, RecursionError):  # named when the line itself is read
            continue
        if isinstance(resource, dict) and resource.get("resourceType") in _KEPT:
            kept = {key: resource[key] for key in _NEEDED if key in resource}
            yield f"{resource['resourceType']}/{words(resource.get('id'))}", json.dumps(kept, ensure_ascii=False)


def _patient(resource: Resource) -> dict[str, object] | None:
    names = items(resource.get("name"))
    best = min(names, key=_use, default={})
    given, family = _given(best), words(best.get("family"))
    if not given and not family:
        first, family = _split_name(words(best.get("text")))
        given = [first] if first else []
    called = [_given(name)[0] for name in names if name is not best and name.get("use") in _CALLED and _given(name)]
    return person(_number(resource), given[0] if given else None, family, called)


def _number(resource: Resource) -> str | None:
    """The medical record number, else the id of the resource."""
    for identifier in items(resource.get("identifier")):
        for kind in items(identifier.get("type")):
            if any(coding.get("code") == _RECORD_NUMBER for coding in items(kind.get("coding"))):
                return words(identifier.get("value")) or None
    return words(resource.get("id")) or None


def _full_name(resource: Resource) -> str:
    best = min(items(resource.get("name")), key=_use, default={})
    parts = [*_strings(best.get("prefix")), *_given(best)[:1], words(best.get("family")), *_strings(best.get("suffix"))]
    return " ".join(filter(None, parts)) if best.get("family") else words(best.get("text"))


def _use(name: dict[str, Any]) -> int:
    use = words(name.get("use"))
    return _NAME_USES.index(use) if use in _NAME_USES else len(_NAME_USES)


def _given(name: dict[str, Any]) -> list[str]:
    return _strings(name.get("given"))


def _strings(value: Any) -> list[str]:
    return [words(one) for one in (value if isinstance(value, list) else [value]) if words(one)]


def _split_name(name: str) -> tuple[str | None, str]:
    """Given and family name of a name written as one: ``Collins, Martha`` or ``Martha Collins``."""
    family, comma, given = (part.strip() for part in name.partition(","))
    if not comma:
        given, _, family = name.rpartition(" ")
    return given.split()[0] if given.split() else None, family
