from dataclasses import replace
from itertools import pairwise

import pytest

from alliance_nlp.corpus.added import SOURCE
from alliance_nlp.records import PARTS
from alliance_nlp.train import curve
from alliance_nlp.train.curve import CurvePoint, curve_table, learning_curve
from alliance_nlp.train.fit import N_FOLDS


@pytest.fixture
def trainings(monkeypatch, tiny_model):
    """Groups that every training learned from, in order; the tiny model stands in for the trained ones."""
    seen = []

    def fit_model(learned, inner):
        seen.append({each.visit.group for each in learned})
        return tiny_model

    monkeypatch.setattr(curve, "fit_model", fit_model)
    monkeypatch.setattr(curve, "MIN_VISITS", 1)
    return seen


def as_added(prepared, *, every):
    """Every n-th visit as one of a clinic's own."""
    return [
        replace(each, visit=replace(each.visit, source=SOURCE)) if n % every == 0 else each
        for n, each in enumerate(prepared)
    ]


def test_train_curve_trains_on_growing_parts_of_the_groups_outside_the_fold(prepared, trainings):
    points = learning_curve(prepared)
    groups = {each.visit.group for each in prepared}
    assert {point.share for point in points} == {0.25, 0.5, 0.75, 1.0}
    for k in range(N_FOLDS):
        parts = trainings[k::N_FOLDS]
        assert all(small < large for small, large in pairwise(parts))
    whole = trainings[-N_FOLDS:]
    assert all(sum(group not in part for part in whole) == 1 for group in groups)


def test_train_curve_with_added_visits_keeps_the_others_in_every_training(prepared, trainings):
    visits = as_added(prepared, every=3)
    points = learning_curve(visits)
    others = {each.visit.group for each in visits if each.visit.source != SOURCE}
    assert points[0].share == 0.0
    assert all(len(others & part) == len(others & trainings[k % N_FOLDS]) for k, part in enumerate(trainings))
    assert {point.measured_on for point in points} == {
        f"{what} {kind}s" for what in ("added", "other") for kind in ("transcript", "note")
    }


def test_train_curve_is_the_same_every_time(prepared, trainings):
    visits = as_added(prepared, every=2)
    assert learning_curve(visits) == learning_curve(visits)


def test_train_curve_leaves_out_shares_too_small_to_train_on(prepared, trainings, monkeypatch):
    monkeypatch.setattr(curve, "MIN_VISITS", 8)
    told = []
    points = learning_curve(prepared, tell=told.append)
    assert 0.25 not in {point.share for point in points}
    assert told[0].startswith("too few visits to train on 25%")


def test_train_curve_table_has_a_row_a_point_and_a_dash_for_nothing():
    f1 = {"goals": [0.5, 0.4, 0.6], "tasks": [0.6, None, None], "bond": [None, None, None]}
    rho = {part: [0.7, 0.6, 0.8] for part in PARTS}
    table = curve_table([CurvePoint("added notes", 9, "added visits", 0.5, 20.0, f1, rho)._asdict()])
    assert table.splitlines()[2] == (
        "| 9 added notes | 50% of added visits | 20 | 0.50 [0.40, 0.60] | 0.60 | - |"
        " 0.70 [0.60, 0.80] | 0.70 [0.60, 0.80] | 0.70 [0.60, 0.80] |"
    )
