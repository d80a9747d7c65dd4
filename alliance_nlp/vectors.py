"""Word vectors that tell which words are alike: to the coder's training, and to the comparison of note and visit.

``word_vectors.npz``: the lower-case whole words of all-MiniLM-L6-v2's vocabulary (Apache-2.0), each encoded alone by
that encoder, centred, reduced to 64 dimensions by singular value decomposition, scaled to unit variance and stored as
8-bit integers with one scale a word. The coder uses them in training only: a linear model on the sum of a sentence's
word vectors is a weight for every word, so the trained model holds weights and no vectors.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

FILE = "word_vectors.npz"


@cache
def _table() -> tuple[tuple[str, ...], NDArray[np.float64]]:
    with as_file(files(__package__) / FILE) as path, np.load(path, allow_pickle=False) as arrays:
        words = tuple(arrays["words"].tobytes().decode().split("\n"))
        return words, arrays["vectors"].astype(np.float64) * arrays["scale"][:, None]


@cache
def _rows() -> dict[str, int]:
    return {word: row for row, word in enumerate(_table()[0])}


def general_words() -> tuple[str, ...]:
    """Words that have a vector, in alphabetical order.

    >>> "knee" in general_words()
    True
    """
    return _table()[0]


def vectors_of(words: tuple[str, ...]) -> NDArray[np.float64]:
    """One row of 64 numbers a word, zeros for a word without a vector.

    >>> vectors_of(("knee", "xqzt")).any(axis=1).tolist()
    [True, False]
    """
    vectors, at = _table()[1], _rows()
    out = np.zeros((len(words), vectors.shape[1]))
    for row, word in enumerate(words):
        if word in at:
            out[row] = vectors[at[word]]
    return out
