"""Corrections as training data: reviewed visits in the coded form that ``alliance train --add`` takes.

A visit carries codes only where somebody finished it, for a coded visit also teaches that its other sentences carry
none; evidence that a finished reviewer left alone stands. Where reviewers differ, what at least half of them let stand
does. A visit carries ratings where all three parts were rated: the reviewers' mean, as a whole point.

Some patients' visits are kept back, always the same ones, so that ``alliance audit report --before --after`` can show
what the corrections brought on visits that nobody trained on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..corpus.gold import GoldVisit
from ..corpus.rows import write_objects
from ..records import PARTS, Visit
from .agreement import to_scale
from .collect import Reviewed, Reviews, Stretch
from .reviews import ROLES

SOURCE = "audit"


class Exported(NamedTuple):
    """How many visits were written, how many of them coded and rated, and how many were kept back or hold nothing."""

    visits: int
    coded: int
    rated: int
    kept_back: int
    without: int


def export_corrections(reviews: Reviews, path: Path, *, keep_back: float) -> Exported:
    """Write the corrections as JSON Lines.

    Args:
        reviews: what was reviewed.
        path: the file to write.
        keep_back: share of the patients (of visits without one) that is kept back, from 0 to 1.
    """
    golds = list(corrected(reviews))
    given = [gold for gold in golds if not is_kept_back(gold.visit, reviews.audit.seed, keep_back)]
    records = [record(gold) for gold in given]
    write_objects(path, records)
    return Exported(
        visits=len(given),
        coded=sum(gold.coded for gold in given),
        rated=sum(gold.ratings is not None for gold in given),
        kept_back=len(golds) - len(given),
        without=len(reviews.visits) - len(golds),
    )


def corrected(reviews: Reviews) -> Iterator[GoldVisit]:
    """Every reviewed visit that was finished, or rated in all parts."""
    for at, visit in enumerate(reviews.visits):
        ratings = _ratings(reviews, at)
        if visit.finished or ratings:
            said = visit.row.visit
            yield GoldVisit(
                visit=said,
                source=SOURCE,
                codes=tuple((each.code, each.turn or 0, each.start, each.end) for each in standing(visit, said)),
                ratings=ratings,
                coded=bool(visit.finished),
            )


def record(gold: GoldVisit) -> dict[str, Any]:
    """A corrected visit as a JSON object of the coded form; without ``codes`` where nobody finished it."""
    data = gold.visit.model_dump(mode="json", exclude_none=True, exclude={"warnings", "role_confidence"})
    if gold.ratings:
        data["ratings"] = gold.ratings
    if gold.coded:
        holders = [data] if gold.kind == "note" else data["turns"]
        for holder in holders:
            holder["codes"] = []
        for code, turn, start, end in gold.codes:
            holders[turn]["codes"].append([code, start, end])
    return data


def is_kept_back(visit: Visit, seed: int, share: float) -> bool:
    """Whether a visit is kept back: by its patient (or itself) and the audit's seed, so that it always stays so."""
    patient = visit.patient.id if visit.patient and visit.patient.id else f"visit {visit.visit_id}"
    digest = hashlib.sha256(f"{seed} {patient}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def standing(visit: Reviewed, said: Visit) -> list[Stretch]:
    """The stretches that stand after the corrections of those who finished the visit, in order; none if nobody did."""
    people = sorted(visit.finished)
    kept: list[Stretch] = []
    refused: list[Stretch] = []
    for index, piece in enumerate(visit.report.evidence):
        stretch = Stretch(piece.code, piece.turn, piece.start, piece.end, -1)
        votes = sum(visit.accepted.get(who, {}).get(index, True) for who in people)
        (kept if people and 2 * votes >= len(people) else refused).append(stretch)
    blind = [stretch for unit in visit.units for stretch in unit.codes]
    own = [stretch for stretch in (*visit.added, *blind) if stretch.reviewer in visit.finished]
    for stretch in own:
        by = {other.reviewer for other in own if stretch.meets(other)}
        known = any(stretch.meets(other) for other in (*kept, *refused))
        if not known and 2 * len(by) >= len(people):
            kept.append(stretch)
    kept = [each for each in kept if _role(said, each) in ROLES.get(each.code, ())]
    return sorted(kept, key=lambda each: (each.turn or 0, each.start, each.end, each.code))


def _role(said: Visit, stretch: Stretch) -> str:
    return "provider" if stretch.turn is None else said.turns[stretch.turn].role


def _ratings(reviews: Reviews, at: int) -> dict[str, int] | None:
    means: Sequence[float] = reviews.together[at, : len(PARTS)].tolist()
    if np.isnan(means).any():
        return None
    return {part: int(point) for part, point in zip(PARTS, to_scale(np.array(means)), strict=True)}
