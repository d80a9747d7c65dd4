"""Fit the coder's first pass."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from alliance_nlp.annotate.weights import allowed, first_pass
from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.train import first_pass as fitting
from alliance_nlp.train.first_pass import HARD_SHARE, SOFTENED, fit_first, softened

TABLE = csr_matrix(np.eye(4))
GOLD = np.array([True, False, False, True])


def shares(soft):
    """Weight of every sentence with and without the code."""
    table, classes, weight = softened(TABLE, GOLD, np.array(soft))
    at = table.indices
    return [[float(weight[(at == n) & (classes == c)].sum()) for n in range(4)] for c in (True, False)]


def test_first_pass_without_soft_labels_learns_the_gold_as_it_is():
    table, classes, weight = softened(TABLE, GOLD, np.full(4, np.nan))
    assert table is TABLE
    assert classes is GOLD
    assert weight is None


def test_first_pass_mixes_gold_and_soft_labels():
    with_it, without = shares([1.0, 1.0, 0.5, 0.0])
    assert with_it == pytest.approx([1.0, 1 - HARD_SHARE, 0.5 * (1 - HARD_SHARE), HARD_SHARE])
    assert without == pytest.approx([1 - each for each in with_it])


def test_first_pass_leaves_the_gold_where_a_sentence_has_no_soft_label():
    with_it, _ = shares([np.nan, np.nan, 1.0, np.nan])
    assert with_it == pytest.approx([1.0, 0.0, 1 - HARD_SHARE, 1.0])


def test_first_pass_takes_a_tiny_soft_label_as_none():
    with_it, without = shares([1.0, 0.001, 0.001, 1.0])
    assert with_it[1:3] == [0.0, 0.0]
    assert without[1:3] == [1.0, 1.0]


def test_first_pass_softens_the_families_alone():
    assert SOFTENED.isdisjoint({"directive", "judge", "next_contact"})
    assert {"goal_state", "task_commit", "empathy"} <= SOFTENED


def test_first_pass_answers_as_the_soft_labels_tell(prepared):
    visits = [each for each in prepared if each.visit.kind == "transcript"]
    code = CODE_NAMES.index("goal_state")

    def mean_p(p):
        soft = [np.full(each.gold.shape, p) for each in visits]
        weights = fit_first([replace(each, soft=own) for each, own in zip(visits, soft, strict=True)])
        matrix = weights.matrix()
        odds = [first_pass(v.words, v.layout, v.measures, weights, matrix)[:, code] for v in visits]
        may = [allowed(v.layout)[:, code] for v in visits]
        return float((1 / (1 + np.exp(-np.concatenate(odds)[np.concatenate(may)]))).mean())

    assert mean_p(0.6) > 0.3 > mean_p(0.03)


def test_first_pass_fits_where_too_few_groups_give_context(prepared, monkeypatch):
    monkeypatch.setattr(fitting, "CONTEXT_MIN_GROUPS", 10**6)
    visits = [each for each in prepared if each.visit.kind == "note"]
    weights = fit_first(visits)
    assert len(weights.context_columns) == 0
    assert len(weights.matrix().own) == len(weights.vocabulary)
