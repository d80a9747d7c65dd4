"""Evidence against gold, coding unit by coding unit, with intervals by bootstrap over visits.

A stretch counts for a unit where they overlap by at least half of either; several on one unit count once; a family is
right where any of its codes is. Units are the gold's own sentences, or, where it names none, its coded stretches and
the sentences between them. Names count on characters: a use is found where a found use overlaps it with the same code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..codes import CODE_NAMES, FAMILIES, codes_of
from ..corpus.gold import GoldVisit
from ..records import VisitReport
from ..train.sentences import overlaps, same_name

Unit = tuple[int, int]
ROWS: tuple[str, ...] = (*FAMILIES, *CODE_NAMES, "names")
N_BOOTSTRAP = 1000
_SENTENCE_END = re.compile(r"[.?!]+(?=\s)")


class Measured(NamedTuple):
    """Precision, recall and F1 with F1's 95 % interval over visits; nan where there is nothing to measure."""

    precision: float
    recall: float
    f1: float
    low: float
    high: float
    gold: int
    found: int


NOTHING = Measured(math.nan, math.nan, math.nan, math.nan, math.nan, 0, 0)


def units_of(gold: GoldVisit) -> dict[int, list[Unit]]:
    """Coding units of a visit by turn (turn 0 in a note)."""
    if gold.units:
        return {turn: list(units) for turn, units in gold.units.items()}
    texts = [turn.text for turn in gold.visit.turns] or [gold.visit.text or ""]
    ends = re.compile(r"[.?!]+(?=\s)|\n") if gold.kind == "note" else _SENTENCE_END
    units: dict[int, list[Unit]] = {}
    for turn, text in enumerate(texts):
        cuts = {0, len(text)} | {match.end() for match in ends.finditer(text)}
        cuts |= {at for _, where, *edges in gold.codes if where == turn for at in edges}
        bounds = sorted(cuts)
        units[turn] = [(a, b) for a, b in pairwise(bounds) if re.search(r"\w", text[a:b])]
    return units


def coded_units(gold: GoldVisit, report: VisitReport) -> tuple[set[tuple[str, int, int]], set[tuple[str, int, int]]]:
    """Gold and found (code, turn, unit) of one visit."""
    units = units_of(gold)
    wanted = set()
    for code, turn, start, end in gold.codes:
        for at, (a, b) in enumerate(units[turn]):
            exact = (a, b) == (start, end) if gold.units else min(b, end) - max(a, start) > 0.5 * (b - a)
            if exact:
                wanted.add((code, turn, at))
    found = set()
    for each in report.evidence:
        if each.code in CODE_NAMES:
            for at, unit in enumerate(units.get(each.turn or 0, ())):
                if overlaps((each.start, each.end), unit):
                    found.add((each.code, each.turn or 0, at))
    return wanted, found


def count_visit(gold: GoldVisit, report: VisitReport) -> NDArray[np.int64]:
    """Right found, found, right gold, gold for every row of `ROWS`: (rows, 4)."""
    wanted, found = coded_units(gold, report)
    counts = np.zeros((len(ROWS), 4), np.int64)
    for at, row in enumerate(ROWS[:-1]):
        codes = codes_of(row, core=True) if row in FAMILIES else (row,)
        a = {unit[1:] for unit in wanted if unit[0] in codes}
        b = {unit[1:] for unit in found if unit[0] in codes}
        counts[at] = len(a & b), len(b), len(a & b), len(a)
    uses = [(e.code, e.turn or 0, e.start, e.end) for e in report.evidence if e.code.startswith("name_")]
    right_found = sum(any(same_name(use, name) for name in gold.names) for use in uses)
    right_gold = sum(any(same_name(use, name) for use in uses) for name in gold.names)
    counts[-1] = right_found, len(uses), right_gold, len(gold.names)
    return counts


def measure_evidence(golds: Sequence[GoldVisit], reports: Mapping[str, VisitReport]) -> dict[str, Measured]:
    """Precision, recall and F1 of every family, every code and the names over visits, each of which has a report."""
    if not golds:
        return dict.fromkeys(ROWS, NOTHING)
    per_visit = np.stack([count_visit(gold, reports[gold.visit.visit_id]) for gold in golds])
    whole = _rates(per_visit.sum(axis=0)[None])
    rng = np.random.default_rng(0)
    draws = rng.multinomial(len(golds), np.full(len(golds), 1 / len(golds)), size=N_BOOTSTRAP)
    resampled = _rates(np.einsum("dv,vrk->drk", draws, per_visit))
    low, high = np.nanquantile(np.where(np.isnan(resampled[2]), 0, resampled[2]), [0.025, 0.975], axis=0)
    total = per_visit.sum(axis=0)
    return {
        row: Measured(
            float(whole[0][0, at]),
            float(whole[1][0, at]),
            float(whole[2][0, at]),
            float(low[at]),
            float(high[at]),
            int(total[at, 3]),
            int(total[at, 1]),
        )
        for at, row in enumerate(ROWS)
    }


def _rates(counts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Precision, recall, F1 of (draws, rows, 4) counts."""
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = counts[..., 0] / counts[..., 1]
        recall = counts[..., 2] / counts[..., 3]
        p, r = np.nan_to_num(precision), np.nan_to_num(recall)
        f1 = np.where((counts[..., 3] > 0) | (counts[..., 1] > 0), 2 * p * r / (p + r), np.nan)
        f1 = np.where((counts[..., 3] > 0) & np.isnan(f1), 0.0, f1)
    return precision, recall, f1
