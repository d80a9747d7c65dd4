"""Keys found many at once: a table by the keys' hash, which beats a binary search where most keys are not there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class KeyTable:
    """Distinct 64-bit keys, each with its position.

    >>> KeyTable(np.array([30, 10, 20])).find(np.array([10, 11, 20])).tolist()
    [1, -1, 2]
    """

    def __init__(self, keys: NDArray[Any]) -> None:
        self._keys = np.append(keys.astype(np.uint64), np.uint64(0))  # the last stands for no key
        bits = max(4, int(4 * len(keys)).bit_length())
        self._shift = np.uint64(64 - bits)
        self._slots = np.full(1 << bits, len(keys), np.int64)
        slots = self._slot(self._keys[:-1])
        self._slots[slots] = np.arange(len(keys))
        beaten = np.flatnonzero(self._slots[slots] != np.arange(len(keys)))
        self._shared = np.zeros(1 << bits, bool)
        self._shared[slots[beaten]] = True
        self._beaten = {int(self._keys[at]): at for at in beaten.tolist()}

    def __len__(self) -> int:
        return len(self._keys) - 1

    def find(self, wanted: NDArray[Any]) -> NDArray[np.int64]:
        """Position of each wanted key, -1 where it is not among them."""
        wanted = wanted.astype(np.uint64, copy=False)
        slots = self._slot(wanted)
        at = self._slots[slots]
        found: NDArray[np.int64] = np.where((self._keys[at] == wanted) & (at < len(self._keys) - 1), at, -1)
        if self._beaten:
            for place in np.flatnonzero(self._shared[slots] & (found < 0)).tolist():
                found[place] = self._beaten.get(int(wanted[place]), -1)
        return found

    def _slot(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        return ((keys * _SPREAD) >> self._shift).astype(np.int64)
