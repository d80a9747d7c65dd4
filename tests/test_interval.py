"""Half widths of intervals."""

import math

from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.interval import LEAST_MISS, Spread, interval, spread_inputs


@given(st.floats(1, 5), st.floats(0, 4))
def test_interval_holds_its_value_within_the_scale(value, half_width):
    low, high = interval(value, half_width)
    assert 1 <= low <= value <= high <= 5


def test_interval_is_never_narrower_than_the_least_miss():
    assert Spread(usual=-3.0, factor=2.0).half_width({}) == 2 * LEAST_MISS


def test_interval_grows_with_doubt():
    spread = Spread(usual=0.2, slopes={"goals_doubt": 0.5}, factor=2.0)
    assert spread.half_width({"goals_doubt": 2.0}) > spread.half_width({"goals_doubt": 1.0})


def test_interval_doubt_that_is_undefined_counts_as_none():
    assert spread_inputs(2.0, (2.0,), {"goals_doubt": math.nan}, ["goals_doubt"])["goals_doubt"] == 0.0
