"""Agreement of raters, as statistics of weights (see `weights`): each takes a row of weights a resample.

Visits are rows and raters columns throughout. With equal weights every statistic is the textbook's.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .weights import Array, Statistic

#: The scale of a rating, which the ordinal statistics count by.
POINTS = 5
Level = Literal["interval", "ordinal"]


def to_scale(values: Array) -> Array:
    """Values as whole points of the scale, halves up; nan stays.

    >>> to_scale(np.array([0.2, 2.5, 4.4, np.nan]))
    array([ 1.,  3.,  4., nan])
    """
    return np.clip(np.floor(values + 0.5), 1, POINTS)


def quadratic_kappa(a: Array, b: Array) -> Statistic:
    """Cohen's kappa with quadratic weights (Cohen 1968) of two raters on the scale, no rating missing.

    scikit-learn and statsmodels have it for one table; over thousands of resamples they take a hundred times as long.
    A test holds this and theirs together.
    """
    points = np.arange(1.0, POINTS + 1)
    one, other = ((to_scale(each)[:, None] == points).astype(float) for each in (a, b))
    squared = (points[:, None] - points) ** 2

    def statistic(weights: Array) -> Array:
        observed = weights @ ((one @ squared) * other).sum(axis=1)
        expected = np.einsum("di,ij,dj->d", weights @ one, squared, weights @ other) / weights.sum(axis=1)
        return np.where(expected > 1e-9, 1 - observed / expected, np.nan)

    return statistic


def icc(ratings: Array, of: Literal["one", "mean"]) -> Statistic:
    """Intraclass correlation, two-way random effects, absolute agreement (Shrout and Fleiss 1979).

    Args:
        ratings: (visits, raters), none missing.
        of: the reliability of one rater, ICC(2,1), or of the raters' mean, ICC(2,k).
    """
    k = ratings.shape[1]
    means = ratings.mean(axis=1)

    def statistic(weights: Array) -> Array:
        n = weights.sum(axis=1)
        grand = weights @ means / n
        raters = weights @ ratings / n[:, None]
        total = weights @ (ratings**2).sum(axis=1) - k * n * grand**2
        between_visits = k * (weights @ means**2 - n * grand**2)
        between_raters = n * ((raters - grand[:, None]) ** 2).sum(axis=1)
        left = np.maximum(total - between_visits - between_raters, 0.0) / ((n - 1) * (k - 1))
        visits, judges = between_visits / (n - 1), between_raters / (k - 1)
        alike = (judges - left) / n
        below = visits + alike if of == "mean" else visits + (k - 1) * left + k * alike
        return np.where((n > 1) & (total > 1e-9), (visits - left) / below, np.nan)

    return statistic


def alpha(ratings: Array, level: Level) -> Statistic:
    """Krippendorff's alpha (2011); ``nan`` is a rating that is missing, visits of one rating do not count.

    Args:
        ratings: (visits, raters); at level ``ordinal`` they are taken to the whole points of the scale.
        level: how far apart two ratings are: by their squared difference, or by how many ratings lie between them.
    """
    there = ~np.isnan(ratings)
    pairable = there.sum(axis=1) > 1
    ratings, there = ratings[pairable], there[pairable]
    own = (_alpha_interval if level == "interval" else _alpha_ordinal)(ratings, there, there.sum(axis=1))
    return lambda weights: own(weights[:, pairable])


def _alpha_interval(ratings: Array, there: NDArray[np.bool_], counts: NDArray[np.intp]) -> Statistic:
    values = np.where(there, ratings, 0.0)
    sums, squares = values.sum(axis=1), (values**2).sum(axis=1)
    apart = 2 * (counts * squares - sums**2) / (counts - 1)  # over the ordered pairs of a visit

    def statistic(weights: Array) -> Array:
        n = weights @ counts
        expected = 2 * (n * (weights @ squares) - (weights @ sums) ** 2)
        return _alpha(n, weights @ apart, expected)

    return statistic


def _alpha_ordinal(ratings: Array, there: NDArray[np.bool_], counts: NDArray[np.intp]) -> Statistic:
    points = np.arange(1.0, POINTS + 1)
    tallies = (to_scale(ratings)[:, :, None] == points).sum(axis=1).astype(float)  # (visits, points)
    pairs = tallies[:, :, None] * tallies[:, None, :] - tallies[:, :, None] * np.eye(POINTS)
    coincidences = pairs / (counts[:, None, None] - 1)

    def statistic(weights: Array) -> Array:
        observed = np.einsum("dv,vij->dij", weights, coincidences)
        each = observed.sum(axis=2)
        middle = np.cumsum(each, axis=1) - each / 2  # ratings below the middle of each point
        apart = (middle[:, :, None] - middle[:, None, :]) ** 2
        expected = np.einsum("di,dj,dij->d", each, each, apart)
        return _alpha(each.sum(axis=1), np.einsum("dij,dij->d", observed, apart), expected)

    return statistic


def _alpha(n: Array, observed: Array, expected: Array) -> Array:
    return np.where(expected > 1e-9, 1 - (n - 1) * observed / expected, np.nan)


def bland_altman(a: Array, b: Array, of: Literal["difference", "low", "high"]) -> Statistic:
    """Mean of a - b, or a limit of agreement: it less or plus 1.96 standard deviations (Bland and Altman 1986)."""
    difference = a - b
    times = {"difference": 0.0, "low": -1.96, "high": 1.96}[of]

    def statistic(weights: Array) -> Array:
        n = weights.sum(axis=1)
        mean = weights @ difference / n
        square = weights @ difference**2 / n - mean**2
        deviation = np.sqrt(np.maximum(square, 0.0) * n / (n - 1))
        return np.asarray(mean + times * deviation if times else mean)

    return statistic
