"""Row of features -> Goal, Task, Bond: additive, bounded, monotone, with interval, probability and contributions.

Each part is a base plus one term a feature. A term is piecewise linear from 0 up to the feature's cap and flat past
it, never falling (never rising for a feature of sign -1), so that the twentieth "let's" adds nothing and more blame
never helps. scikit-learn fits the slopes (`train.estimator`); here only sums are made.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from .featurise import FEATURES
from .interval import HIGHEST, LOWEST, Spread, interval, spread_inputs
from .records import PARTS, AllianceScore, Band, Part, Score, Scores

BANDS: tuple[tuple[float, Band], ...] = ((2.5, "weak"), (3.5, "fair"), (math.inf, "strong"))
BASE, LIMIT = "base", "scale_limit"


class Term(BaseModel):
    """One feature's term: it adds ``steps[i]`` points while the feature goes from ``knots[i]`` to ``knots[i+1]``."""

    model_config = ConfigDict(frozen=True)
    feature: str
    knots: tuple[float, ...]
    steps: tuple[float, ...]

    def points(self, value: float) -> float:
        """Points the feature's value adds to the part.

        >>> Term(feature="f", knots=(0, 2, 4), steps=(1.0, 0.5)).points(3)
        1.25
        """
        reached = 0.0
        for low, high, step in zip(self.knots, self.knots[1:], self.steps, strict=False):
            if value < high:
                return reached + step * max((value - low) / (high - low), 0.0)
            reached += step
        return reached


class PartWeights(BaseModel):
    """One part: its base, its terms, the width of its 90 % interval, and what a note must hold to document it."""

    model_config = ConfigDict(frozen=True)
    base: float
    terms: tuple[Term, ...]
    spread: Spread
    documented_by: tuple[str, ...] = ()


class EstimatorWeights(BaseModel):
    """The fitted estimator of one kind of visit; ``strong``: slope and offset from the alliance value to log-odds."""

    model_config = ConfigDict(frozen=True)
    parts: dict[Part, PartWeights]
    alliance_spread: Spread
    strong: tuple[float, float]


class Estimate(NamedTuple):
    """Scores of a visit and the points of every feature by part, base first; each part's points add up to its value."""

    scores: Scores
    points: dict[Part, dict[str, float]]
    values: dict[Part, float]


#: Features that the width of an interval may depend on, by part.
DOUBTS: dict[Part, tuple[str, ...]] = {
    "goal": ("goals_doubt", "sentences_log", "codes_per_sentence"),
    "task": ("tasks_doubt", "sentences_log", "codes_per_sentence"),
    "bond": ("bond_doubt", "sentences_log", "codes_per_sentence"),
}
ALLIANCE_DOUBTS = ("goals_doubt", "tasks_doubt", "bond_doubt", "sentences_log", "codes_per_sentence")

#: A note documents a part where the expected number of sentences that would say so reaches this.
DOCUMENTED = 0.5


def estimate_row(row: dict[str, float], weights: EstimatorWeights) -> Estimate:
    """Scores of one row of features.

    Args:
        row: value of every feature; a feature that is ``nan`` counts as 0.
        weights: the estimator of the visit's kind.
    """
    points: dict[Part, dict[str, float]] = {}
    values: dict[Part, float] = {}
    rated: dict[str, Score] = {}
    for part in PARTS:
        fitted = weights.parts[part]
        points[part] = {BASE: fitted.base}
        for term in fitted.terms:
            value = row[term.feature]
            points[part][term.feature] = term.points(0.0 if math.isnan(value) else value)
        total = math.fsum(points[part].values())
        values[part] = min(max(total, LOWEST), HIGHEST)
        if values[part] != total:
            points[part][LIMIT] = values[part] - total
    for part in PARTS:
        fitted = weights.parts[part]
        half = fitted.spread.half_width(spread_inputs(values[part], values.values(), row, DOUBTS[part]))
        rated[part] = _score(values[part], half, is_documented(row, fitted))
    mean = math.fsum(values.values()) / len(values)
    known = all(score.documented for score in rated.values())
    half = weights.alliance_spread.half_width(spread_inputs(mean, values.values(), row, ALLIANCE_DOUBTS))
    low, high = interval(mean, half)
    alliance = AllianceScore(
        value=mean if known else None,
        low=low if known else None,
        high=high if known else None,
        documented=known,
        band=next(band for bound, band in BANDS if mean < bound) if known else None,
        p_strong=p_strong(mean, weights.strong) if known else None,
    )
    return Estimate(Scores(**rated, alliance=alliance), points, values)


def is_documented(row: dict[str, float], fitted: PartWeights) -> bool:
    """Whether a note says enough of a part to rate it; always true in a transcript."""
    if not fitted.documented_by:
        return True
    return bool(np.nansum([row[name] for name in fitted.documented_by]) >= DOCUMENTED)


def p_strong(alliance: float, strong: tuple[float, float]) -> float:
    """Calibrated probability that the mean of the three gold ratings is at least 3.5.

    >>> round(p_strong(3.5, (4.0, -14.0)), 2)
    0.5
    """
    slope, offset = strong
    return 1 / (1 + math.exp(-(slope * alliance + offset)))


@cache
def evidence_codes(feature: str) -> tuple[str, ...]:
    """Codes whose evidence a feature points to; none for `base` and `scale_limit`."""
    return next((row.codes for row in FEATURES if row.name == feature), ())


def _score(value: float, half_width: float, documented: bool) -> Score:
    if not documented:
        return Score(value=None, low=None, high=None, documented=False)
    low, high = interval(value, half_width)
    return Score(value=value, low=low, high=high)


def dump(weights: dict[str, EstimatorWeights]) -> dict[str, Any]:
    """Estimators by kind as plain JSON data."""
    return {kind: each.model_dump() for kind, each in weights.items()}
