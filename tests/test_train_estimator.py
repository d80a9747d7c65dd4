"""Fit the visit estimator."""

import numpy as np
import pytest

from alliance_nlp.estimate import estimate_row
from alliance_nlp.featurise import FEATURES, features_of
from alliance_nlp.records import PARTS
from alliance_nlp.train.estimator import DOCUMENTED_BY, RatedRow, fit_estimator
from alliance_nlp.train.interval import COVERAGE


@pytest.fixture(scope="module")
def rows():
    """Visits whose ratings rise with how often goals are sought and fall with blame."""
    rng = np.random.default_rng(0)
    made = []
    for n in range(150):
        row = {feature.name: float(rng.uniform(0, feature.cap)) for feature in FEATURES}
        value = 2 + row["goals_said_back"] / 4 - row["bond_judge"] / 6 + rng.normal(0, 0.3)
        made.append(RatedRow(row, dict.fromkeys(PARTS, int(np.clip(round(value), 1, 5))), n % 5))
    return made


@pytest.fixture(scope="module")
def weights(rows):
    return fit_estimator(rows, "transcript")


def test_train_estimator_learns_what_moves_the_ratings(rows, weights):
    for part in PARTS:
        said = [estimate_row(each.row, weights).values[part] for each in rows]
        assert np.corrcoef(said, [each.ratings[part] for each in rows])[0, 1] > 0.8


def test_train_estimator_intervals_hold_their_share(rows, weights):
    for part in PARTS:
        scores = [getattr(estimate_row(each.row, weights).scores, part) for each in rows]
        inside = np.mean([s.low <= each.ratings[part] <= s.high for s, each in zip(scores, rows, strict=True)])
        assert inside >= COVERAGE - 0.03


def test_train_estimator_terms_obey_their_sign(weights):
    sign = {feature.name: feature.sign for feature in FEATURES}
    steps = [(sign[t.feature], step) for part in PARTS for t in weights.parts[part].terms for step in t.steps]
    assert all(way * step >= 0 for way, step in steps)


def test_train_estimator_knots_rise_from_0_to_the_cap(weights):
    cap = {feature.name: feature.cap for feature in FEATURES}
    for part in PARTS:
        for term in weights.parts[part].terms:
            assert term.knots[0] == 0
            assert term.knots[-1] == cap[term.feature]
            assert list(term.knots) == sorted(set(term.knots))


def test_train_estimator_a_strong_alliance_is_likelier_at_a_higher_value(weights):
    assert weights.strong[0] > 0


def test_train_estimator_is_the_same_the_second_time(rows, weights):
    assert fit_estimator(rows, "transcript") == weights


def test_train_estimator_of_notes_uses_features_of_notes_and_asks_for_documentation(rows):
    weights = fit_estimator(rows, "note")
    for part in PARTS:
        assert {term.feature for term in weights.parts[part].terms} <= {f.name for f in features_of(part, "note")}
        assert weights.parts[part].documented_by == DOCUMENTED_BY[part]


def test_train_estimator_of_transcripts_takes_every_part_as_documented(weights):
    assert all(weights.parts[part].documented_by == () for part in PARTS)


def test_train_estimator_documentation_is_of_known_features():
    assert {name for names in DOCUMENTED_BY.values() for name in names} <= {f.name for f in FEATURES if f.note}


@pytest.mark.parametrize("rating", [1, 5])
def test_train_estimator_ratings_that_never_differ_are_learnt(rows, rating):
    same = [each._replace(ratings=dict.fromkeys(PARTS, rating)) for each in rows]
    estimate = estimate_row(rows[0].row, fit_estimator(same, "transcript"))
    assert estimate.values["goal"] == pytest.approx(rating, abs=1e-3)
