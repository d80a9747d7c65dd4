import math
from dataclasses import replace

import pytest
from held_answers import held_answers

from alliance_nlp.evaluate.records import Evaluation
from alliance_nlp.evaluate.run import HeldOut
from alliance_nlp.evaluate.summary import groups_of, is_punctuated, summarise


@pytest.fixture(scope="module")
def evaluation():
    return summarise(held_answers(), method="finished_model", model="en_alliance-9.9.9", left_out=7)


def test_evaluate_summary_measures_splits_apart(evaluation):
    assert [(each.name, each.kind, each.whole.visits) for each in evaluation.sets] == [
        ("test", "transcript", 8),
        ("test_2", "transcript", 4),
    ]


def test_evaluate_summary_measures_a_cross_validation_together():
    (measured,) = summarise(held_answers(), method="cross_validation").sets
    assert (measured.name, measured.whole.visits) == ("cross-validated", 12)


def test_evaluate_summary_counts_no_names_where_their_weights_may_have_seen_the_visits(evaluation):
    assert evaluation.sets[0].whole.names is not None
    (measured,) = summarise(held_answers(), method="cross_validation").sets
    assert measured.whole.names is None
    assert all(figures.names is None for by in measured.groups.values() for figures in by.values())


def test_evaluate_summary_counts_codes_on_coded_visits_alone():
    held = held_answers()
    (measured,) = summarise(held, method="cross_validation").sets
    assert (measured.whole.coded, measured.whole.rated) == (9, 12)
    assert measured.whole.codes["goal_state"].gold == 9
    assert measured.whole.codes["goal_state"].f1 == 1.0
    assert sum(tenth.count for tenth in measured.whole.codes_reliability["empathy"].tenths) == 3 * 9


def test_evaluate_summary_groups_hold_every_visit_once(evaluation):
    for measured in evaluation.sets:
        assert set(measured.groups) == {"source", "discipline", "length", "punctuation"}
        for by in measured.groups.values():
            assert sum(figures.visits for figures in by.values()) == measured.whole.visits


def test_evaluate_summary_length_is_in_thirds_by_words():
    held = held_answers()
    thirds = groups_of(held.golds, range(12))["length"]
    assert thirds == {"short": [0, 1, 2, 3], "middle": [4, 5, 6, 7], "long": [8, 9, 10, 11]}


def test_evaluate_summary_knows_unpunctuated_visits():
    golds = held_answers().golds
    assert [is_punctuated(gold) for gold in golds[:4]] == [True, False, True, False]


def test_evaluate_summary_tells_quality_and_calibration(evaluation):
    whole = evaluation.sets[0].whole
    assert whole.quality is not None
    assert 0 <= whole.quality.low <= whole.quality.auc <= whole.quality.high <= 1
    assert whole.p_strong_reliability.brier > 0
    assert whole.codes_reliability["all"].ece > 0


def test_evaluate_summary_has_no_nan(evaluation):
    def numbers(value):
        if isinstance(value, dict):
            for each in value.values():
                yield from numbers(each)
        elif isinstance(value, (list, tuple)):
            for each in value:
                yield from numbers(each)
        elif isinstance(value, float):
            yield value

    found = list(numbers(evaluation.model_dump()))
    assert found
    assert not any(math.isnan(number) or math.isinf(number) for number in found)


def test_evaluate_summary_of_nothing_is_empty():
    assert summarise(HeldOut(), method="finished_model").sets == ()


def test_evaluate_summary_describes_its_keys():
    schema = Evaluation.model_json_schema()
    rates = schema["$defs"]["Rates"]["properties"]
    assert all("description" in key for key in rates.values())


def test_evaluate_summary_tells_visits_apart_that_were_drawn_into_a_fold():
    held = held_answers()
    held.golds = [replace(gold, fold=None) if n < 4 else gold for n, gold in enumerate(held.golds)]
    sets = summarise(held, method="cross_validation").sets
    assert [(each.name, each.whole.visits) for each in sets] == [
        ("cross-validated", 8),
        ("cross-validated, drawn into folds", 4),
    ]
