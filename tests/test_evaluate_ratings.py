"""Scores against gold ratings."""

import pytest
from stand_in import make_report

from alliance_nlp.corpus.gold import GoldVisit
from alliance_nlp.evaluate.ratings import (
    measure_pairs,
    measure_quality,
    measure_ratings,
    measure_strong,
    training_means,
)
from alliance_nlp.records import PARTS, AllianceScore, Score, Scores, Visit

MEANS = dict.fromkeys(PARTS, 3.0)


def gold_of(n, rating, **fields):
    fields = {"source": "aci", "group": f"g{n}", **fields}
    return GoldVisit(Visit(visit_id=f"v{n}"), ratings=dict.fromkeys(PARTS, rating), **fields)


def report_of(n, value, half=1.0, p_strong=0.5, **lower):
    scores = {part: Score(value=value - lower.get(part, 0), low=value - half, high=value + half) for part in PARTS}
    alliance = AllianceScore(value=value, low=value - half, high=value + half, band="fair", p_strong=p_strong)
    return make_report(f"v{n}", scores=Scores(**scores, alliance=alliance))


def abstained(n):
    changes = {"status": "abstained", "abstained_because": "too_short", "scores": None, "contributions": ()}
    return make_report(f"v{n}", **changes)


def measured(pairs, **fields):
    golds = [gold_of(n, rating, **fields) for n, (rating, _) in enumerate(pairs)]
    reports = {f"v{n}": abstained(n) if said is None else report_of(n, said) for n, (_, said) in enumerate(pairs)}
    return measure_ratings(golds, reports, {gold.visit.visit_id: MEANS for gold in golds})


def test_evaluate_ratings_of_scores_that_are_right():
    goal = measured([(n, float(n)) for n in (1, 2, 3, 4, 5)])["goal"]
    assert goal["spearman"]["rho"] == pytest.approx(1)
    assert (goal["mae"], goal["coverage"], goal["width"]) == (0, 1, 2)


def test_evaluate_ratings_of_scores_the_wrong_way_round():
    goal = measured([(n, 6.0 - n) for n in (1, 2, 3, 4, 5)])["goal"]
    assert goal["spearman"]["rho"] == pytest.approx(-1)
    assert goal["mae"] == pytest.approx(12 / 5)
    assert goal["coverage"] == 1 / 5


def test_evaluate_ratings_coverage_has_its_own_interval():
    goal = measured([(3, 3.0)] * 18 + [(5, 3.0)] * 2)["goal"]
    assert goal["coverage"] == pytest.approx(0.9)
    assert goal["coverage_low"] < 0.9 < goal["coverage_high"]


def test_evaluate_ratings_an_abstained_visit_counts_at_the_training_mean():
    figures = measured([(1, 1.0), (5, None), (4, 4.0)])
    assert figures["abstained"] == 1
    assert figures["goal"]["mae"] == pytest.approx(2 / 3)


def test_evaluate_ratings_are_told_within_each_source():
    golds = [gold_of(n, n + 1, source=source) for n, source in enumerate(["annomi", "annomi", "aci", "aci"])]
    reports = {f"v{n}": report_of(n, value) for n, value in enumerate([1.0, 2.0, 5.0, 4.0])}
    goal = measure_ratings(golds, reports, {f"v{n}": MEANS for n in range(4)})["goal"]
    assert goal["within"] == {"annomi": pytest.approx(1), "aci": pytest.approx(-1)}


def test_evaluate_ratings_intervals_are_the_same_every_time():
    pairs = [(1, 2.0), (2, 1.0), (3, 4.0), (4, 3.0), (5, 5.0), (2, 3.0)]
    assert measured(pairs) == measured(pairs)


def test_evaluate_ratings_brier_of_a_strong_alliance():
    golds = [gold_of(0, 4), gold_of(1, 2)]
    reports = {"v0": report_of(0, 4.0, p_strong=0.8), "v1": report_of(1, 2.0, p_strong=0.4)}
    figures = measure_strong(golds, reports)
    assert figures["brier"] == pytest.approx((0.2**2 + 0.4**2) / 2)
    assert (figures["share"], figures["brier_of_share"]) == (0.5, 0.25)


def quality(values, labels):
    golds = [gold_of(n, 3, source="annomi", quality=label) for n, label in enumerate(labels)]
    return measure_quality(golds, {f"v{n}": report_of(n, value) for n, value in enumerate(values)})


def test_evaluate_ratings_high_quality_above_low():
    assert quality([4.0, 3.0, 2.0, 1.0], ["high", "high", "low", "low"])["auc"] == 1.0
    assert quality([1.0, 2.0, 3.0, 4.0], ["high", "high", "low", "low"])["auc"] == 0.0


def test_evaluate_ratings_quality_of_one_label_has_no_figure():
    assert quality([4.0, 3.0], ["high", "high"]) == {}


def test_evaluate_ratings_pairs_tell_how_far_the_lowered_part_falls():
    golds = [gold_of(0, 4, pair="v1"), gold_of(1, 4, pair="v0", expect_lower=("task",))]
    found = measure_pairs(golds, {"v0": report_of(0, 4.0), "v1": report_of(1, 4.0, task=1.5)})
    assert {each["part"]: (each["fall"], each["expected"]) for each in found} == {
        "goal": (0, False), "task": (1.5, True), "bond": (0, False),
    }  # fmt: skip


def test_evaluate_ratings_training_means():
    assert training_means([gold_of(0, 2), gold_of(1, 5)]) == dict.fromkeys(PARTS, 3.5)
