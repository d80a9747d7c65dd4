"""Details of the person that the note has otherwise than the visit or its roster: name, age, sex, spouse.

Only what is said outright counts. Names are those the package finds (`annotate.names`), compared with nicknames and
misspellings allowed; the other details come from rules that are data, ``person.jsonl``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple, get_args

from ..annotate.names import KEY as NAMES_KEY
from ..annotate.persons import lists
from ..records import Visit
from .records import Detail
from .terms import terms_of

NAME_RULE = "person.name"
_ALIKE = 75  # of 100, by letters: misspellings stay over it, other names under it
_TITLES = re.compile(r"(?i)^(?:mr|mrs|ms|miss|dr|doctor|sir|madam)\.?(?:\s+|$)|['’]s$")


class Named(NamedTuple):
    """A name or detail at its place: turn (None in a note), characters half-open, and what it says."""

    turn: int | None
    start: int
    end: int
    value: str


class Mismatch(NamedTuple):
    """A detail that differs; ``said`` is None where only the roster has it."""

    detail: Detail
    said: Named | None
    note: Named
    rule: str


class _Rule(NamedTuple):
    id: str
    side: str
    detail: Detail
    value: str | None
    pattern: re.Pattern[str]


def names_in(doc: object, texts: Iterable[str]) -> list[Named]:
    """Every use of the patient's name in an annotated Doc.

    Args:
        doc: a Doc with ``doc.spans["alliance_names"]`` and ``doc._.alliance_visit``.
        texts: the text of each turn (one for a note).
    """
    turns = doc._.alliance_visit["turns"]  # type: ignore[attr-defined]
    note = doc._.alliance_visit["kind"] == "note"  # type: ignore[attr-defined]
    whole = list(texts)
    found = []
    for span in doc.spans.get(NAMES_KEY, ()):  # type: ignore[attr-defined]
        turn = next(at for at, (first, last, *_) in enumerate(turns) if first <= span.start < last)
        start, end = span.start_char - turns[turn][2], span.end_char - turns[turn][2]
        found.append(Named(None if note else turn, start, end, whole[turn][start:end]))
    return found


def find_mismatches(visit: Visit, note: str, said_names: list[Named], note_names: list[Named]) -> list[Mismatch]:
    """Details that differ between note and visit, each once.

    Args:
        visit: the transcript, with its roster name where that is known.
        note: text of the note.
        said_names: uses of the patient's name in the visit.
        note_names: uses of the patient's name in the note, found without the roster.
    """
    headed = [
        Named(None, *match.span("x"), match.group("x"))
        for rule in _rules()
        if rule.detail == "name"
        for match in rule.pattern.finditer(note)
    ]
    found = list(_names(visit, said_names, [*note_names, *headed]))
    in_note = list(_details(note, None, "note"))
    in_visit = [
        each
        for at, turn in enumerate(visit.turns)
        if turn.role != "other"
        for each in _details(turn.text, at, turn.role)
    ]
    for detail in get_args(Detail)[1:]:
        written = [(rule, each) for rule, each in in_note if rule.detail == detail]
        said = [each for rule, each in in_visit if rule.detail == detail]
        if written and said and not {each.value for _, each in written} & {each.value for each in said}:
            rule, first = written[0]
            if detail != "spouse" or len({each.value for each in said}) == 1:
                found.append(Mismatch(rule.detail, said[0], first, rule.id))
    return found


def same_person(one: str, other: str) -> bool:
    """Whether two names can be one person's: a part in common, a nickname of it, or a misspelling.

    >>> same_person("Mr. Lamb", "Hiram Lamb"), same_person("Bob", "Robert Hale"), same_person("Stavros", "Peter")
    (True, True, False)
    """
    from rapidfuzz.fuzz import ratio

    return any(
        ratio(a, b) >= _ALIKE or a in _nicknames(b) or b in _nicknames(a) for a in _parts(one) for b in _parts(other)
    )


def _names(visit: Visit, said: list[Named], written: list[Named]) -> Iterator[Mismatch]:
    patient = visit.patient
    roster = [patient.given, patient.family] if patient else []
    known = [name for name in (*roster, *(patient.aliases if patient else ())) if name] + [one.value for one in said]
    whole = all(roster) and bool(roster)  # then every part of a name in the note must be known, else one of them
    if not known:
        return
    seen: set[str] = set()
    for each in written:
        parts = _parts(each.value)
        plain = " ".join(parts)
        alike = [any(same_person(part, name) for name in known) for part in parts]
        if not parts or plain in seen or (all(alike) if whole else any(alike)):
            continue
        seen.add(plain)
        yield Mismatch("name", said[0] if said else None, each, NAME_RULE)


def _details(text: str, turn: int | None, side: str) -> Iterator[tuple[_Rule, Named]]:
    plain = text.replace("’", "'")
    for rule in _rules():
        if rule.side == side and rule.detail != "name":
            for match in rule.pattern.finditer(plain if side == "note" else plain.lower()):
                group = "x" if match.group("x") is not None else "y"
                start, end = match.span(group)
                value = rule.value or " ".join(terms_of(match.group(group), note=False))
                if value and (rule.detail != "age" or value.isdigit()):
                    yield rule, Named(turn, start, end, value)


def _parts(name: str) -> list[str]:
    plain = name.strip()
    for _ in range(2):
        plain = _TITLES.sub("", plain)
    return [part for part in re.findall(r"[^\W\d_]+", plain.lower()) if len(part) > 1]


def _nicknames(name: str) -> frozenset[str]:
    return lists().nicknames.get(name, frozenset())


@cache
def _rules() -> tuple[_Rule, ...]:
    lines = (files(__package__) / "person.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return tuple(
        _Rule(row["id"], row["side"], row["detail"], row.get("value"), re.compile(row["pattern"])) for row in rows
    )
