"""Coded visits as JSON Lines, the form of ``corpus/rehab``: each turn (or the note) holds ``codes``, the visit
``ratings``, and any further keys stay with it.

`CodedVisit` is what the exchange with annotation tools carries: the parts that a coder may change (codes, ratings),
the parts that are shown (roles, texts) and the rest, so that nothing is lost on the way there and back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..codes import CODE_NAMES, NAME_CODES
from ..errors import BadCorpus
from ..read import read_visits
from ..records import PARTS, Kind, Visit
from .faults import fault_of
from .gold import GoldVisit, Stretch, read_gold
from .rows import read_objects, write_objects

KNOWN_CODES = frozenset((*CODE_NAMES, *NAME_CODES))
_VISIT_KEYS = {"visit_id", "kind", "turns", "text", "codes", "ratings"}
_TURN_KEYS = {"i", "role", "text", "codes"}
_FORM = "bring it into the form that `alliance schema visit` prints"


@dataclass(frozen=True)
class CodedVisit:
    """A visit with codes and ratings.

    ``turns``: role and text of each turn; a note is one turn of the provider. ``codes``: (code, turn, start, end),
    half-open character offsets, sorted by place. ``ratings``: goal, task, bond from 1 to 5, those that were given.
    ``about`` and ``turns_about``: all further keys of the visit and of each turn. ``coded``: False where nobody has
    coded the visit, which is something else than a visit in which a coder found no code.
    """

    visit_id: str
    kind: Kind
    turns: tuple[tuple[str, str], ...]
    codes: tuple[Stretch, ...] = ()
    ratings: dict[str, int] | None = None
    about: dict[str, Any] = field(default_factory=dict)
    turns_about: tuple[dict[str, Any], ...] = ()
    coded: bool = True

    def record(self) -> dict[str, Any]:
        """The visit as a JSON object of the coded form; it has ``codes`` only where somebody coded it."""
        record: dict[str, Any] = {"visit_id": self.visit_id, "kind": self.kind, **self.about}
        if self.ratings is not None:
            record["ratings"] = self.ratings
        codes: list[list[list[Any]]] = [[] for _ in self.turns]
        for code, turn, start, end in self.codes:
            codes[turn].append([code, start, end])
        if self.kind == "note":
            return {**record, "text": self.turns[0][1], **({"codes": codes[0]} if self.coded else {})}
        further = self.turns_about or ({},) * len(self.turns)
        record["turns"] = [
            {"i": index, "role": role, **about, "text": text, **({"codes": codes[index]} if self.coded else {})}
            for index, ((role, text), about) in enumerate(zip(self.turns, further, strict=True))
        ]
        return record


def coded_visit(record: Mapping[str, Any], place: str) -> CodedVisit:
    """Take a JSON object of the coded form apart.

    Args:
        record: the object; a turn without ``codes`` has none, and a visit without any ``codes`` is not coded.
        place: what an error names as the place, e.g. a file and line.

    Raises:
        BadCorpus: it is no visit, a code is unknown, an offset is outside its text, or a rating is not from 1 to 5.
    """
    try:
        visit = Visit.model_validate(record)
    except ValidationError as error:
        raise BadCorpus(place, f"it is no visit: {fault_of(error)}", _FORM) from None
    place = f"{place}, visit {visit.visit_id}"
    if visit.kind == "note":
        turns: tuple[tuple[str, str], ...] = (("provider", visit.text or ""),)
        written = [record.get("codes")]
        further: tuple[dict[str, Any], ...] = ()
    else:
        turns = tuple((turn.role, turn.text) for turn in visit.turns)
        written = [turn.get("codes") for turn in record.get("turns", ())]
        further = tuple(
            {key: value for key, value in turn.items() if key not in _TURN_KEYS} for turn in record.get("turns", ())
        )
    found = [(index, code) for index, codes in enumerate(written) for code in _as_list(codes, place, index)]
    return CodedVisit(
        visit_id=visit.visit_id,
        kind=visit.kind,
        turns=turns,
        codes=checked_codes([_stretch(code, index, place) for index, code in found], turns, place),
        ratings=checked_ratings(record.get("ratings"), place),
        about={key: value for key, value in record.items() if key not in _VISIT_KEYS},
        turns_about=further if any(further) else (),
        coded=is_coded(record),
    )


def is_coded(record: Mapping[str, Any]) -> bool:
    """Whether a coder has been at a record of the coded form, and be it to find no code.

    >>> is_coded({"turns": [{"text": "Hi.", "codes": []}]}), is_coded({"turns": [{"text": "Hi."}]})
    (True, False)
    """
    turns = record.get("turns")
    return "codes" in record or (
        isinstance(turns, list) and any(isinstance(turn, dict) and "codes" in turn for turn in turns)
    )


def checked_codes(
    codes: Sequence[tuple[str, int, int, int]], turns: Sequence[tuple[str, str]], place: str
) -> tuple[Stretch, ...]:
    """The codes sorted by place, each once.

    Raises:
        BadCorpus: a code is unknown, or a stretch is empty or not within its turn.
    """
    for code, turn, start, end in codes:
        if code not in KNOWN_CODES:
            raise BadCorpus(f"{place}, turn {turn}", f"unknown code {code[:40]}", "use the codes of CODEBOOK.md")
        if not (0 <= turn < len(turns) and 0 <= start < end <= len(turns[turn][1])):
            why = f"characters {start} to {end} of {code} are not within the text"
            raise BadCorpus(f"{place}, turn {turn}", why, "check the offsets")
    return tuple(sorted(set(codes), key=lambda one: (one[1], one[2], one[3], one[0])))


def checked_ratings(ratings: object, place: str) -> dict[str, int] | None:
    """Ratings with their parts in order; None where there are none.

    Raises:
        BadCorpus: a part is unknown, or a rating is no whole number from 1 to 5.
    """
    if not ratings:
        return None
    if not isinstance(ratings, Mapping) or not set(ratings) <= set(PARTS):
        raise BadCorpus(place, "the ratings are not of goal, task and bond", "rate these three parts")
    for part, rating in ratings.items():
        if type(rating) is not int or not 1 <= rating <= 5:
            raise BadCorpus(place, f"the rating of {part} is no whole number from 1 to 5", "rate it again")
    return {part: ratings[part] for part in PARTS if part in ratings}


def read_coded(path: Path) -> Iterator[CodedVisit]:
    """Coded visits of a JSON Lines file or a folder of them, or of a data folder with ``gold``; or visits without
    codes in any form that `read_visits` reads.

    Raises:
        BadCorpus: a visit or its codes are not as they should be.
        NoVisits: there is none.
        UnreadableFile: a file that is not JSON Lines cannot be read.
    """
    if (path / "gold").is_dir():
        for gold in read_gold(path):
            yield _from_gold(gold)
        return
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if all(file.suffix == ".jsonl" for file in files) and any(map(_holds_gold, files)):
        for file in files:
            for number, record in read_objects(file):
                yield coded_visit(record, f"{file}, line {number}")
        return
    for visit in read_visits(path):
        yield coded_visit(visit.model_dump(mode="json", exclude_none=True), str(path))


def write_coded(visits: Sequence[CodedVisit], path: Path) -> int:
    """Write visits as JSON Lines in the coded form and say how many."""
    return write_objects(path, (visit.record() for visit in visits))


def _holds_gold(file: Path) -> bool:
    """Whether a visit of a file is coded or rated."""
    return any(is_coded(record) or record.get("ratings") for _, record in read_objects(file))


def _from_gold(gold: GoldVisit) -> CodedVisit:
    record = gold.visit.model_dump(mode="json", exclude_none=True)
    if gold.ratings is not None:
        record["ratings"] = gold.ratings
    place = f"{gold.source}, visit {gold.visit.visit_id}"
    bare = coded_visit(record, place)
    codes = checked_codes([*gold.codes, *gold.names], bare.turns, place)
    return replace(bare, codes=codes, coded=gold.coded)


def _as_list(codes: object, place: str, turn: int) -> list[Any]:
    if codes is None:
        return []
    if not isinstance(codes, list):
        raise BadCorpus(f"{place}, turn {turn}", "the codes are no list", "write them as [code, start, end]")
    return codes


def _stretch(code: object, turn: int, place: str) -> Stretch:
    match code:
        case [str(name), int(start), int(end)]:
            return (name, turn, start, end)
    raise BadCorpus(f"{place}, turn {turn}", "a code is not of the form [code, start, end]", "write it in that form")
