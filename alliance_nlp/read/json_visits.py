"""A JSON object in the form of `Visit` (see ``alliance schema``) -> draft; keys not known are left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import isfinite
from typing import Any

from ..records import Kind, Role
from .draft import Draft, DraftTurn
from .objects import Place
from .roles import ROLES

_KINDS: tuple[Kind, ...] = ("transcript", "note")
_OF_A_TURN = ("speaker", "role", "start", "start_s")


def is_visit(data: Any) -> bool:
    """Whether an object has a key that only our own visits, reports and failures have.

    >>> is_visit({"visit_id": "v1"}), is_visit({"text": "Said.", "segments": []})
    (True, False)
    """
    return isinstance(data, dict) and ("visit_id" in data or "turns" in data or data.get("kind") in _KINDS)


def is_turn_list(data: Any) -> bool:
    """Whether a list holds the turns of one visit: each has text and a speaker, role or start, and none is a visit."""
    return (
        isinstance(data, list)
        and bool(data)
        and all(isinstance(one, dict) and not is_visit(one) and _is_turn(one) for one in data)
    )


def read_visit(data: Any, place: Place) -> Iterator[Draft]:
    """The visit of one object.

    Raises:
        UnreadableFile: the object is no visit, or a field is missing or of the wrong type.
    """
    yield _visit(place, data)


def read_turn_list(data: Any, place: Place) -> Iterator[Draft]:
    """One visit of a bare list of turns; raises as `read_visit`."""
    yield _visit(place, {"turns": data})


def _is_turn(data: dict[str, Any]) -> bool:
    return isinstance(data.get("text"), str) and any(key in data for key in _OF_A_TURN)


def _visit(place: Place, data: Any) -> Draft:
    if isinstance(data, list):
        raise place.error("is a list", "name a file with one list of visits .json")
    if not isinstance(data, dict):
        raise place.error("is no JSON object")
    if "error" in data and "message" in data:
        raise place.error("is a failure of an earlier run, not a visit", "leave the file out")
    if "scores" in data and "evidence" in data:
        raise place.error("is a report of a visit, not a visit", "give the file that the report was made from")
    if not is_visit(data) and _is_turn(data):
        raise place.error("is one turn of a visit", "put the turns of a visit into one list, in a file of its own")
    draft = place.draft(_string(place, data, "visit_id"))
    turns, text = data.get("turns"), data.get("text")
    kind = data.get("kind") or ("note" if text is not None and not turns else "transcript")
    if kind not in _KINDS:
        raise place.error("is of an unknown kind", "use transcript or note")
    if kind == "transcript" and not isinstance(turns, list):
        if turns is None and text is None:
            raise place.error("has neither turns nor a text", "give one of the forms that `alliance formats` lists")
        raise place.error("has no turns" if turns is None else "has turns that are no list")
    if kind == "note" and not isinstance(text, str):
        raise place.error("is a note whose text is missing or no text")
    if kind == "note" and turns:
        raise place.error("is a note and has turns", 'use kind "transcript" for talk')
    return replace(
        draft,
        kind=kind,
        turns=[_turn(place, index, turn) for index, turn in enumerate(turns or ())],
        text=text if kind == "note" else None,
        of=_string(place, data, "of") if kind == "note" else None,
        date=_string(place, data, "date"),
        setting=_string(place, data, "setting"),
        patient=_person(place, data, "patient"),
        provider=_person(place, data, "provider"),
    )


def _turn(place: Place, index: int, turn: Any) -> DraftTurn:
    if not isinstance(turn, dict):
        raise place.error(f"has a turn that is no JSON object (turn {index})")
    if not isinstance(turn.get("text"), str):
        raise place.error(f"has a turn whose text is missing or no text (turn {index})")
    role: Role | None = turn.get("role")
    if role is not None and role not in ROLES:
        raise place.error(f"has an unknown role (turn {index})", f"use {', '.join(ROLES[:-1])} or {ROLES[-1]}")
    speaker = turn.get("speaker")
    if speaker is not None and not isinstance(speaker, str | int):
        raise place.error(f"has a speaker that is no text (turn {index})")
    return DraftTurn(
        turn["text"],
        None if speaker is None else str(speaker),
        role,
        _seconds(turn.get("start_s", turn.get("start", turn.get("t")))),
        _seconds(turn.get("end_s", turn.get("end", turn.get("t_end")))),
    )


def _person(place: Place, data: dict[str, Any], key: str) -> dict[str, object] | None:
    person = data.get(key)
    if person is not None and not isinstance(person, dict):
        raise place.error(f"has a {key} that is no JSON object")
    if not person:
        return None
    found: dict[str, object] = {name: value for name, value in person.items() if value is not None}
    if isinstance(found.get("id"), int):
        found["id"] = str(found["id"])
    return found


def _string(place: Place, data: dict[str, Any], key: str) -> str | None:
    value = data.get(key)
    if value is None or isinstance(value, bool) or not isinstance(value, str | int):
        if value is None:
            return None
        raise place.error(f"has a {key} that is no text")
    return str(value)


def _seconds(value: Any) -> float | None:
    """A time in seconds; one that is no number is unknown, for no measure needs it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return seconds if isfinite(seconds) and seconds >= 0 else None
