import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from alliance_nlp.audit.agreement import alpha, bland_altman, icc, quadratic_kappa

#: Shrout and Fleiss (1979), table 2: six targets, four judges.
SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)
#: Krippendorff (2011), example C: four observers, twelve units, missing data.
_ = np.nan
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
).T


def of_all(statistic, n):
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(statistic(np.ones((1, n)))[0])


@pytest.mark.parametrize(("of", "published"), [("one", 0.29), ("mean", 0.62)])
def test_agreement_icc_is_that_of_shrout_and_fleiss(of, published):
    assert round(of_all(icc(SHROUT_FLEISS, of), 6), 2) == published


@pytest.mark.parametrize(("level", "published"), [("interval", 0.849), ("ordinal", 0.815)])
def test_agreement_alpha_is_that_of_krippendorff(level, published):
    assert round(of_all(alpha(KRIPPENDORFF, level), 12), 3) == published


def test_agreement_kappa_with_weights_is_that_of_scikit_learn_and_statsmodels():
    rng = np.random.default_rng(0)
    a = rng.integers(1, 6, 40).astype(float)
    b = np.clip(a + rng.integers(-2, 3, 40), 1, 5)
    weights = rng.uniform(1, 5, (1, 40))
    expected = cohen_kappa_score(a, b, weights="quadratic", sample_weight=weights[0], labels=[1, 2, 3, 4, 5])
    table = np.zeros((5, 5))
    np.add.at(table, (a.astype(int) - 1, b.astype(int) - 1), weights[0])
    assert quadratic_kappa(a, b)(weights)[0] == pytest.approx(expected)
    assert cohens_kappa(table, wt="quadratic", return_results=False) == pytest.approx(expected)


STATISTICS = {
    "kappa": lambda a: quadratic_kappa(a[:, 0], a[:, 1]),
    "icc one": lambda a: icc(a, "one"),
    "icc mean": lambda a: icc(a, "mean"),
    "alpha interval": lambda a: alpha(a, "interval"),
    "alpha ordinal": lambda a: alpha(a, "ordinal"),
    "difference": lambda a: bland_altman(a[:, 0], a[:, 1], "difference"),
    "limit": lambda a: bland_altman(a[:, 0], a[:, 1], "high"),
}


@pytest.mark.parametrize("name", STATISTICS)
def test_agreement_a_visit_of_weight_2_is_a_visit_that_is_there_twice(name):
    ratings = np.random.default_rng(1).integers(1, 6, (9, 2)).astype(float)
    times = np.array([[1, 2, 1, 1, 3, 1, 1, 2, 1]])
    twice = np.repeat(ratings, times[0], axis=0)
    assert STATISTICS[name](ratings)(times.astype(float))[0] == pytest.approx(of_all(STATISTICS[name](twice), 13))


@pytest.mark.parametrize("name", ["kappa", "icc one", "icc mean", "alpha interval", "alpha ordinal"])
@pytest.mark.parametrize("ratings", [[[3, 3]], [[3, 3]] * 4], ids=["one visit", "constant"])
def test_agreement_without_anything_to_tell_apart_is_undefined(name, ratings):
    ratings = np.array(ratings, float)
    assert np.isnan(of_all(STATISTICS[name](ratings), len(ratings)))


def test_agreement_full_agreement_is_one():
    ratings = np.repeat([[1.0], [2.0], [5.0]], 2, axis=1)
    for name in ("kappa", "icc one", "icc mean", "alpha interval", "alpha ordinal"):
        assert of_all(STATISTICS[name](ratings), 3) == pytest.approx(1)


def test_agreement_limits_are_those_of_bland_and_altman():
    a, b = np.array([1.0, 2, 3, 5]), np.array([2.0, 2, 2, 2])
    deviation = (a - b).std(ddof=1)
    assert of_all(bland_altman(a, b, "low"), 4) == pytest.approx(0.75 - 1.96 * deviation)
    assert of_all(bland_altman(a, b, "difference"), 4) == pytest.approx(0.75)
