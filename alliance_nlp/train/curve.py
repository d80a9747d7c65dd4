"""What more visits add: held-out figures of models that learned from a part of the visits.

Five folds, in which the groups (patients, videos, pairs) stay together; in each the visits outside the fold train, and
those inside are scored. With added visits all others always train, and the share is that of the added ones; without,
the share is of all visits. The smaller share is always a part of the larger.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import compress, product
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed

from ..codes import FAMILIES
from ..corpus.added import SOURCE
from ..corpus.gold import GoldVisit
from ..evaluate.evidence import measure_evidence
from ..evaluate.ratings import measure_ratings
from ..evaluate.run import means_by_kind
from ..records import PARTS, Part, VisitReport
from .fit import KINDS, MIN_VISITS, N_FOLDS, fit_model, inner_folds
from .sentences import Prepared

SHARES = (0.25, 0.5, 0.75, 1.0)
Answers = dict[str, tuple[VisitReport, dict[Part, float]]]


class CurvePoint(NamedTuple):
    """Figures of models that learned from a share of the visits; None where there is nothing to measure.

    ``measured_on``: which visits; ``share``: of the ``of`` visits, 0-1; ``trained_on``: mean number of visits that
    the five models learned from; ``f1`` by family and ``spearman`` by part: [value, low, high], 95 % intervals.
    """

    measured_on: str
    visits: int
    of: str
    share: float
    trained_on: float
    f1: Mapping[str, list[float | None]]
    spearman: Mapping[str, list[float | None]]


def learning_curve(
    prepared: Sequence[Prepared], *, jobs: int = 1, tell: Callable[[str], None] = lambda _: None
) -> list[CurvePoint]:
    """Figures by share of visits trained on.

    Args:
        prepared: training visits of both kinds.
        jobs: trainings at a time; the figures do not depend on it.
        tell: gets a line of progress, and says which shares are too small to train on.
    """
    golds = [each.visit for each in prepared]
    fold = inner_folds(golds).tolist()
    with_added = any(gold.source == SOURCE for gold in golds)
    of, shares = ("added visits", (0.0, *SHARES)) if with_added else ("all visits", SHARES)
    chosen = {(share, k): _chosen(golds, fold, k, share) for share, k in product(shares, range(N_FOLDS))}
    kept = [share for share in shares if all(_enough(golds, chosen[share, k]) for k in range(N_FOLDS))]
    if left_out := [f"{share:.0%}" for share in shares if share not in kept]:
        tell(f"too few visits to train on {', '.join(left_out)} of {of}")
    points = []
    for share in kept:
        tell(f"learning curve: training in {N_FOLDS} folds on {share:.0%} of {of}")
        answers: Answers = {}
        for each in Parallel(n_jobs=jobs)(
            delayed(_answers)(prepared, chosen[share, k], [own == k for own in fold], k) for k in range(N_FOLDS)
        ):
            answers |= each
        trained_on = sum(sum(chosen[share, k]) for k in range(N_FOLDS)) / N_FOLDS
        for name, measured in _measured(golds):
            points.append(_point(name, measured, answers, of, share, trained_on))
            tell(f"learning curve: {curve_line(points[-1])}")
    return points


def curve_line(point: CurvePoint) -> str:
    """A point in a line of text."""
    f1 = ", ".join(f"{family} {_shown(value)}" for family, value in point.f1.items())
    rho = ", ".join(f"{part} {_shown(value)}" for part, value in point.spearman.items())
    on = f"{point.share:.0%} of {point.of} ({point.trained_on:.0f} visits trained on)"
    return f"{on}, {point.visits} {point.measured_on}: F1 {f1}; Spearman {rho}"


def curve_table(points: Sequence[Mapping[str, Any]]) -> str:
    """Points, as ``meta.json`` holds them, as a Markdown table."""
    head = ["measured on", "share", "trained on", *(f"F1 {each}" for each in FAMILIES), *(f"rho {p}" for p in PARTS)]
    rows = [head, ["---"] * len(head)]
    for point in points:
        figures = [_shown(point["f1"][each]) for each in FAMILIES] + [_shown(point["spearman"][p]) for p in PARTS]
        share = f"{point['share']:.0%} of {point['of']}"
        rows.append([f"{point['visits']} {point['measured_on']}", share, f"{point['trained_on']:.0f}", *figures])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _chosen(golds: Sequence[GoldVisit], fold: Sequence[int], outer: int, share: float) -> list[bool]:
    """Which visits train: those outside the fold, and of those the share is of, the groups whose hashes come first."""
    with_added = any(gold.source == SOURCE for gold in golds)
    shared = [gold.source == SOURCE or not with_added for gold in golds]
    groups = {gold.group for gold, own, s in zip(golds, fold, shared, strict=True) if s and own != outer}
    ranked = sorted(groups, key=lambda group: hashlib.sha256(f"share {group}".encode()).hexdigest())
    taken = set(ranked[: math.ceil(share * len(ranked))])
    return [
        own != outer and (not s or gold.group in taken) for gold, own, s in zip(golds, fold, shared, strict=True)
    ]


def _enough(golds: Sequence[GoldVisit], chosen: Sequence[bool]) -> bool:
    picked = list(compress(golds, chosen))
    return all(
        sum(gold.coded and gold.kind == kind for gold in picked) >= MIN_VISITS
        and sum(bool(gold.ratings) and gold.kind == kind for gold in picked) >= MIN_VISITS
        for kind in KINDS
    )


def _answers(prepared: Sequence[Prepared], train: Sequence[bool], ask: Sequence[bool], outer: int) -> Answers:
    """Reports on the visits of a fold, each with the training means of its kind."""
    # Soft labels come from encoders that have seen more visits than the share.
    learned = [replace(each, soft=np.full_like(each.soft, np.nan)) for each in compress(prepared, train)]
    golds = [each.visit for each in learned]
    model = fit_model(learned, inner_folds(golds, outer))
    means = means_by_kind(golds)
    visits = [each.visit.visit for each in compress(prepared, ask)]
    return {visit.visit_id: (model.score(visit, text=False), means[visit.kind]) for visit in visits}


def _measured(golds: Sequence[GoldVisit]) -> Iterator[tuple[str, list[GoldVisit]]]:
    """Sets of visits that are measured apart: added or not, by kind."""
    for what, is_added in (("added", True), ("other", False)):
        for kind in KINDS:
            own = [gold for gold in golds if (gold.source == SOURCE) == is_added and gold.kind == kind]
            if own:
                yield f"{what} {kind}s" if any(gold.source == SOURCE for gold in golds) else f"{kind}s", own


def _point(
    name: str, golds: Sequence[GoldVisit], answers: Answers, of: str, share: float, trained_on: float
) -> CurvePoint:
    reports = {visit_id: report for visit_id, (report, _) in answers.items()}
    means = {visit_id: mean for visit_id, (_, mean) in answers.items()}
    evidence = measure_evidence([gold for gold in golds if gold.coded], reports)
    rated = [gold for gold in golds if gold.ratings]
    ratings = measure_ratings(rated, reports, means) if rated else {}
    f1: dict[str, list[float | None]] = {}
    for family in FAMILIES:
        f1[family] = _numbers(evidence[family].f1, evidence[family].low, evidence[family].high)
    nothing = {"rho": math.nan, "low": math.nan, "high": math.nan}
    spearman: dict[str, list[float | None]] = {}
    for part in PARTS:
        rank = ratings[part]["spearman"] if ratings else nothing
        spearman[part] = _numbers(rank["rho"], rank["low"], rank["high"])
    return CurvePoint(name, len(golds), of, share, round(trained_on, 1), f1, spearman)


def _numbers(*values: float) -> list[float | None]:
    return [None if math.isnan(value) else round(value, 4) for value in values]


def _shown(figure: Sequence[float | None]) -> str:
    value, low, high = figure
    interval = "" if low is None or high is None else f" [{low:.2f}, {high:.2f}]"
    return "-" if value is None else f"{value:.2f}{interval}"
