"""Visits with gold: read from a data folder of visits, stand-off codes, ratings, folds and splits.

A data folder holds ``*.jsonl`` visits with ``gold/codes.tsv``, ``gold/names.tsv``, ``gold/ratings.tsv`` (sentence
codes by turn and sentence, offsets in ``sents``), the same for the visits' notes (``gold/notes_*.tsv``),
``folds.tsv``, and ``rehab/*.jsonl`` with gold inside each turn and ``rehab/split.tsv``. Each part may be missing. A
note that is neither coded nor rated is no gold visit: it is there to be compared with its transcript (`corpus.pairs`).
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from ..errors import BadCorpus, NoVisits
from ..records import Kind, Visit
from .rows import read_objects, read_rows

Stretch = tuple[str, int, int, int]
#: Probability of every code, by the place of a sentence: turn, start, end.
SoftLabels = dict[tuple[int, int, int], NDArray[np.float64]]


@dataclass(frozen=True)
class GoldVisit:
    """A visit and what the coders say of it.

    ``codes`` and ``names``: (code, turn, start, end), half-open character offsets in the turn (turn 0 in a note);
    ``units``: the coding units by turn, where the gold names them, else empty; ``ratings``: goal, task, bond, 1-5;
    ``group``: visits that must share a fold; ``fold``/``strict_fold``: 0-4 in cross-validation, None outside it;
    ``split``: train or test; ``quality``: AnnoMI's label; ``pair``/``expect_lower``: contrast pairs; ``discipline``:
    PT, OT, ST or PC where the data say so; ``coded``: False where nobody coded the visit, which then only has ratings;
    ``experts``: the labels of AnnoMI's experts by turn; ``soft``: what encoders that do not know the visit think of it.
    """

    visit: Visit
    source: str
    codes: tuple[Stretch, ...] = ()
    names: tuple[Stretch, ...] = ()
    units: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    ratings: dict[str, int] | None = None
    group: str = ""
    fold: int | None = None
    strict_fold: int | None = None
    split: str = "train"
    quality: str | None = None
    pair: str | None = None
    expect_lower: tuple[str, ...] = ()
    discipline: str | None = None
    coded: bool = True
    experts: dict[int, dict[str, str]] = field(default_factory=dict)
    soft: SoftLabels = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """Transcript or note."""
        return self.visit.kind

    def sha256(self) -> str:
        """Hash of what the visit says, so that a model can tell which visits it has seen."""
        turns = [[turn.role, turn.text] for turn in self.visit.turns] or self.visit.text
        return hashlib.sha256(json.dumps(turns, ensure_ascii=False).encode()).hexdigest()


def read_gold(folder: Path | str) -> list[GoldVisit]:
    """Every gold visit of a data folder, public visits first, then their notes, then the rehabilitation visits.

    Raises:
        NoVisits: there is none.
        BadCorpus: a line does not fit its visit.
    """
    folder = Path(folder)
    visits = [*_public(folder), *_rehab(folder)]
    if not visits:
        raise NoVisits(folder)
    return visits


def _visits(path: Path, of_turn: Sequence[str]) -> Iterator[tuple[dict[str, Any], Visit]]:
    """Every line of a file as data and as a visit; ``of_turn`` are the keys that every turn must have.

    Raises:
        BadCorpus: a line is no JSON object, or no gold visit.
    """
    for number, data in read_objects(path):
        place = f"{path}, line {number}"
        try:
            visit = Visit.model_validate(data)
        except ValidationError:
            raise BadCorpus(place, "it is no visit of the schema", "see alliance schema") from None
        if any(key not in turn for turn in data.get("turns") or () for key in of_turn):
            raise BadCorpus(place, f"a turn lacks one of {', '.join(of_turn)}", "add it, or move the file away")
        yield data, visit


def _ratings(path: Path) -> dict[str, dict[str, int]]:
    return {row["visit_id"]: {part: int(row[part]) for part in ("goal", "task", "bond")} for row in read_rows(path)}


def _public(folder: Path) -> Iterator[GoldVisit]:
    codes: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for row in read_rows(folder / "gold/codes.tsv"):
        codes[row["visit_id"]] += [(int(row["turn"]), int(row["sentence"]), c) for c in row["codes"].split(",")]
    names: dict[str, list[Stretch]] = defaultdict(list)
    for row in read_rows(folder / "gold/names.tsv"):
        names[row["visit_id"]].append((row["code"], int(row["turn"]), int(row["start"]), int(row["end"])))
    folds = {row["visit_id"]: row for row in read_rows(folder / "folds.tsv")}
    groups = {row["visit_id"]: row for row in read_rows(folder / "annomi_groups.tsv")}
    ratings, notes = _ratings(folder / "gold/ratings.tsv"), _note_gold(folder)
    for path in sorted(folder.glob("*.jsonl")):
        for data, visit in _visits(path, ("i", "sents")):
            visit_id = visit.visit_id
            units = {turn["i"]: tuple((a, b) for a, b in turn["sents"]) for turn in data.get("turns") or ()}
            group = f"video {groups[visit_id]['video_group']}" if visit_id in groups else visit_id
            fold = folds.get(visit_id)
            gold = GoldVisit(
                visit=visit,
                source=visit_id.split("-")[0],
                codes=tuple((c, t, *units[t][s]) for t, s, c in codes[visit_id]),
                names=tuple(names[visit_id]),
                units=units,
                ratings=ratings.get(visit_id),
                group=group,
                fold=int(fold["fold"]) if fold else None,
                strict_fold=int(fold["strict_fold"]) if fold else None,
                quality=data.get("quality"),
                experts={n: turn["expert"] for n, turn in enumerate(data.get("turns") or ()) if turn.get("expert")},
            )
            yield gold
            if data.get("note") and visit_id in notes["ratings"]:
                yield _public_note(gold, data["note"], notes)


def _public_note(of: GoldVisit, text: str, notes: dict[str, Any]) -> GoldVisit:
    """The coded note of a public visit, in its visit's fold."""
    visit_id = of.visit.visit_id
    return GoldVisit(
        visit=Visit(visit_id=f"{visit_id}-note", kind="note", text=text, patient=of.visit.patient),
        source=of.source,
        codes=tuple(notes["codes"][visit_id]),
        names=tuple(notes["names"][visit_id]),
        ratings=notes["ratings"][visit_id],
        group=of.group,
        fold=of.fold,
        strict_fold=of.strict_fold,
    )


def _note_gold(folder: Path) -> dict[str, Any]:
    """Codes, names and ratings of the notes, by the visit they are for."""
    codes: dict[str, list[Stretch]] = defaultdict(list)
    for row in read_rows(folder / "gold/notes_codes.tsv"):
        codes[row["visit_id"]] += [(c, 0, int(row["start"]), int(row["end"])) for c in row["codes"].split(",")]
    names: dict[str, list[Stretch]] = defaultdict(list)
    for row in read_rows(folder / "gold/notes_names.tsv"):
        names[row["visit_id"]].append((row["code"], 0, int(row["start"]), int(row["end"])))
    return {"codes": codes, "names": names, "ratings": _ratings(folder / "gold/notes_ratings.tsv")}


def _rehab(folder: Path) -> Iterator[GoldVisit]:
    split = {row["visit_id"]: row["split"] for row in read_rows(folder / "rehab/split.tsv")}
    for path in sorted((folder / "rehab").glob("*.jsonl")):
        for data, visit in _visits(path, ("i", "codes")):
            visit_id, is_coded = visit.visit_id, "codes" in data or bool(data.get("turns"))
            if not is_coded and not data.get("ratings"):
                continue
            turns = data.get("turns") or [{"i": 0, "codes": data.get("codes") or []}]
            coded = [(code, turn["i"], start, end) for turn in turns for code, start, end in turn["codes"]]
            family = [other for other in (visit_id, data.get("pair"), data.get("of")) if other]
            yield GoldVisit(
                visit=visit,
                source="rehab",
                codes=tuple(each for each in coded if not each[0].startswith("name_")),
                names=tuple(each for each in coded if each[0].startswith("name_")),
                ratings=data.get("ratings"),
                group=min(family),
                split=split.get(visit_id, "train"),
                quality=data.get("quality"),
                pair=data.get("pair"),
                expect_lower=tuple(data.get("expect_lower") or ()),
                discipline=data.get("discipline"),
                coded=is_coded,
            )
