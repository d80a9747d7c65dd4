"""Fit the width of intervals."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.train.interval import COVERAGE, conformal_width, fit_spread


@given(st.lists(st.floats(0, 4), min_size=1, max_size=60))
def test_train_interval_conformal_width_holds_its_share(misses):
    width = conformal_width(np.array(misses))
    assert np.mean(np.array(misses) <= width) >= COVERAGE or width == max(misses)
    assert width in misses


def test_train_interval_is_wide_where_the_misses_are_large():
    rng = np.random.default_rng(0)
    doubt = rng.uniform(0, 3, 400)
    misses = np.abs(rng.normal(0, 0.2 + 0.3 * doubt))
    spread = fit_spread([{"goals_doubt": float(each)} for each in doubt], misses)
    half = np.array([spread.half_width({"goals_doubt": float(each)}) for each in doubt])
    assert half[doubt > 2].mean() > 1.5 * half[doubt < 1].mean()
    for within in (doubt < 1, doubt > 2):
        assert abs(np.mean(misses[within] <= half[within]) - COVERAGE) < 0.08
