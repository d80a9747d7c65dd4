"""Draft -> Visit: the roster filled in, roles assigned, limits held."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TypeVar

from pydantic import ValidationError

from ..errors import UnreadableFile
from ..records import Patient, Provider, Role, Turn, Visit
from .draft import Draft
from .roles import assign_roles, name_words
from .roster import Roster
from .source import MAX_VISIT_CHARS, Source

_Person = TypeVar("_Person", Patient, Provider)

_ID_CHARS = 80  # of an id in a message
_DAMAGED = re.compile("[\0\ud800-\udfff]")
_WRONG = {
    "string_type": "is no text",
    "tuple_type": "is no list",
    "missing": "is missing",
}


def to_visit(draft: Draft, source: Source, roster: Roster | None, role_map: Mapping[str, Role]) -> Visit:
    """The finished record.

    What the roster says goes before what the file says; what it leaves blank is kept from the file.

    Raises:
        UnreadableFile: the visit is too long, has NUL characters, or a field is of the wrong type.
    """
    texts = [draft.text] if draft.text is not None else [turn.text for turn in draft.turns]
    if sum(map(len, texts)) > MAX_VISIT_CHARS:
        why = f"visit {draft.visit_id} has more than {MAX_VISIT_CHARS:,} characters of text"
        raise source.error(why, "split it into visits", draft.line)
    if any(_DAMAGED.search(text) for text in (*texts, *_labels(draft))):
        why = f"visit {_shown_id(draft)} has NUL characters or halves of characters in it"
        raise source.error(why, "export the visit again", draft.line)
    warnings = list(draft.warnings)
    try:
        patient = Patient.model_validate(draft.patient) if draft.patient else None
        provider = Provider.model_validate(draft.provider) if draft.provider else None
        day = draft.date
        if roster:
            row = roster.find(draft.visit_id, source.path.name if draft.line is None else None)
            if row is None:
                warnings.append("the roster has no row for this visit")
            else:
                patient, provider = _filled(patient, row.patient), _filled(provider, row.provider)
                day = row.date or day
        assigned = assign_roles(draft.turns, name_words(patient, provider), role_map)
        turns = [
            Turn(role=role, text=turn.text, speaker=turn.speaker, start_s=turn.start_s, end_s=turn.end_s)
            for turn, role in zip(draft.turns, assigned.roles, strict=True)
        ]
        return Visit(
            visit_id=draft.visit_id,
            kind=draft.kind,
            of=draft.of,
            date=_iso_day(day, warnings),
            setting=draft.setting,
            patient=patient,
            provider=provider,
            turns=tuple(turns),
            text=draft.text,
            role_confidence=assigned.confidence,
            warnings=(*warnings, *assigned.warnings),
        )
    except ValidationError as failure:
        raise _wrong_field(draft, source, failure) from None


def _labels(draft: Draft) -> Iterator[str]:
    """Every other string of the draft that ends up in the visit."""
    yield from {turn.speaker for turn in draft.turns if turn.speaker}
    yield from filter(None, (draft.visit_id, draft.of, draft.date, draft.setting))
    for person in (draft.patient or {}, draft.provider or {}):
        for value in person.values():
            yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))


def _shown_id(draft: Draft) -> str:
    """The id as messages can carry it."""
    return _DAMAGED.sub("\N{REPLACEMENT CHARACTER}", draft.visit_id[:_ID_CHARS])


def _filled(mine: _Person | None, roster: _Person | None) -> _Person | None:
    if mine is None or roster is None:
        return roster or mine
    said = {name: value for name in type(roster).model_fields if (value := getattr(roster, name))}
    return mine.model_copy(update=said)


def _iso_day(day: str | None, warnings: list[str]) -> str | None:
    if not day:
        return None
    try:
        return date.fromisoformat(day.strip()[:10]).isoformat()
    except ValueError:
        warnings.append("the date is not in the form YYYY-MM-DD and was left out")
        return None


def _wrong_field(draft: Draft, source: Source, failure: ValidationError) -> UnreadableFile:
    """Our own sentence: pydantic's would quote the value, which may be text of the visit."""
    first = failure.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "visit"
    wrong = _WRONG.get(first["type"], "has a value of the wrong type")
    why = f"visit {_shown_id(draft)}: the field {field} of a {failure.title.lower()} {wrong}"
    return source.error(why, "bring it into the form that `alliance schema` prints", draft.line)
