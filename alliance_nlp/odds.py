"""Log-odds and probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sigmoid(x: Array) -> Array:
    """Log-odds to probability.

    >>> sigmoid(np.array([0.0])).tolist()
    [0.5]
    """
    p: Array = 1 / (1 + np.exp(-np.clip(x, -30, 30)))
    return p
