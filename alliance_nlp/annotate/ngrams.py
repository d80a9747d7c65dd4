"""Words -> weighted n-grams of each sentence, by a fixed vocabulary held in sorted arrays.

A sentence becomes the set of its known 1- to 3-grams, each with its inverse document frequency, scaled to length 1:
scikit-learn's ``TfidfVectorizer(binary=True)`` on masked words, without strings and without scikit-learn.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from spacy.strings import get_string_id

from .keys import KeyTable
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

    @cached_property
    def _tables(self) -> tuple[KeyTable, KeyTable, KeyTable]:
        """Words by hash, pairs and triples by what they are made of."""
        hashes = np.array([get_string_id(word) for word in self.words], np.uint64)
        size = max(1, len(self.words))
        made = (pieces[:, 0] * size + pieces[:, 1] for pieces in (self.pairs, self.triples))
        return KeyTable(hashes), *map(KeyTable, made)  # type: ignore[return-value]

    def __len__(self) -> int:
        return len(self.idf)

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
        return self._tables[0].find(hashes)

    def ngrams(self, words: Words, n_sentences: int) -> NGrams:
        """The known n-grams of every sentence; an n-gram counts once a sentence and never crosses one."""
        size = max(1, len(self.words))
        ids = self.word_ids(words.hashes)
        sentence = words.sentence
        same = sentence[1:] == sentence[:-1]
        pair_at = np.where(same & (ids[1:] >= 0) & (ids[:-1] >= 0), ids[:-1] * size + ids[1:], -1)
        pairs = self._tables[1].find(pair_at)
        follows = ids[2:] if len(ids) > 2 else ids[:0]
        ahead = pairs[:-1] if len(pairs) > 1 else pairs[:0]
        triple_at = np.where((ahead >= 0) & same[1:] & (follows >= 0), ahead * size + follows, -1)
        triples = self._tables[2].find(triple_at)
        n_words, n_pairs = len(self.words), len(self.pairs)
        known = [found >= 0 for found in (ids, pairs, triples)]
        column = np.concatenate([ids[known[0]], pairs[known[1]] + n_words, triples[known[2]] + n_words + n_pairs])
        where = np.concatenate([sentence[: len(each)][each] for each in known])
        entries = np.sort(where * len(self) + column)
        entries = np.concatenate([entries[:-1][entries[1:] != entries[:-1]], entries[-1:]])
        rows, columns = np.divmod(entries, max(1, len(self)))
        value = self.idf[columns]
        length = np.sqrt(np.bincount(rows, weights=value * value, minlength=n_sentences))
        return NGrams(rows, columns, value / np.maximum(length, 1e-12)[rows], n_sentences)


def project(ngrams: NGrams, weights: Floats) -> NDArray[np.float64]:
    """Matrix product of sparse n-grams with dense weights (columns by outputs): one row a sentence."""
    out = np.zeros((ngrams.n_sentences, weights.shape[1]))
    if len(ngrams.sentence):
        changes = np.flatnonzero(ngrams.sentence[1:] != ngrams.sentence[:-1])
        starts = np.concatenate([[0], changes + 1])
        terms = weights.take(ngrams.column, axis=0).astype(float, copy=False)  # kept as float32: half to be fetched
        terms *= ngrams.value[:, None]
        out[ngrams.sentence[starts]] = np.add.reduceat(terms, starts, axis=0)
    return out
