import numpy as np
import pytest
from audit_clinic import make_audit, reviews_of

from alliance_nlp.audit.compare import drift
from alliance_nlp.audit.measure import (
    ALL,
    TOGETHER,
    among_reviewers,
    code_figures,
    groups,
    tool_agreement,
    whole,
)
from alliance_nlp.audit.weights import N_RESAMPLES, Figure, effective_size, mean_of, weigh

VALUES = [1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 2.0]
RATINGS = [1, 2, 3, 3, 4, 4, 5, 1]


def of_part(found, part="goal"):
    return next(each for each in found if each.part == part)


def test_measure_whole_weighs_visits(tmp_path):
    path = make_audit(tmp_path, VALUES, {"Dana": RATINGS}, change=lambda n: {"weight": 1.0 + 9 * (n == 6)})
    found = of_part(whole(reviews_of(path)))
    weights = np.array([1.0] * 6 + [10.0, 1.0])
    assert found.reviewers.value == pytest.approx(np.average(RATINGS, weights=weights))
    assert found.tool.value == pytest.approx(np.average(VALUES, weights=weights))


def test_measure_within_counts_ratings_in_the_interval(tmp_path):
    found = of_part(whole(reviews_of(make_audit(tmp_path, VALUES, {"Dana": RATINGS}))))
    assert found.within.value == pytest.approx(7 / 8)  # only the last one lies a point away


def test_measure_tool_with_reviewers_is_with_their_mean_and_with_each(tmp_path):
    other = [2, 2, 3, 4, 4, None, 5, 2]
    found = list(tool_agreement(reviews_of(make_audit(tmp_path, VALUES, {"Dana": RATINGS, "Lee": other}))))
    goal = {each.b: each for each in found if each.part == "goal"}
    assert {name: each.visits for name, each in goal.items()} == {TOGETHER: 8, "Dana": 8, "Lee": 7}
    assert goal["Dana"].difference.value == pytest.approx(np.mean(np.array(VALUES) - RATINGS))
    assert goal["Dana"].icc_one.low < goal["Dana"].icc_one.value < 1


def test_measure_abstained_visits_are_left_out_of_agreement(tmp_path):
    found = tool_agreement(reviews_of(make_audit(tmp_path, [None, *VALUES[1:]], {"Dana": RATINGS})))
    assert of_part(found).visits == 7


def test_measure_reviewers_are_told_by_pair_and_all_together(tmp_path):
    ratings = {"Ann": RATINGS, "Bo": [2, 2, 3, 4, 4, None, 5, 2], "Cy": [1, 3, 3, 3, 5, 4, None, None]}
    goal = [each for each in among_reviewers(reviews_of(make_audit(tmp_path, VALUES, ratings))) if each.part == "goal"]
    assert [(each.a, each.b, each.visits) for each in goal] == [
        ("Ann", "Bo", 7),
        ("Ann", "Cy", 6),
        ("Bo", "Cy", 5),
        (ALL, ALL, 8),
    ]
    assert goal[-1].alpha_interval.value > 0.5


def test_measure_precision_and_recall_by_code(tmp_path):
    found = {each.code: each for each in code_figures(reviews_of(make_audit(tmp_path, VALUES, {"Dana": RATINGS})))}
    assert (found["directive"].precision.value, found["goal_state"].precision.value) == (0, 1)
    assert (found["goal_state"].recall.value, found["affirm"].recall.value) == (1, 0)
    assert (found["all"].decided, found["all"].precision.value, found["all"].recall.value) == (16, 0.5, 0.5)
    assert found["empathy"].precision == Figure(value=None)


def test_measure_reviewers_who_disagree_on_evidence_share_it(tmp_path):
    from alliance_nlp.audit import decisions

    def lee_accepts(session, visit, reviewer):
        if reviewer.name == "Lee":
            decisions.decide(session, visit, reviewer, 0, "accept", version=1)

    path = make_audit(tmp_path, VALUES, {"Dana": RATINGS, "Lee": RATINGS}, review=lee_accepts)
    found = {each.code: each for each in code_figures(reviews_of(path))}
    assert (found["directive"].decided, found["directive"].precision.value) == (8, 0.5)


def test_measure_blind_ratings_count_only_once_the_tools_view_was_shown(tmp_path):
    from contextlib import closing

    from sqlalchemy import select

    from alliance_nlp.audit.reviews import add_reviewer, rate
    from alliance_nlp.audit.store import open_store
    from alliance_nlp.audit.tables import SampledVisit

    path = make_audit(tmp_path, VALUES)
    with closing(open_store(path)) as store, store.writing() as session:
        visit = session.scalars(select(SampledVisit)).first()
        rate(session, visit, add_reviewer(session, "Dana"), "goal", 5, version=0)
    assert reviews_of(path).visits == ()


def test_measure_groups_tell_providers_apart_only_when_asked(tmp_path):
    providers = ["Zoe", "Ames"] * 5 + ["Zoe", "Bo"]
    path = make_audit(tmp_path, [3.0] * 12, {"Dana": [3] * 12}, change=lambda n: {"provider": providers[n]})
    reviews = reviews_of(path)
    assert {each.dimension for each in groups(reviews, providers=False)} == {"kind", "setting", "length"}
    found = [(each.name, each.visits) for each in groups(reviews, providers=True) if each.dimension == "provider"]
    assert found == [("Ames", 5), ("Zoe", 6), ("all others", 1)]


def test_measure_settings_of_few_visits_are_told_together(tmp_path):
    path = make_audit(tmp_path, VALUES, {"Dana": RATINGS}, change=lambda n: {"setting": "gym" if n < 5 else f"s{n}"})
    found = [(each.name, each.visits) for each in groups(reviews_of(path), providers=False)]
    assert ("gym", 5) in found
    assert ("all others", 3) in found


def test_drift_is_the_change_of_the_means(tmp_path):
    (tmp_path / "old").mkdir()
    last = reviews_of(make_audit(tmp_path / "old", VALUES, {"Dana": RATINGS}))
    now = reviews_of(make_audit(tmp_path, [5.0] * 8, {"Dana": RATINGS}))
    found = {each.of: each for each in drift(now, last) if each.part == "goal"}
    assert found["reviewers"].change.value == 0
    assert found["tool"].change.value == pytest.approx(5 - np.mean(VALUES))
    assert found["tool"].change.low > 0
    assert found["tool - reviewers"].change.value == pytest.approx(found["tool"].change.value)


def test_weights_a_resample_is_as_large_as_the_sample_is_worth():
    weights = np.array([1.0, 1.0, 1.0, 9.0])
    weighing = weigh(weights)
    assert weighing.times.shape == (N_RESAMPLES, 4)
    assert set(weighing.times.sum(axis=1)) == {round(effective_size(weights))} == {2.0}
    assert weighing.times.mean(axis=0) / weighing.times.mean(axis=0).sum() == pytest.approx(weights / 12, abs=0.02)


def test_weights_interval_of_a_mean_is_as_wide_as_theory_says():
    values = np.random.default_rng(2).normal(size=60)
    found = weigh(np.ones(60)).figure(mean_of(values), np.arange(60))
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / 60**0.5, rel=0.1)


def test_weights_few_visits_have_no_interval():
    found = weigh(np.ones(4)).figure(mean_of(np.arange(4.0)), np.arange(4))
    assert (found.value, found.low, found.high) == (1.5, None, None)
