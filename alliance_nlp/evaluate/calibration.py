"""How well the codes' probabilities hold: Brier score, expected calibration error, reliability by tenths."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..codes import CODE_NAMES

N_BINS = 10


class Calibration(NamedTuple):
    """Brier score, expected calibration error (equal-width tenths), and by tenth: mean said, share right, number."""

    brier: float
    ece: float
    bins: tuple[tuple[float, float, int], ...]


def calibration(p: NDArray[np.float64], right: NDArray[np.bool_]) -> Calibration:
    """Calibration of one set of probabilities; nan where there is none.

    >>> calibration(np.array([0.0, 1.0]), np.array([False, True])).ece
    0.0
    """
    if not len(p):
        return Calibration(math.nan, math.nan, ())
    tenth = np.minimum(N_BINS - 1, (p * N_BINS).astype(int))
    bins = []
    ece = 0.0
    for at in range(N_BINS):
        own = tenth == at
        if own.any():
            said, share = float(p[own].mean()), float(right[own].mean())
            ece += abs(said - share) * own.mean()
            bins.append((said, share, int(own.sum())))
    return Calibration(float(np.mean((p - right) ** 2)), float(ece), tuple(bins))


def measure_codes(p: NDArray[np.float64], gold: NDArray[np.bool_]) -> dict[str, Calibration]:
    """Calibration of every code over the sentences of visits that took no part in training, and of all together.

    Args:
        p: (sentences, codes) probabilities.
        gold: (sentences, codes) gold.
    """
    by_code = {code: calibration(p[:, at], gold[:, at]) for at, code in enumerate(CODE_NAMES)}
    return {**by_code, "all": calibration(p.ravel(), gold.ravel())}
