"""One bootstrap for every figure of an audit: it resamples visits in proportion to their weight.

A statistic here is a function of weights, one row a resample, so that the same formula gives the figure (the visits'
own weights) and its interval (how often each resample drew each visit). A resample draws as many visits as the sample
is worth: unequal weights make it worth fewer than it has (Kish 1965), and the intervals wider.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ..records import Record

Array = NDArray[np.float64]
#: Rows of weights -> one value a row, nan where it has none.
Statistic = Callable[[Array], Array]
N_RESAMPLES = 2000
#: An interval is only told where at least this share of the resamples gives a value.
ENOUGH_RESAMPLES = 0.8
#: And only over at least this many visits: fewer do not show how much visits differ.
FEWEST_VISITS = 5


class Figure(Record):
    """A figure with its 95 % interval over visits; null where there is nothing to measure."""

    value: float | None = Field(description="The figure, for all the visits that the sample stands for.")
    low: float | None = Field(default=None, description="Lower end of its interval.")
    high: float | None = Field(default=None, description="Upper end of its interval.")


@dataclass(frozen=True)
class Weighing:
    """Weights of the visits of an audit, and how often each resample drew them: (resamples, visits)."""

    weights: Array
    times: Array

    def figure(self, statistic: Statistic, at: NDArray[np.intp]) -> Figure:
        """A statistic of the visits ``at``, with its interval."""
        return _figure(*self._values(statistic, at), len(at))

    def change(
        self,
        now: Statistic,
        at: NDArray[np.intp],
        then: Statistic,
        at_then: NDArray[np.intp],
        *,
        since: Weighing | None = None,
    ) -> Figure:
        """How far a statistic has changed: from another of the same visits, or from that of another audit."""
        value, draws = self._values(now, at)
        old_value, old_draws = (since or self)._values(then, at_then)
        return _figure(value - old_value, draws - old_draws, min(len(at), len(at_then)))

    def _values(self, statistic: Statistic, at: NDArray[np.intp]) -> tuple[float, Array]:
        """The statistic with the visits' own weights, and in each resample."""
        if not len(at):
            return np.nan, np.full(N_RESAMPLES, np.nan)
        own = self.weights[at] * len(at) / self.weights[at].sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(statistic(own[None])[0]), statistic(self.times[:, at])


def _figure(value: float, draws: Array, visits: int) -> Figure:
    if np.isnan(value):
        return Figure(value=None)
    low, high = ends(draws) if visits >= FEWEST_VISITS else (None, None)
    return Figure(value=value, low=low, high=high)


def weigh(weights: Array, *, seed: int = 0) -> Weighing:
    """Draw the resamples.

    >>> weigh(np.array([1.0, 1.0, 2.0])).times[:3].sum(axis=1)
    array([3., 3., 3.])
    """
    weights = np.asarray(weights, float)
    if not len(weights):
        return Weighing(weights, np.zeros((N_RESAMPLES, 0)))
    worth = max(2, round(effective_size(weights)))
    drawn = np.random.default_rng(seed).multinomial(worth, weights / weights.sum(), size=N_RESAMPLES)
    return Weighing(weights, drawn.astype(float))


def effective_size(weights: Array) -> float:
    """How many visits of equal weight the sample is worth.

    >>> round(float(effective_size(np.array([1.0, 1.0, 4.0]))), 2)
    2.0
    """
    return float(weights.sum() ** 2 / (weights**2).sum()) if len(weights) else 0.0


def ends(draws: Array) -> tuple[float | None, float | None]:
    """The 95 % interval of the resamples' values; none where too few have one, or all have the same."""
    known = draws[~np.isnan(draws)]
    if len(known) < ENOUGH_RESAMPLES * len(draws):
        return None, None
    low, high = np.quantile(known, [0.025, 0.975])
    return (float(low), float(high)) if low < high else (None, None)


def mean_of(values: Array) -> Statistic:
    """The weighted mean of values."""
    return lambda weights: np.asarray(weights @ values / weights.sum(axis=1))


def ratio_of(above: Array, below: Array) -> Statistic:
    """The ratio of two weighted sums, such as what was right of what was found."""
    return lambda weights: np.asarray((weights @ above) / (weights @ below))
