"""What changed: since the last audit, and from one model to another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..codes import FAMILIES
from ..corpus.gold import GoldVisit
from ..evaluate.evidence import ROWS, count_visit
from ..records import VisitReport
from .collect import RATED, Reviews, scores_of
from .export import corrected
from .figures import BeforeAfter, Drift, ModelFigures
from .weights import Array, Statistic, Weighing, mean_of

if TYPE_CHECKING:
    from ..model import AllianceModel


def drift(now: Reviews, last: Reviews) -> Iterator[Drift]:
    """Means of ratings, scores and their difference in two audits, each for all the visits that it stands for."""
    for at, part in enumerate(RATED):
        for of in ("reviewers", "tool", "tool - reviewers"):
            before, after = (_values(reviews, at, of) for reviews in (last, now))
            then, here = (np.flatnonzero(~np.isnan(values)) for values in (before, after))
            one, other = mean_of(before[then]), mean_of(after[here])
            yield Drift(
                part=part,
                of=of,
                last=last.weighing.figure(one, then),
                now=now.weighing.figure(other, here),
                change=now.weighing.change(other, here, one, then, since=last.weighing),
            )


def before_after(reviews: Reviews, before: AllianceModel, after: AllianceModel) -> BeforeAfter:
    """Two models on the reviewed visits that neither has learned from: distance from ratings, and F1 of families."""
    seen = {*before.meta.get("seen", ()), *after.meta.get("seen", ())}
    place = {visit.row.visit_id: at for at, visit in enumerate(reviews.visits)}
    golds = list(corrected(reviews))
    fresh = [gold for gold in golds if gold.sha256() not in seen]
    reports = [[model.score(gold.visit, text=False) for gold in fresh] for model in (before, after)]
    at = np.array([place[gold.visit.visit_id] for gold in fresh], np.intp)
    return BeforeAfter(
        before=before.name,
        after=after.name,
        visits=len(fresh),
        left_out=len(golds) - len(fresh),
        figures=tuple([*_rating_figures(reviews, at, *reports), *_code_figures(reviews.weighing, at, fresh, *reports)]),
    )


def _values(reviews: Reviews, at: int, of: str) -> Array:
    rated, scored = reviews.together[:, at], reviews.tool[:, at]
    return {"reviewers": rated, "tool": scored}.get(of, scored - rated)


def _rating_figures(
    reviews: Reviews, at: NDArray[np.intp], before: list[VisitReport], after: list[VisitReport]
) -> Iterator[ModelFigures]:
    scores = [np.array([scores_of(each) for each in own], float).reshape(-1, len(RATED)) for own in (before, after)]
    for column, part in enumerate(RATED):
        apart = [np.abs(own[:, column] - reviews.together[at, column]) for own in scores]
        both = ~np.isnan(apart[0]) & ~np.isnan(apart[1])
        statistics = [mean_of(each[both]) for each in apart]
        yield _model_figures(f"{part}, points from the reviewers", reviews.weighing, at[both], *statistics)


def _code_figures(
    weighing: Weighing,
    at: NDArray[np.intp],
    golds: list[GoldVisit],
    before: list[VisitReport],
    after: list[VisitReport],
) -> Iterator[ModelFigures]:
    coded = [n for n, gold in enumerate(golds) if gold.coded]
    counts = [
        np.array([count_visit(golds[n], own[n]) for n in coded], float).reshape(-1, len(ROWS), 4)
        for own in (before, after)
    ]
    for family in FAMILIES:
        statistics = [_f1(own[:, ROWS.index(family)]) for own in counts]
        yield _model_figures(f"{family}, F1 of the evidence", weighing, at[coded], *statistics)


def _f1(counts: Array) -> Statistic:
    """F1 from right found, found, right gold and gold, by visit."""

    def statistic(weights: Array) -> Array:
        right_found, found, right_gold, gold = (weights @ counts).T
        precision, recall = np.nan_to_num(right_found / found), right_gold / gold
        return np.where(gold > 0, np.nan_to_num(2 * precision * recall / (precision + recall)), np.nan)

    return statistic


def _model_figures(
    what: str, weighing: Weighing, at: NDArray[np.intp], before: Statistic, after: Statistic
) -> ModelFigures:
    return ModelFigures(
        what=what,
        before=weighing.figure(before, at),
        after=weighing.figure(after, at),
        change=weighing.change(after, at, before, at),
    )
