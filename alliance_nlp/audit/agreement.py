"""Agreement of raters, as statistics of weights (see `weights`): each takes a row of weights a resample.

Visits are rows and raters columns throughout. With equal weights every statistic is the textbook's.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

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
    """Cohen's kappa with quadratic weights (Cohen 1968) of two raters on the scale, no rating missing."""
    from statsmodels.stats.inter_rater import cohens_kappa

    places = ((to_scale(a) - 1) * POINTS + to_scale(b) - 1).astype(np.intp)

    def statistic(weights: Array) -> Array:
        out = np.full(len(weights), np.nan)
        for row, each in enumerate(weights):
            table = np.bincount(places, each, minlength=POINTS**2).reshape(POINTS, POINTS)
            with np.errstate(divide="ignore", invalid="ignore"):
                out[row] = cohens_kappa(table, wt="quadratic", return_results=False)
        return out

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
    values = ratings if level == "interval" else to_scale(ratings)
    there = ~np.isnan(values)
    counts = there.sum(axis=1)
    pairable = counts > 1
    values, there, counts = values[pairable], there[pairable], counts[pairable]
    points = np.unique(values[there]) if level == "interval" else np.arange(1.0, POINTS + 1)
    tallies = (values[:, :, None] == points).sum(axis=1).astype(float)  # (visits, points)
    pairs = tallies[:, :, None] * tallies[:, None, :] - tallies[:, :, None] * np.eye(len(points))
    coincidences = pairs / (counts[:, None, None] - 1) if len(counts) else pairs

    def statistic(weights: Array) -> Array:
        observed = np.einsum("dv,vij->dij", weights[:, pairable], coincidences)
        each = observed.sum(axis=2)
        n = each.sum(axis=1)
        apart = _distances(points, each, level)
        expected = np.einsum("di,dj,dij->d", each, each, apart)
        found = np.einsum("dij,dij->d", observed, apart)
        return np.where(expected > 1e-9, 1 - (n - 1) * found / expected, np.nan)

    return statistic


def _distances(points: Array, each: Array, level: Level) -> Array:
    """Squared distances of the points, (resamples, points, points); ordinal ones go by each resample's ratings."""
    if level == "interval":
        squared = (points[:, None] - points) ** 2
        return np.broadcast_to(squared, (len(each), *squared.shape))
    below = np.cumsum(each, axis=1) - each / 2  # ratings below the middle of each point
    return np.asarray((below[:, :, None] - below[:, None, :]) ** 2)


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
