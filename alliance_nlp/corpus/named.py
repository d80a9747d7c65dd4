"""Stretches of visits coded for the patient's name alone, as `corpus/names` of a data folder holds them.

They measure the use of names and nothing else: nobody coded their sentences or rated them, and nothing learns from
them. Each says in ``split`` whether its errors were read while rules were tried (``train``) or not (``test``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from ..codes import NAME_CODES
from ..errors import BadCorpus
from ..records import Visit
from .check import Problem, check_stretch
from .gold import GoldVisit
from .rows import read_objects

PATTERN = "names_*.jsonl"
_FOLDER = "names"
SPLITS = ("train", "test")


def read_named(folders: Sequence[Path], split: str = "train") -> list[GoldVisit]:
    """The stretches of one split in some data folders; of one that is in several the first is taken.

    They have names, and neither codes nor ratings (``coded`` is False).

    Raises:
        BadCorpus: a line is no visit, or not coded for names.
    """
    found: dict[str, GoldVisit] = {}
    for folder in folders:
        for path in sorted((folder / _FOLDER).glob(PATTERN)):
            for gold in _named(path):
                if gold.split == split:
                    found.setdefault(gold.visit.visit_id, gold)
    return list(found.values())


def check_named(path: Path) -> Iterator[Problem]:
    """Problems of one file of such stretches: offsets, roles, white space, ids.

    Raises:
        BadCorpus: a line is no visit, or not coded for names.
    """
    seen: set[str] = set()
    for gold in _named(path):
        place = f"{path.name}, visit {gold.visit.visit_id}"
        if gold.visit.visit_id in seen:
            yield Problem(place, "is there twice")
        seen.add(gold.visit.visit_id)
        for code, at, start, end in gold.names:
            turn = gold.visit.turns[at]
            where = f"{place}, turn {at}"
            wrong = list(check_stretch(where, code, turn.role, start, end, len(turn.text)))
            if not wrong and turn.text[start:end] != turn.text[start:end].strip():
                wrong.append(Problem(where, f"the stretch of {code} has white space at its edge"))
            yield from wrong


def _named(path: Path) -> Iterator[GoldVisit]:
    for number, data in read_objects(path):
        place = f"{path}, line {number}"
        try:
            visit = Visit.model_validate(data)
            names = tuple(
                (code, turn, start, end)
                for turn, written in enumerate(data["turns"])
                for code, start, end in written["codes"]
            )
        except (ValidationError, KeyError, TypeError, ValueError):
            raise BadCorpus(place, "it is no visit coded for names", "see corpus/README.md") from None
        if data.get("split") not in SPLITS or any(code not in NAME_CODES for code, *_ in names):
            raise BadCorpus(place, "it has a split or a code of another kind", "see corpus/README.md")
        lengths = [len(turn.text) for turn in visit.turns]
        if not all(_is_within(start, end, lengths[turn]) for _, turn, start, end in names):
            raise BadCorpus(place, "it has a stretch that is not within its turn", "give whole numbers of characters")
        yield GoldVisit(visit, source="names", names=names, split=data["split"], coded=False)


def _is_within(start: object, end: object, length: int) -> bool:
    """Whether a stretch is of whole numbers and within a text of that length."""
    return type(start) is int and type(end) is int and 0 <= start < end <= length
