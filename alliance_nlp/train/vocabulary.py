"""Choose the n-grams the coder may know: those in visits of three or more different patients, names masked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from ..annotate.ngrams import Vocabulary
from .sentences import Prepared

MIN_GROUPS = 3


def fit_vocabulary(
    visits: list[Prepared], general: Sequence[str] = (), min_groups: int = MIN_GROUPS
) -> tuple[Vocabulary, NDArray[np.int64]]:
    """The vocabulary of the given visits, and in how many groups (patients) each of its columns stands.

    Args:
        visits: prepared visits.
        general: words of general English that are known whether the visits have them or not.
        min_groups: an n-gram of fewer patients is left out; it protects them, and such n-grams teach little.
    """
    sentences = [tokens for visit in visits for tokens in visit.tokens]
    groups = {group: n for n, group in enumerate(dict.fromkeys(visit.visit.group for visit in visits))}
    member = np.array([groups[visit.visit.group] for visit in visits for _ in visit.tokens])
    counter = CountVectorizer(analyzer=_ngrams, binary=True)
    counts = counter.fit_transform(sentences)
    by_group = csr_matrix((np.ones(len(member)), (member, np.arange(len(member)))), (len(groups), len(member))) @ counts
    in_groups = np.asarray((by_group > 0).sum(axis=0)).ravel()
    in_sentences = np.asarray(counts.sum(axis=0)).ravel()
    idf = np.log((1 + len(sentences)) / (1 + in_sentences)) + 1
    kept = {gram: at for gram, at in counter.vocabulary_.items() if in_groups[at] >= min_groups}
    words = tuple(sorted({gram[0] for gram in kept if len(gram) == 1} | set(general)))
    word_at = {word: n for n, word in enumerate(words)}
    pairs = sorted((word_at[g[0]], word_at[g[1]]) for g in kept if len(g) == 2)
    pair_at = {pair: n for n, pair in enumerate(pairs)}
    triples = sorted((pair_at[word_at[g[0]], word_at[g[1]]], word_at[g[2]]) for g in kept if len(g) == 3)
    columns = [kept.get((word,), -1) for word in words]
    columns += [kept[words[a], words[b]] for a, b in pairs]
    columns += [kept[words[pairs[p][0]], words[pairs[p][1]], words[w]] for p, w in triples]
    at = np.array(columns, np.int64)
    unseen = np.log(1 + len(sentences)) + 1
    vocabulary = Vocabulary(
        words,
        np.array(pairs, np.int64).reshape(-1, 2),
        np.array(triples, np.int64).reshape(-1, 2),
        np.where(at < 0, unseen, idf[at]),
    )
    return vocabulary, np.where(at < 0, 0, in_groups[at]).astype(np.int64)


def _ngrams(tokens: list[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[i : i + n]) for n in (1, 2, 3) for i in range(len(tokens) - n + 1)]
