"""Row of features -> goal, task and bond."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.estimate import (
    BASE,
    DOCUMENTED,
    LIMIT,
    EstimatorWeights,
    PartWeights,
    Term,
    dump,
    estimate_row,
    evidence_codes,
    p_strong,
)
from alliance_nlp.featurise import FEATURES, features_of
from alliance_nlp.interval import Spread
from alliance_nlp.records import PARTS

NAMES = [feature.name for feature in FEATURES]
ROWS = st.fixed_dictionaries({name: st.floats(0, 40) for name in NAMES})
SPREAD = Spread(usual=0.5)


def weights_of(base=2.0, documented_by=(), **slopes):
    """The same terms for every part: each feature adds its points on the way to 4."""
    terms = tuple(Term(feature=name, knots=(0, 4), steps=(step,)) for name, step in slopes.items())
    part = PartWeights(base=base, terms=terms, spread=SPREAD, documented_by=documented_by)
    return EstimatorWeights(parts=dict.fromkeys(PARTS, part), alliance_spread=SPREAD, strong=(4.0, -14.0))


def row_of(**values):
    return dict.fromkeys(NAMES, 0.0) | values


def value_of(weights, **values):
    return estimate_row(row_of(**values), weights).scores.goal.value


def test_estimate_a_visit_of_nothing_gets_the_base():
    assert value_of(weights_of(base=1.5, goals_sought=1.0)) == 1.5


def test_estimate_adds_the_points_of_its_features():
    assert value_of(weights_of(goals_sought=1.0, tasks_joint=2.0), goals_sought=2, tasks_joint=1) == 3.0


def test_estimate_past_the_last_knot_more_adds_nothing():
    weights = weights_of(tasks_joint=1.0)
    assert value_of(weights, tasks_joint=4) == value_of(weights, tasks_joint=20) == 3.0


def test_estimate_what_is_undefined_counts_as_none():
    assert value_of(weights_of(goals_sought=1.0), goals_sought=math.nan) == 2.0


@pytest.mark.parametrize(("base", "value"), [(-3.0, 1.0), (9.0, 5.0)])
def test_estimate_keeps_to_the_scale_and_says_so(base, value):
    estimate = estimate_row(row_of(), weights_of(base=base))
    assert estimate.scores.goal.value == value
    assert estimate.points["goal"] == {BASE: base, LIMIT: value - base}


@pytest.mark.parametrize(("base", "band"), [(2.49, "weak"), (2.5, "fair"), (3.49, "fair"), (3.5, "strong")])
def test_estimate_bands(base, band):
    assert estimate_row(row_of(), weights_of(base=base)).scores.alliance.band == band


def test_estimate_p_strong_rises_with_the_value():
    said = [p_strong(value, (4.0, -14.0)) for value in (1.0, 3.0, 3.5, 5.0)]
    assert said == sorted(said)
    assert said[2] == pytest.approx(0.5)


def test_estimate_a_part_no_sentence_documents_has_no_value():
    scores = estimate_row(row_of(), weights_of(documented_by=("goals_sought",))).scores
    assert (scores.goal.value, scores.goal.low, scores.goal.high, scores.goal.documented) == (None, None, None, False)
    assert (scores.alliance.value, scores.alliance.band, scores.alliance.p_strong) == (None, None, None)


def test_estimate_a_part_is_documented_from_half_a_sentence_on():
    weights = weights_of(documented_by=("goals_sought", "goals_said_back"))
    half = DOCUMENTED / 2
    assert estimate_row(row_of(goals_sought=half, goals_said_back=half), weights).scores.goal.documented


@given(ROWS)
def test_estimate_points_add_up_to_the_value(tiny_model, row):
    for weights in tiny_model.estimator.values():
        estimate = estimate_row(row, weights)
        for part in PARTS:
            assert next(iter(estimate.points[part])) == BASE
            assert math.fsum(estimate.points[part].values()) == pytest.approx(estimate.values[part], abs=1e-9)


@given(ROWS)
def test_estimate_scores_keep_to_the_scale(tiny_model, row):
    scores = estimate_row(row, tiny_model.estimator["transcript"]).scores
    for score in (scores.goal, scores.task, scores.bond, scores.alliance):
        assert 1 <= score.low <= score.value <= score.high <= 5
    assert scores.alliance.value == pytest.approx((scores.goal.value + scores.task.value + scores.bond.value) / 3)
    assert 0 <= scores.alliance.p_strong <= 1


@given(ROWS, st.sampled_from(FEATURES), st.floats(0, 40))
def test_estimate_more_of_a_feature_moves_a_part_its_way_only(tiny_model, row, feature, more):
    raised = row | {feature.name: row.get(feature.name, 0.0) + more}
    for weights in tiny_model.estimator.values():
        before, after = estimate_row(row, weights).values, estimate_row(raised, weights).values
        for part in PARTS:
            assert feature.sign * (after[part] - before[part]) >= -1e-12
            assert after[part] == before[part] or part in feature.parts


@given(ROWS, st.sampled_from([feature for feature in FEATURES if feature.parts]))
def test_estimate_past_its_cap_a_feature_adds_nothing(tiny_model, row, feature):
    weights = tiny_model.estimator["transcript"]
    rows = [row | {feature.name: times * feature.cap} for times in (1, 9)]
    assert estimate_row(rows[0], weights).values == estimate_row(rows[1], weights).values


def test_estimate_terms_are_of_the_parts_own_features(tiny_model):
    for kind, weights in tiny_model.estimator.items():
        for part in PARTS:
            assert {term.feature for term in weights.parts[part].terms} <= {f.name for f in features_of(part, kind)}


def test_estimate_evidence_of_a_feature():
    assert evidence_codes("tasks_joint") == ("task_joint",)
    assert evidence_codes(BASE) == evidence_codes(LIMIT) == ()


def test_estimate_weights_survive_json(tiny_model):
    assert {kind: EstimatorWeights.model_validate(each) for kind, each in dump(tiny_model.estimator).items()} == (
        tiny_model.estimator
    )
