"""Fit the first pass: a logistic regression a code on n-grams, neighbours, word vectors and surface measures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array, hstack, vstack
from sklearn.linear_model import LogisticRegression

from ..annotate.ngrams import Vocabulary
from ..annotate.weights import CHANNELS, SURFACE_WEIGHT, CoderWeights, allowed
from ..codes import CODE_NAMES, CODES, FAMILIES, codes_of
from ..vectors import general_words, vectors_of
from .sentences import Prepared
from .vocabulary import MIN_GROUPS, fit_vocabulary

Array = NDArray[np.float64]

FIRST_C = 8.0
CONTEXT_MIN_GROUPS = 5
VECTOR_WEIGHT = 0.1
#: Codes that the first pass learns from soft labels too, and how much the gold counts beside them. Of the others the
#: encoders have seen too few, or are told as well by a word.
SOFTENED = frozenset(code for family in FAMILIES for code in codes_of(family, core=True))
HARD_SHARE, MIN_SOFT = 0.3, 0.02


def fit_first(visits: list[Prepared]) -> CoderWeights:
    """A coder with the first pass alone, fitted on the given visits; its second pass is left empty."""
    vocabulary, in_groups = fit_vocabulary(visits, general_words())
    columns = np.flatnonzero((in_groups >= CONTEXT_MIN_GROUPS)[: len(vocabulary.words) + len(vocabulary.pairs)])
    vectors = VECTOR_WEIGHT * vectors_of(vocabulary.words)
    table = _first_table(visits, vocabulary, columns)
    alike = csr_matrix(table[:, : len(vectors)] @ vectors)
    # A word of fewer patients gets no weight of its own, only what its vector says.
    told = np.ones(table.shape[1])
    told[: len(vectors)] = in_groups[: len(vectors)] >= MIN_GROUPS
    table = hstack([table @ diags_array(told), alike]).tocsr()
    gold = np.concatenate([v.gold for v in visits])
    soft = np.concatenate([v.soft for v in visits])
    may = np.concatenate([allowed(v.layout) & v.known for v in visits])
    n_own, n_context = len(vocabulary), len(columns)
    coefficients = np.zeros((table.shape[1], len(CODES)))
    bias = np.full(len(CODES), -8.0)
    for code in range(len(CODES)):
        rows = np.flatnonzero(may[:, code])
        if gold[rows, code].sum() >= 3:
            fit = LogisticRegression(C=FIRST_C, solver="liblinear", dual=True, tol=0.01, max_iter=1000, random_state=0)
            own = soft[rows, code] if CODE_NAMES[code] in SOFTENED else np.full(len(rows), np.nan)
            x, y, weight = softened(table[rows], gold[rows, code], own)
            fit.fit(x, y, sample_weight=weight)
            coefficients[:, code], bias[code] = fit.coef_[0], fit.intercept_[0]
    n_vectors = vectors.shape[1]
    own = coefficients[:n_own]
    own[: len(vectors)] += vectors @ coefficients[-n_vectors:]
    context = coefficients[n_own : n_own + 2 * len(CHANNELS) * n_context]
    context = context.reshape(len(CHANNELS), 2, n_context, len(CODES)).transpose(2, 1, 0, 3)
    scale = np.array([weight for _, weight in CHANNELS])[None, None, :, None]
    return CoderWeights(
        vocabulary=vocabulary,
        own=own.astype(np.float32),
        context_columns=columns,
        context=(context * scale).astype(np.float32),
        surface=coefficients[n_own + 2 * len(CHANNELS) * n_context : -n_vectors] * SURFACE_WEIGHT,
        bias=bias,
        ceiling=np.array([[9.0], [0.5]]).repeat(len(CODES), axis=1),
        second=np.zeros((0, len(CODES))),
        second_bias=np.zeros(len(CODES)),
        cuts=np.full(len(CODES), 0.5),
        rules={},
    )


def softened(
    table: csr_matrix, gold: NDArray[np.bool_], soft: Array
) -> tuple[csr_matrix, NDArray[np.bool_], Array | None]:
    """Rows, classes and weights by which a logistic regression learns a mixture of gold and soft labels.

    A sentence that may carry the code stands twice, with it and without it, weighted by how likely each is.

    Args:
        table: one row a sentence.
        gold: whether the gold has the code.
        soft: how likely it is by its soft label; nan where there is none, which leaves the gold.
    """
    there = ~np.isnan(soft)
    if not there.any():
        return table, gold, None
    p = np.where(there, HARD_SHARE * gold + (1 - HARD_SHARE) * np.where(there, soft, 0), gold)
    p = np.where(p < MIN_SOFT, 0.0, p)
    with_it, without = np.flatnonzero(p > 0), np.flatnonzero(p < 1)
    classes = np.r_[np.zeros(len(without), bool), np.ones(len(with_it), bool)]
    return vstack([table[without], table[with_it]]).tocsr(), classes, np.r_[1 - p[without], p[with_it]]


def _first_table(visits: list[Prepared], vocabulary: Vocabulary, columns: NDArray[np.int64]) -> csr_matrix:
    """Design matrix of the first pass: own n-grams, then by channel and role of the neighbour its n-grams, surface."""
    blocks = []
    for visit in visits:
        n = len(visit.tokens)
        grams = vocabulary.ngrams(visit.words, n)
        own = csr_matrix((grams.value, (grams.sentence, grams.column)), (n, len(vocabulary)))
        padded = vstack([own[:, columns], csr_matrix((1, len(columns)))]).tocsr()
        parts = [own]
        for name, weight in CHANNELS:
            at = getattr(visit.layout, name)
            provider = np.r_[visit.layout.provider, False][at]
            for said_by in (provider, ~provider):
                parts.append(weight * padded[np.where((at >= 0) & said_by, at, n)])
        parts.append(csr_matrix(SURFACE_WEIGHT * visit.measures))
        blocks.append(hstack(parts))
    return vstack(blocks).tocsr()
