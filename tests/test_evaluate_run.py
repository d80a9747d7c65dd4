"""The two evaluations."""

from dataclasses import replace
from pathlib import Path

import pytest

from alliance_nlp.corpus.added import SOURCE
from alliance_nlp.evaluate import run as evaluation
from alliance_nlp.evaluate.run import cross_validate, evaluate_model, means_by_kind
from alliance_nlp.model import AllianceModel

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.fixture
def folded(training_golds):
    """The training visits in five folds, other ones with producers apart."""
    return [replace(gold, fold=n % 5, strict_fold=(n + 1) % 5) for n, gold in enumerate(training_golds)]


@pytest.fixture
def trainings(monkeypatch, tiny_model):
    """Ids of the visits of every training, which gives the tiny model back."""
    seen = []

    def fit(prepared, inner, **options):
        seen.append({each.visit.visit.visit_id for each in prepared})
        return tiny_model

    monkeypatch.setattr(evaluation, "fit_model", fit)
    return seen


@pytest.mark.parametrize("strict", [False, True])
def test_evaluate_run_trains_every_fold_without_its_visits(folded, trainings, strict):
    held = cross_validate(folded, strict=strict)
    own = [gold.strict_fold if strict else gold.fold for gold in folded]
    for fold, trained in enumerate(trainings):
        inside = {gold.visit.visit_id for gold, at in zip(folded, own, strict=True) if at == fold}
        assert not trained & inside
        assert len(trained) == len(folded) - len(inside)
    assert set(held.reports) == {gold.visit.visit_id for gold in folded}


def test_evaluate_run_visits_of_no_fold_are_drawn_into_one(folded, trainings):
    free = replace(folded[0], fold=None)
    held = cross_validate([free, *folded[1:]])
    assert sum(free.visit.visit_id not in trained for trained in trainings) == 1
    assert free.visit.visit_id in held.reports


def test_evaluate_run_added_visits_are_in_every_training_and_never_scored(folded, trainings):
    added = replace(folded[0], fold=None, source=SOURCE)
    held = cross_validate([added, *folded[1:]])
    assert all(added.visit.visit_id in trained for trained in trainings)
    assert added.visit.visit_id not in held.reports


def test_evaluate_run_test_visits_are_in_no_training(folded, trainings):
    kept = replace(folded[0], split="test")
    held = cross_validate([kept, *folded[1:]])
    assert not any(kept.visit.visit_id in trained for trained in trainings)
    assert kept.visit.visit_id not in held.reports


def test_evaluate_run_figures_tell_transcripts_and_notes_apart(folded, trainings):
    figures = cross_validate(folded).figures()
    assert set(figures) == {"transcript", "note"}
    for kind, each in figures.items():
        assert each["ratings"]["visits"] == sum(gold.kind == kind for gold in folded)
        assert 0 <= each["evidence"]["goals"].f1 <= 1


def test_evaluate_run_a_finished_model_is_not_asked_about_visits_it_has_seen(tiny_model, corpus_golds, training_golds):
    fresh = [gold for gold in corpus_golds if gold.split == "train"][-3:]
    meta = {**tiny_model.meta, "rating_means": means_by_kind(training_golds)}
    model = AllianceModel(meta, dict(tiny_model.nlp.config), tiny_model.coder_weights(), tiny_model.estimator)
    held, left_out = evaluate_model(model, [*training_golds, *fresh])
    assert left_out == len(training_golds)
    assert [gold.visit.visit_id for gold in held.golds] == [gold.visit.visit_id for gold in fresh]


def test_evaluate_run_means_of_a_kind_without_ratings_are_the_middle(training_golds):
    means = means_by_kind([gold for gold in training_golds if gold.kind == "transcript"])
    assert means["note"] == {"goal": 3.0, "task": 3.0, "bond": 3.0}
    assert means["transcript"] != means["note"]
