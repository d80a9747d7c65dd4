"""Words -> weighted n-grams of each sentence, by a fixed vocabulary held in sorted arrays.

A sentence becomes the set of its known 1- to 3-grams, each with its inverse document frequency, scaled to length 1:
scikit-learn's ``TfidfVectorizer(binary=True)`` on masked words, without strings and without scikit-learn.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from spacy.strings import get_string_id

from .words import Words

Floats = NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True)
class NGrams:
    """Entries of a sparse matrix, sentences by n-grams, sorted by sentence and column."""

    sentence: NDArray[np.int64]
    column: NDArray[np.int64]
    value: NDArray[np.float64]
    n_sentences: int


@dataclass(frozen=True)
class Vocabulary:
    """Known n-grams. Columns are the words in order, then the pairs, then the triples.

    ``words``: the words; ``pairs``: (n, 2) word indices; ``triples``: (n, 2) index of a pair and of the word after it;
    both sorted; ``idf``: one weight a column.
    """

    words: tuple[str, ...]
    pairs: NDArray[np.int64]
    triples: NDArray[np.int64]
    idf: NDArray[np.float64]
    _hashes: NDArray[np.uint64] = field(init=False, repr=False)
    _order: NDArray[np.int64] = field(init=False, repr=False)
    _pair_keys: NDArray[np.int64] = field(init=False, repr=False)
    _triple_keys: NDArray[np.int64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        hashes = np.array([get_string_id(word) for word in self.words], np.uint64)
        order = np.argsort(hashes)
        size = max(1, len(self.words))
        object.__setattr__(self, "_hashes", hashes[order])
        object.__setattr__(self, "_order", order)
        object.__setattr__(self, "_pair_keys", self.pairs[:, 0] * size + self.pairs[:, 1])
        object.__setattr__(self, "_triple_keys", self.triples[:, 0] * size + self.triples[:, 1])

    def __len__(self) -> int:
        return len(self.idf)

    def commonest(self, n: int) -> list[str]:
        """The ``n`` words of the most sentences, most first.

        >>> Vocabulary(("do", "it"), np.zeros((0, 2), int), np.zeros((0, 2), int), np.array([2.0, 1.0])).commonest(1)
        ['it']
        """
        order = np.argsort(self.idf[: len(self.words)], kind="stable")[:n]
        return [self.words[at] for at in order.tolist()]

    def names(self) -> list[str]:
        """Every column as text, words joined by a space.

        >>> v = Vocabulary(("do", "it"), np.array([[0, 1]]), np.zeros((0, 2), int), np.ones(3))
        >>> v.names()
        ['do', 'it', 'do it']
        """
        pairs = [f"{self.words[a]} {self.words[b]}" for a, b in self.pairs.tolist()]
        return [*self.words, *pairs, *(f"{pairs[p]} {self.words[w]}" for p, w in self.triples.tolist())]

    def word_ids(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Index of each word, -1 where it is unknown."""
        return _find(hashes, self._hashes, self._order)

    def ngrams(self, words: Words, n_sentences: int) -> NGrams:
        """The known n-grams of every sentence; an n-gram counts once a sentence and never crosses one."""
        size = max(1, len(self.words))
        ids = self.word_ids(words.hashes)
        sentence = words.sentence
        same = sentence[1:] == sentence[:-1]
        pair_at = np.where(same & (ids[1:] >= 0) & (ids[:-1] >= 0), ids[:-1] * size + ids[1:], -1)
        pairs = _find(pair_at, self._pair_keys)
        follows = ids[2:] if len(ids) > 2 else ids[:0]
        ahead = pairs[:-1] if len(pairs) > 1 else pairs[:0]
        triple_at = np.where((ahead >= 0) & same[1:] & (follows >= 0), ahead * size + follows, -1)
        triples = _find(triple_at, self._triple_keys)
        n_words, n_pairs = len(self.words), len(self.pairs)
        column = np.concatenate([ids, np.where(pairs >= 0, pairs + n_words, -1)])
        column = np.concatenate([column, np.where(triples >= 0, triples + n_words + n_pairs, -1)])
        where = np.concatenate([sentence, sentence[: len(pairs)], sentence[: len(triples)]])
        known = column >= 0
        entries = np.unique(where[known] * len(self) + column[known])
        rows, columns = np.divmod(entries, max(1, len(self)))
        value = self.idf[columns]
        length = np.sqrt(np.bincount(rows, weights=value * value, minlength=n_sentences))
        return NGrams(rows, columns, value / np.maximum(length, 1e-12)[rows], n_sentences)


def project(ngrams: NGrams, weights: Floats) -> NDArray[np.float64]:
    """Matrix product of sparse n-grams with dense weights (columns by outputs): one row a sentence."""
    out = np.zeros((ngrams.n_sentences, weights.shape[1]))
    if len(ngrams.sentence):
        starts = np.flatnonzero(np.r_[True, ngrams.sentence[1:] != ngrams.sentence[:-1]])
        terms = weights[ngrams.column] * ngrams.value[:, None]
        out[ngrams.sentence[starts]] = np.add.reduceat(terms, starts, axis=0)
    return out


def _find(
    wanted: NDArray[np.uint64] | NDArray[np.int64],
    keys: NDArray[np.uint64] | NDArray[np.int64],
    order: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Position of each wanted key in the sorted keys (mapped by ``order``), -1 where it is not among them."""
    if not len(keys):
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found = at if order is None else order[at]
    return np.where(keys[at] == wanted, found, -1)
