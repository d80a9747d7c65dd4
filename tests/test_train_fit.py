"""Gold visits -> a fitted model."""

import numpy as np
import pytest

from alliance_nlp.corpus.gold import GoldVisit
from alliance_nlp.errors import BadCorpus
from alliance_nlp.records import Visit
from alliance_nlp.train.fit import MIN_VISITS, N_FOLDS, _fit_kind, fit_model, inner_folds, names_pipeline


def gold(group, fold=None, strict_fold=None):
    return GoldVisit(Visit(visit_id=group), "test", group=group, fold=fold, strict_fold=strict_fold)


def test_train_fit_visits_of_a_group_share_an_inner_fold(corpus_golds):
    folds = inner_folds(corpus_golds)
    by_group = {}
    for each, fold in zip(corpus_golds, folds.tolist(), strict=True):
        by_group.setdefault(each.group, set()).add(fold)
    assert all(len(found) == 1 for found in by_group.values())
    assert set(folds.tolist()) == set(range(N_FOLDS))


def test_train_fit_inner_folds_are_the_visits_own_where_they_have_one():
    golds = [gold("a", 3, 1), gold("b", 0, 4)]
    assert inner_folds(golds).tolist() == [3, 0]
    assert inner_folds(golds, strict=True).tolist() == [1, 4]


def test_train_fit_no_visit_is_drawn_into_the_fold_held_out():
    drawn = inner_folds([gold(f"g{n}") for n in range(50)], without=2)
    assert set(drawn.tolist()) == {0, 1, 3, 4}


def test_train_fit_inner_folds_hang_on_the_group_alone():
    some = [gold(f"g{n}") for n in range(9)]
    np.testing.assert_array_equal(inner_folds(some)[::-1], inner_folds(some[::-1]))


@pytest.mark.parametrize("kind", ["transcript", "note"])
def test_train_fit_too_few_visits_of_a_kind_are_refused(prepared, kind):
    visits = [each for each in prepared if each.visit.kind == kind]
    with pytest.raises(BadCorpus, match=f"{MIN_VISITS - 1} "):
        _fit_kind(visits[: MIN_VISITS - 1], np.arange(MIN_VISITS - 1) % 3, kind, None, 1)


def test_train_fit_without_visits_nothing_is_fitted():
    with pytest.raises(BadCorpus):
        fit_model([], np.zeros(0, np.int64))


def test_train_fit_a_model_holds_both_kinds(tiny_model):
    assert set(tiny_model.coder_weights()) == set(tiny_model.estimator) == {"transcript", "note"}


def test_train_fit_names_pipeline_finds_names_alone():
    assert names_pipeline().pipe_names == ["alliance_names"]
