"""``.json`` and ``.jsonl`` -> drafts, in the form of `Visit` (see ``alliance schema``); keys not known are left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isfinite
from typing import Any

from ..errors import UnreadableFile
from ..records import Kind, Role
from .draft import Draft, DraftTurn
from .roles import ROLES
from .source import Source

_KINDS: tuple[Kind, ...] = ("transcript", "note")
_FORM = "bring it into the form that `alliance schema` prints"


def read_json(source: Source) -> Iterator[Draft | UnreadableFile]:
    """One visit, or a list of visits of which a bad one costs only itself.

    Raises:
        UnreadableFile: the file is no JSON, or neither a visit nor a list.
    """
    data = _load(source, source.text(), None)
    if not isinstance(data, list):
        yield _visit(_Place(source, "the visit"), data, source.stem)
        return
    for number, item in enumerate(data, start=1):
        try:
            yield _visit(_Place(source, f"visit {number} of the list"), item, f"{source.stem}-{number}")
        except UnreadableFile as error:
            yield error


def read_jsonl(source: Source) -> Iterator[Draft | UnreadableFile]:
    """One visit a line, one line at a time; a bad line comes as its error.

    Raises:
        UnreadableFile: the file as a whole is no text.
    """
    for number, line in source.lines():
        if isinstance(line, UnreadableFile):
            yield line
        elif line.strip():
            try:
                data = _load(source, line, number)
                yield _visit(_Place(source, "the visit", number), data, f"{source.stem}-{number}")
            except UnreadableFile as error:
                yield error


class _Place:
    """Where in a file a visit stands; makes the errors there."""

    def __init__(self, source: Source, what: str, line: int | None = None) -> None:
        self.source, self.what, self.line = source, what, line

    def error(self, why: str, remedy: str = _FORM) -> UnreadableFile:
        return self.source.error(f"{self.what} {why}", remedy, self.line)


def _load(source: Source, text: str, line: int | None) -> Any:
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}" if line is None else f"column {error.colno}"
        remedy = "check for a cut-off end"
        if error.msg == "Extra data" and line is None:
            remedy = "name a file with a visit a line .jsonl"
        raise source.error(f"the JSON is broken at {at}", remedy, line) from None
    except (ValueError, RecursionError):
        raise source.error("the JSON is nested too deeply or holds a number too long", _FORM, line) from None


def _visit(place: _Place, data: Any, default_id: str) -> Draft:
    if isinstance(data, list):
        raise place.error("is a list", "name a file with one list of visits .json")
    if not isinstance(data, dict):
        raise place.error("is no JSON object")
    if "error" in data and "message" in data:
        raise place.error("is a failure of an earlier run, not a visit", "leave the file out")
    if "scores" in data and "evidence" in data:
        raise place.error("is a report of a visit, not a visit", "give the file that the report was made from")
    visit_id = _string(place, data, "visit_id") or default_id
    place.what = f"visit {visit_id}" if len(visit_id) <= 80 else place.what
    turns, text = data.get("turns"), data.get("text")
    kind = data.get("kind") or ("note" if text is not None and not turns else "transcript")
    if kind not in _KINDS:
        raise place.error("is of an unknown kind", "use transcript or note")
    if kind == "transcript" and not isinstance(turns, list):
        missing = "has no turns" if text is not None else "has neither turns nor a text"
        raise place.error(missing if turns is None else "has turns that are no list")
    if kind == "note" and not isinstance(text, str):
        raise place.error("is a note whose text is missing or no text")
    if kind == "note" and turns:
        raise place.error("is a note and has turns", 'use kind "transcript" for talk')
    return Draft(
        visit_id,
        kind,
        turns=[_turn(place, index, turn) for index, turn in enumerate(turns or ())],
        text=text if kind == "note" else None,
        date=_string(place, data, "date"),
        setting=_string(place, data, "setting"),
        patient=_person(place, data, "patient"),
        provider=_person(place, data, "provider"),
        line=place.line,
    )


def _turn(place: _Place, index: int, turn: Any) -> DraftTurn:
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
        _seconds(turn.get("start_s", turn.get("t"))),
        _seconds(turn.get("end_s", turn.get("t_end"))),
    )


def _person(place: _Place, data: dict[str, Any], key: str) -> dict[str, object] | None:
    person = data.get(key)
    if person is not None and not isinstance(person, dict):
        raise place.error(f"has a {key} that is no JSON object")
    if not person:
        return None
    found: dict[str, object] = {name: value for name, value in person.items() if value is not None}
    if isinstance(found.get("id"), int):
        found["id"] = str(found["id"])
    return found


def _string(place: _Place, data: dict[str, Any], key: str) -> str | None:
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
