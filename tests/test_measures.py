"""Measures beside the score."""

import math

import pytest
from scenes import annotated, scene

from alliance_nlp.featurise import FEATURES, featurise_doc
from alliance_nlp.measures import answered_distress, commitment_renewed, goal_negotiated
from alliance_nlp.records import Visit

STATED = ("patient", {"goal_state": 1.0})
ADJUSTED = ("provider", {"goal_state": 1.0, "goal_align": 1.0})
CONFIRMED = ("patient", {"goal_align": 1.0})
NOTHING = ("provider", {})


def measured(model, *turns, **fields):
    visit = Visit(visit_id="v", turns=[{"role": role, "text": text} for role, text in turns], **fields)
    return featurise_doc(annotated(model, visit))


def negotiated(*sentences):
    p, layout, *_ = scene(*sentences)
    return goal_negotiated(p, layout)


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        ([STATED, ADJUSTED, CONFIRMED], 1.0),
        ([STATED, NOTHING, ADJUSTED, CONFIRMED], 1.0),
        ([STATED, ADJUSTED], 0.0),
        ([STATED, ("provider", {"goal_align": 1.0}), CONFIRMED], 0.0),
        ([ADJUSTED, CONFIRMED], 0.0),
        ([STATED, NOTHING, NOTHING, NOTHING, ADJUSTED, CONFIRMED], 0.0),
        ([], 0.0),
    ],
)
def test_measures_a_goal_is_negotiated_where_it_is_stated_adjusted_and_confirmed(sentences, expected):
    assert negotiated(*sentences) == expected


@pytest.mark.parametrize(("place", "expected"), [(0, 0.0), (1, 0.0), (2, 1.0)])
def test_measures_commitment_is_renewed_in_the_last_third(place, expected):
    sentences = [("patient", {"task_commit": 1.0} if at == place else {}) for at in range(3)]
    p, layout, *_ = scene(*sentences)
    assert commitment_renewed(p, layout) == expected


def test_measures_commitment_is_the_patients():
    p, layout, *_ = scene(("provider", {"task_agree": 1.0}))
    assert commitment_renewed(p, layout) == 0.0


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(("provider", {"empathy": 1.0}), 1.0), (NOTHING, 0.0), (("patient", {"empathy": 1.0}), 0.0)],
)
def test_measures_distress_is_answered_by_the_providers_empathy(answer, expected):
    p, layout, *_ = scene(("patient", {}), answer)
    assert answered_distress(p, layout, {0}) == expected


def test_measures_distress_answered_is_undefined_without_any():
    p, layout, *_ = scene(("patient", {}))
    assert math.isnan(answered_distress(p, layout, set()))


def test_measures_share_and_length_of_the_providers_talk(tiny_model):
    turns = [("provider", "one two three"), ("patient", "four"), ("provider", "five six"), ("other", "x")]
    row = measured(tiny_model, *turns)
    assert row["provider_word_share"] == pytest.approx(5 / 6)
    assert row["provider_turn_words"] == pytest.approx(2.5)


def test_measures_of_a_visit_without_words_are_undefined(tiny_model):
    row = measured(tiny_model)
    undefined = {feature.name for feature in FEATURES if feature.missing == "nan"}
    assert {name for name, value in row.items() if math.isnan(value)} == undefined


def test_measures_talk_about_oneself(tiny_model):
    row = measured(tiny_model, ("provider", "My wife has the same. How is the knee?"), ("patient", "My wife helps."))
    assert row["provider_self_talk_share"] == 0.5


def test_measures_carers_and_care_team(tiny_model):
    row = measured(tiny_model, ("provider", "Could your daughter help?"), ("patient", "She does. And my nurse."))
    assert row["others_involved"] == 2.0


def test_measures_feedback_asked(tiny_model):
    row = measured(tiny_model, ("provider", "Was this helpful today?"), ("patient", "Was this helpful today?"))
    assert row["feedback_asked"] == 1.0


def test_measures_uses_of_the_patients_name(tiny_model):
    turns = [("provider", "Hi Martha, have a seat here please."), ("patient", "Thanks, I am Martha.")]
    row = measured(tiny_model, *turns, patient={"given": "Martha", "family": "Collins"})
    assert row["name_vocative_per_1000_words"] == pytest.approx(1000 / 7)
    assert row["name_reference_per_1000_words"] == 0.0


def test_measures_stand_within_their_range(tiny_model, corpus_golds):
    rows = [featurise_doc(annotated(tiny_model, gold.visit)) for gold in corpus_golds[:12]]
    shares = [feature.name for feature in FEATURES if feature.unit == "share" or feature.name.endswith("_share")]
    assert all(0 <= row[name] <= 1 for row in rows for name in shares if not math.isnan(row[name]))
