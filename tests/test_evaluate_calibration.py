"""How well probabilities hold."""

import numpy as np
import pytest

from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.evaluate.calibration import calibration, measure_codes


def test_evaluate_calibration_of_probabilities_that_hold_exactly():
    found = calibration(np.full(10, 0.3), np.arange(10) < 3)
    assert found.ece == pytest.approx(0)
    assert found.brier == pytest.approx(0.21)
    assert found.bins == ((pytest.approx(0.3), pytest.approx(0.3), 10),)


def test_evaluate_calibration_weighs_each_tenth_by_its_number():
    found = calibration(np.array([0.95] * 3 + [0.05]), np.array([False] * 3 + [True]))
    assert found.ece == pytest.approx(0.95)
    assert [number for _, _, number in found.bins] == [1, 3]


def test_evaluate_calibration_a_sure_answer_is_in_the_last_tenth():
    assert calibration(np.array([1.0]), np.array([True])).bins == ((1.0, 1.0, 1),)


def test_evaluate_calibration_of_every_code_and_of_all():
    gold = np.zeros((2, len(CODE_NAMES)), bool)
    found = measure_codes(gold + 0.5, gold)
    assert list(found) == [*CODE_NAMES, "all"]
    assert all(each.brier == 0.25 for each in found.values())
