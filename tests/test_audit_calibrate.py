import numpy as np
import pytest
from audit_clinic import make_audit, reviews_of

from alliance_nlp.audit.calibrate import fit_calibration, leave_one_out, sentences
from alliance_nlp.calibration import calibrate_report
from alliance_nlp.errors import BadAudit, BadOption
from alliance_nlp.estimate import EstimatorWeights, PartWeights
from alliance_nlp.interval import Spread
from alliance_nlp.records import PARTS


class Model:
    """What a calibration takes of a model."""

    name = "en_alliance-0.0.1"
    estimator = {  # noqa: RUF012
        kind: EstimatorWeights(
            parts={part: PartWeights(base=3, terms=(), spread=Spread(usual=1)) for part in PARTS},
            alliance_spread=Spread(usual=1),
            strong=(4.0, -14.0),
        )
        for kind in ("transcript", "note")
    }


@pytest.fixture
def lenient(tmp_path):
    """Reviewers who give about a point more than the tool, 32 visits."""
    rng = np.random.default_rng(0)
    ratings = rng.integers(2, 6, 32)
    values = np.clip(ratings - 1 + rng.normal(0, 0.3, 32), 1, 5)
    return reviews_of(make_audit(tmp_path, [round(float(v), 4) for v in values], {"Dana": ratings.tolist()}))


def test_calibrate_shifts_to_the_clinics_use_of_the_scale(lenient):
    fitted = fit_calibration(lenient, Model())
    goal = fitted.kinds["transcript"].parts["goal"]
    assert goal.applied
    assert goal.visits == 32
    assert goal.shift == pytest.approx(np.mean(lenient.together[:, 0] - lenient.tool[:, 0]), abs=1e-4)
    assert goal.error_after < 0.6 * goal.error_before
    assert set(fitted.kinds) == {"transcript"}
    assert any("goal: shifted by +0.9" in sentence for sentence in sentences(fitted, lenient))


def test_calibrate_brings_scores_nearer_to_the_ratings(lenient):
    fitted = fit_calibration(lenient, Model())
    after = [calibrate_report(visit.report, fitted).scores.goal.value for visit in lenient.visits]
    ratings = lenient.together[:, 0]
    assert np.abs(after - ratings).mean() < 0.6 * np.abs(lenient.tool[:, 0] - ratings).mean()


def test_calibrate_is_left_off_where_the_error_does_not_fall(tmp_path):
    ratings = [2, 3, 4, 3] * 8
    values = [rating + (0.5 if n % 2 else -0.5) for n, rating in enumerate(ratings)]
    reviews = reviews_of(make_audit(tmp_path, values, {"Dana": ratings}))
    fitted = fit_calibration(reviews, Model())
    goal = fitted.kinds["transcript"].parts["goal"]
    assert not goal.applied
    assert goal.error_after >= goal.error_before
    assert any("goal: left off, the leave-one-out error would not fall" in each for each in sentences(fitted, reviews))
    report = reviews.visits[0].report
    assert calibrate_report(report, fitted) == report


def test_calibrate_leave_one_out_is_fitted_without_the_visit():
    rng = np.random.default_rng(1)
    rating, score, weights = rng.uniform(1, 5, 6), rng.uniform(1, 5, 6), rng.uniform(1, 3, 6)
    errors = []
    for out in range(6):
        rest = np.arange(6) != out
        shift = np.average((rating - score)[rest], weights=weights[rest])
        errors.append(rating[out] - np.clip(score[out] + shift, 1, 5))
    expected = np.sqrt(np.average(np.square(errors), weights=weights))
    assert leave_one_out(rating, score, weights).error_after == pytest.approx(expected)


def test_calibrate_takes_thirty_rated_visits(tmp_path):
    reviews = reviews_of(make_audit(tmp_path, [3.0] * 29, {"Dana": [4] * 29}))
    with pytest.raises(BadAudit, match="29 visits of a kind have both"):
        fit_calibration(reviews, Model())


def test_calibrate_names_another_model(tmp_path):
    reviews = reviews_of(make_audit(tmp_path, [3.0], {"Dana": [4]}, model="en_alliance-9.9.9"))
    with pytest.raises(BadOption, match=r"the audit is of en_alliance-9\.9\.9"):
        fit_calibration(reviews, Model())
