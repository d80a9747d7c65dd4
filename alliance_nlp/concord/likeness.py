"""How alike each clause of a note and each sentence of a visit are: soft alignment of their words.

Every word of one finds the most alike word of the other (the same word, or one whose vector lies close); the mean of
that, weighted by how rare each word is, is how far the one is covered by the other. Numbers, days and sides of the body
have no synonyms: they agree, differ, or stand on one side alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..vectors import vectors_of
from .units import Unit

Array = NDArray[np.float64]
#: Cosines up to this are chance.
_FLOOR = 0.3
_NONE = "|none|"
Rarity = Callable[[str], float]

NAMES: tuple[str, ...] = (
    "note_covered",
    "note_covered_nearby",
    "said_covered",
    "note_same_words",
    "said_same_words",
    "rare_shared",
    "numbers_agree",
    "numbers_differ",
    "days_agree",
    "days_differ",
    "sides_differ",
    "note_words",
    "said_words",
)


class Likeness(NamedTuple):
    """``measures``: (clauses, sentences, `NAMES`); ``words``: plain share of words in common, for comparison."""

    measures: Array
    words: Array


def compare_units(note: Sequence[Unit], said: Sequence[Unit], rarity: Rarity) -> Likeness:
    """Every measure of every clause against every sentence.

    Args:
        note: clauses of the note.
        said: sentences of the visit.
        rarity: weight of a word, more for a rarer one.
    """
    if not note or not said:
        empty = np.zeros((len(note), len(said)))
        return Likeness(np.zeros((len(note), len(said), len(NAMES))), empty)
    left, right = _Words(note, rarity), _Words(said, rarity)
    vocabulary = tuple(dict.fromkeys((*left.words, *right.words)))
    at = {word: index for index, word in enumerate(vocabulary)}
    alike = _alike(vocabulary)
    same = np.eye(len(vocabulary))
    same[at[_NONE]] = alike[at[_NONE]] = alike[:, at[_NONE]] = 0
    a, b = np.array([at[word] for word in left.words]), np.array([at[word] for word in right.words])
    note_best = np.maximum.reduceat(alike[a][:, b], right.starts, axis=1)
    said_best = np.maximum.reduceat(alike[a][:, b], left.starts, axis=0)
    note_same = np.maximum.reduceat(same[a][:, b], right.starts, axis=1)
    said_same = np.maximum.reduceat(same[a][:, b], left.starts, axis=0)
    nearby = note_best.copy()
    nearby[:, 1:] = np.maximum(nearby[:, 1:], note_best[:, :-1])
    nearby[:, :-1] = np.maximum(nearby[:, :-1], note_best[:, 1:])
    rare = np.add.reduceat(note_same * left.weights[:, None], left.starts, axis=0)
    measures = np.stack(
        [
            left.mean(note_best),
            left.mean(nearby),
            right.mean(said_best.T).T,
            left.mean(note_same),
            right.mean(said_same.T).T,
            np.minimum(1, rare / 20),
            *(_agree(note, said, what, differ) for what, differ in _EXACT),
            np.repeat(np.minimum(1, left.counts / 10)[:, None], len(said), axis=1),
            np.repeat(np.minimum(1, right.counts / 10)[None], len(note), axis=0),
        ],
        axis=2,
    )
    shared = np.add.reduceat(note_same, left.starts, axis=0)
    union = left.counts[:, None] + right.counts[None] - shared
    return Likeness(measures, shared / np.maximum(1, union))


def among(units: Sequence[Unit], rarity: Rarity) -> Array:
    """How far each unit is covered by each other one of the same text; (units, units)."""
    if not units:
        return np.zeros((0, 0))
    words = _Words(units, rarity)
    vocabulary = tuple(dict.fromkeys(words.words))
    at = {word: index for index, word in enumerate(vocabulary)}
    alike = _alike(vocabulary)
    if _NONE in at:
        alike[at[_NONE]] = alike[:, at[_NONE]] = 0
    places = np.array([at[word] for word in words.words])
    best = np.maximum.reduceat(alike[:, places], words.starts, axis=1)
    return words.mean(best[places])


_EXACT = (("numbers", False), ("numbers", True), ("days", False), ("days", True), ("sides", True))


class _Words:
    """Words of many units end to end; a unit without any has one that is like nothing."""

    def __init__(self, units: Sequence[Unit], rarity: Rarity) -> None:
        lists = [unit.terms or (_NONE,) for unit in units]
        self.words = [word for words in lists for word in words]
        if _NONE not in self.words:
            self.words.append(_NONE)
            lists[-1] = (*lists[-1], _NONE)
        self.starts = np.cumsum([0, *map(len, lists)])[:-1]
        self.weights = np.array([0.0 if word == _NONE else rarity(word) for word in self.words])
        self.counts = np.array([len(set(words) - {_NONE}) for words in lists], np.float64)
        self._total = np.maximum(1e-9, np.add.reduceat(self.weights, self.starts))

    def mean(self, best: Array) -> Array:
        """Weighted mean over the words of each unit of what is given for each word."""
        summed: Array = np.add.reduceat(best * self.weights[:, None], self.starts, axis=0)
        return summed / self._total[:, None]


def _alike(words: tuple[str, ...]) -> Array:
    """How alike two words are, 0 to 1; numbers and days are like themselves alone."""
    vectors = vectors_of(words)
    exact = np.array([word[0].isdigit() or word.endswith("day") for word in words])
    vectors[exact] = 0
    vectors /= np.maximum(1e-9, np.linalg.norm(vectors, axis=1))[:, None]
    alike = np.clip((vectors @ vectors.T - _FLOOR) / (1 - _FLOOR), 0, 1)
    np.fill_diagonal(alike, 1)
    return alike


def _agree(note: Sequence[Unit], said: Sequence[Unit], what: str, differ: bool) -> Array:
    """1 where both name some and share one (or, with ``differ``, share none)."""
    out = np.zeros((len(note), len(said)))
    named = [(at, getattr(unit, what)) for at, unit in enumerate(said) if getattr(unit, what)]
    for row, unit in enumerate(note):
        own = getattr(unit, what)
        if own:
            for column, other in named:
                out[row, column] = bool(own & other) != differ
    return out
