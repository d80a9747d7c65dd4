"""Doc -> a row of features."""

import math

import numpy as np
import pytest
from scenes import annotated, scene

from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.estimate import ALLIANCE_DOUBTS, DOUBTS
from alliance_nlp.featurise import FEATURES, UPTAKE_TURNS, features_of, featurise_doc, rated_features, uptake
from alliance_nlp.records import PARTS

RATED = [feature for feature in FEATURES if feature.parts]


def row_of(*sentences):
    return rated_features(*scene(*sentences))


def test_featurise_names_are_unique():
    assert len({feature.name for feature in FEATURES}) == len(FEATURES)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_featurise_every_feature_is_described(feature):
    assert feature.title
    assert feature.unit
    assert feature.source
    assert feature.missing
    assert feature.cap > 0
    assert feature.sign in (1, -1)
    assert set(feature.parts) <= set(PARTS)
    assert set(feature.codes) <= set(CODE_NAMES)
    assert feature.name.endswith("_share") <= (feature.cap <= 1)


def test_featurise_every_rated_feature_is_made_and_no_other():
    doubts = {*ALLIANCE_DOUBTS, *(name for names in DOUBTS.values() for name in names)}
    assert set(row_of(("provider", {}))) == {feature.name for feature in RATED} | doubts


def test_featurise_a_visit_of_no_sentences_has_a_row():
    assert all(math.isfinite(value) for value in row_of().values())


def test_featurise_every_feature_of_a_visit_stands_in_its_row(tiny_model, corpus_golds):
    for gold in (corpus_golds[0], next(gold for gold in corpus_golds if gold.kind == "note")):
        row = featurise_doc(annotated(tiny_model, gold.visit))
        assert list(row) == [feature.name for feature in FEATURES]
        assert all(value >= 0 for value in row.values() if not math.isnan(value))
        assert all(math.isfinite(row[feature.name]) for feature in features_of("goal", gold.kind))


def test_featurise_a_note_has_no_features_of_a_dialogue(tiny_model, corpus_golds):
    note = next(gold.visit for gold in corpus_golds if gold.kind == "note")
    row = featurise_doc(annotated(tiny_model, note))
    assert {name for name, value in row.items() if math.isnan(value)} == {f.name for f in FEATURES if not f.note}


@pytest.mark.parametrize("part", PARTS)
def test_featurise_features_of_a_part(part):
    spoken, written = features_of(part, "transcript"), features_of(part, "note")
    assert set(written) < set(spoken)
    assert all(part in feature.parts for feature in spoken)


def test_featurise_names_of_persons_move_no_score():
    assert not any(feature.parts for feature in FEATURES if feature.name.startswith("name_"))


def test_featurise_counts_are_expected_counts():
    row = row_of(("provider", {"task_elicit": 0.5}), ("provider", {"task_elicit": 0.25}))
    assert row["tasks_sought"] == 0.75


def test_featurise_asking_for_goals_counts_where_the_patient_answers():
    asked, answer = ("provider", {"goal_elicit": 0.5}), ("patient", {"goal_state": 1.0})
    assert row_of(asked)["goals_sought"] == 0.0
    assert row_of(asked, answer)["goals_sought"] == 0.5


def test_featurise_what_is_said_again_word_for_word_adds_nothing_good():
    p, layout, sizes, _ = scene(("provider", {"affirm": 1.0}), ("provider", {"affirm": 1.0, "judge": 1.0}))
    row = rated_features(p, layout, sizes, np.array([False, True]))
    assert (row["bond_affirm"], row["bond_judge"]) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("code", "of_provider", "of_patient"),
    [
        ("goal_state", "goals_stated_provider", "goals_stated_patient"),
        ("goal_align", "goals_said_back", "goals_confirmed"),
        ("task_agree", "tasks_agreement_asked", "tasks_agreed"),
    ],
)
def test_featurise_who_says_it_counts(code, of_provider, of_patient):
    asked, answered = row_of(("provider", {code: 1})), row_of(("patient", {code: 1}))
    assert (asked[of_provider], asked[of_patient]) == (1, 0)
    assert (answered[of_provider], answered[of_patient]) == (0, 1)


def test_featurise_what_others_say_counts_for_nothing():
    everything = dict.fromkeys(CODE_NAMES, 1.0)
    silent, said = row_of(("other", {})), row_of(("other", everything))
    assert {name: silent[name] for name in said} == said


def test_featurise_rates_are_by_the_providers_sentences():
    many = [("provider", {})] * 39
    row = row_of(("provider", {"empathy": 1.0}), *many, *[("patient", {})] * 40)
    assert row["bond_empathy_rate"] == pytest.approx(100 / 40)


def test_featurise_a_rate_of_few_sentences_is_held_down():
    assert row_of(("provider", {"judge": 1.0}))["bond_judge_rate"] == pytest.approx(100 / 20)


def test_featurise_orders_are_measured_against_invitations():
    ordered, invited = ("provider", {"directive": 1.0}), ("provider", {"task_elicit": 1.0})
    shares = [row_of(*turns)["tasks_directed_share"] for turns in ([ordered] * 3, [], [invited] * 3)]
    assert shares == sorted(shares, reverse=True)
    assert shares[1] == 0.5


def test_featurise_goals_at_one_place_are_less_spread_than_all_over():
    goal, none = ("patient", {"goal_state": 1.0}), ("patient", {})
    together = row_of(*[goal] * 8, *[none] * 56)["goals_spread_share"]
    apart = row_of(*[goal, *[none] * 7] * 8)["goals_spread_share"]
    assert (together, apart) == (0.125, 1.0)


def test_featurise_the_patients_share_of_the_words():
    assert row_of(("provider", {}), ("patient", {}), ("other", {}))["patient_word_share"] == 0.5


def test_featurise_uptake_needs_an_answer_within_a_few_turns():
    offer, answer = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert uptake(offer, answer, np.array([0, UPTAKE_TURNS])) == 1.0
    assert uptake(offer, answer, np.array([0, UPTAKE_TURNS + 1])) == 0.0


def test_featurise_uptake_never_counts_an_answer_before_the_offer_or_beside_it():
    assert uptake(np.array([0.0, 1.0]), np.array([1.0, 0.0]), np.array([0, 1])) == 0.0
    assert uptake(np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([0, 0])) == 0.0


def test_featurise_uptake_of_an_offer_is_one_at_most():
    assert uptake(np.array([1.0, 0, 0]), np.array([0, 1.0, 1.0]), np.array([0, 1, 2])) == 1.0


def test_featurise_stock_phrases_without_uptake_add_no_uptake():
    row = row_of(*[("provider", {"goal_align": 1.0, "task_elicit": 1.0})] * 9)
    assert (row["goals_uptake"], row["tasks_uptake"]) == (0, 0)
