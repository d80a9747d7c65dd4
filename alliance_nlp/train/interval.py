"""Fit how far a score may be off: the usual miss by ridge regression, the conformal factor over it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from ..interval import Spread

Array = NDArray[np.float64]

COVERAGE = 0.9
ALPHA = 10.0


def fit_spread(inputs: list[dict[str, float]], misses: Array) -> Spread:
    """The width that holds `COVERAGE` of new visits, wide where the misses of visits like it are.

    Args:
        inputs: `interval.spread_inputs` of visits that took no part in the fit of their value.
        misses: how far the value of each was from its rating, in points.
    """
    names = list(inputs[0])
    table = np.array([[each[name] for name in names] for each in inputs])
    scale = np.maximum(table.std(axis=0), 1e-9)
    fit = Ridge(alpha=ALPHA).fit((table - table.mean(axis=0)) / scale, misses)
    slopes = fit.coef_ / scale
    spread = Spread(
        usual=round(float(fit.intercept_ - slopes @ table.mean(axis=0)), 9),
        slopes={name: round(float(slope), 9) for name, slope in zip(names, slopes, strict=True)},
    )
    usual = np.array([spread.half_width(each) for each in inputs])
    return spread.model_copy(update={"factor": round(conformal_width(misses / usual), 6)})


def conformal_width(misses: Array) -> float:
    """Half width that holds `COVERAGE` of new visits: the conformal quantile of absolute misses.

    >>> conformal_width(np.arange(1.0, 11.0))
    10.0
    """
    rank = min(len(misses), int(np.ceil((len(misses) + 1) * COVERAGE)))
    return float(np.sort(misses)[rank - 1])

