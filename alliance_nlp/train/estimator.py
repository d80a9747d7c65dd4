"""Fit the visit estimator: monotone additive terms by non-negative ridge regression, conformal intervals, Platt."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, Ridge

from ..estimate import ALLIANCE_DOUBTS, DOUBTS, EstimatorWeights, PartWeights, Term, estimate_row
from ..featurise import Feature, features_of
from ..interval import Spread, spread_inputs
from ..records import PARTS, Kind, Part
from .interval import fit_spread

Array = NDArray[np.float64]

ALPHA = 1.0
KNOT_QUANTILES = (0.5, 0.75, 0.92)
STRONG = 3.5
_UNFITTED = Spread(usual=0.0)

#: What must be found in a note before a part of it counts as documented.
DOCUMENTED_BY: dict[Part, tuple[str, ...]] = {
    "goal": ("goals_sought", "goals_stated_provider", "goals_said_back"),
    "task": ("tasks_sought", "tasks_joint", "tasks_split", "tasks_agreement_asked", "tasks_directed"),
    "bond": ("bond_empathy", "bond_affirm", "bond_optimism", "bond_judge", "bond_next_contact", "tasks_sought"),
}


class RatedRow(NamedTuple):
    """Features of one visit with its gold ratings and its inner fold."""

    row: dict[str, float]
    ratings: dict[str, int]
    fold: int


def fit_estimator(rows: list[RatedRow], kind: Kind) -> EstimatorWeights:
    """Fit goal, task and bond on rated rows of one kind.

    The widths and the probability come from answers on inner folds that a fit without them gave: split conformal
    prediction over folds (Vovk 2015), so that the 90 % interval holds on new visits of the same kind.
    """
    held: dict[int, dict[Part, float]] = {}
    for fold in sorted({each.fold for each in rows}):
        weights = _fit_parts([each for each in rows if each.fold != fold], kind)
        for at, each in enumerate(rows):
            if each.fold == fold:
                held[at] = estimate_row(each.row, weights).values
    gold = {part: np.array([each.ratings[part] for each in rows], float) for part in PARTS}
    fitted = _fit_parts(rows, kind).parts
    parts = {}
    for part in PARTS:
        inputs = [
            spread_inputs(held[at][part], held[at].values(), each.row, DOUBTS[part]) for at, each in enumerate(rows)
        ]
        misses = np.abs(np.array([held[at][part] for at in range(len(rows))]) - gold[part])
        parts[part] = fitted[part].model_copy(update={"spread": fit_spread(inputs, misses)})
    value = np.array([np.mean(list(held[at].values())) for at in range(len(rows))])
    whole = np.mean(list(gold.values()), axis=0)
    inputs = [
        spread_inputs(float(value[at]), held[at].values(), each.row, ALLIANCE_DOUBTS) for at, each in enumerate(rows)
    ]
    return EstimatorWeights(
        parts=parts,
        alliance_spread=fit_spread(inputs, np.abs(value - whole)),
        strong=_platt(value, whole >= STRONG),
    )


def _fit_parts(rows: list[RatedRow], kind: Kind) -> EstimatorWeights:
    parts = {part: _fit_part(rows, part, kind) for part in PARTS}
    return EstimatorWeights(parts=parts, alliance_spread=_UNFITTED, strong=(1.0, -STRONG))


def _fit_part(rows: list[RatedRow], part: Part, kind: Kind) -> PartWeights:
    target = np.array([each.ratings[part] for each in rows], float)
    columns: list[Array] = []
    owner: list[tuple[Feature, float, float]] = []
    for feature in features_of(part, kind):
        values = np.nan_to_num(np.array([each.row[feature.name] for each in rows]))
        knots = _knots(values, feature.cap)
        for low, high in pairwise(knots):
            columns.append(feature.sign * np.clip((values - low) / (high - low), 0, 1))
            owner.append((feature, low, high))
    fit = Ridge(alpha=ALPHA, positive=True, tol=1e-8, max_iter=20000).fit(np.stack(columns, axis=1), target)
    terms: dict[str, list[tuple[float, float, float]]] = {}
    for (feature, low, high), slope in zip(owner, fit.coef_, strict=True):
        terms.setdefault(feature.name, []).append((low, high, round(float(feature.sign * slope), 9)))
    return PartWeights(
        base=round(float(fit.intercept_), 9),
        terms=tuple(
            Term(
                feature=name,
                knots=(pieces[0][0], *(high for _, high, _ in pieces)),
                steps=tuple(step for _, _, step in pieces),
            )
            for name, pieces in terms.items()
            if any(step for _, _, step in pieces)
        ),
        spread=_UNFITTED,
        documented_by=DOCUMENTED_BY[part] if kind == "note" else (),
    )


def _knots(values: Array, cap: float) -> tuple[float, ...]:
    """Ends of the pieces of a term: 0, quantiles of the training values well apart, the cap."""
    knots = [0.0]
    for quantile in KNOT_QUANTILES:
        knot = round(float(np.quantile(values, quantile)), 3)
        if knots[-1] + 0.02 * cap < knot < 0.98 * cap:
            knots.append(knot)
    return (*knots, cap)


def _platt(value: Array, strong: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset from the alliance value to the log-odds of a strong alliance; flat where there is none."""
    if strong.all() or not strong.any():
        rate = (strong.sum() + 0.5) / (len(strong) + 1)
        return 0.0, float(np.log(rate / (1 - rate)))
    fit = LogisticRegression(C=10.0).fit(value[:, None], strong)
    return round(float(fit.coef_[0, 0]), 6), round(float(fit.intercept_[0]), 6)
