"""Keys found many at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.annotate.keys import KeyTable

KEYS = st.integers(0, 2**64 - 1)


@given(st.lists(KEYS, unique=True, max_size=50), st.lists(KEYS, max_size=50))
def test_annotate_keys_finds_what_is_there_and_nothing_else(keys, others):
    wanted = [*keys, *others]
    expected = [keys.index(key) if key in keys else -1 for key in wanted]
    assert KeyTable(np.array(keys, np.uint64)).find(np.array(wanted, np.uint64)).tolist() == expected


@pytest.mark.parametrize("shift", [0, 40])
def test_annotate_keys_finds_keys_that_share_a_slot(shift):
    keys = np.arange(5000, dtype=np.uint64) << np.uint64(shift)
    table = KeyTable(keys)
    assert table.find(keys).tolist() == list(range(5000))
    assert (table.find(keys + np.uint64(1) + (np.uint64(5000) << np.uint64(shift))) == -1).all()


def test_annotate_keys_minus_one_is_no_key():
    assert KeyTable(np.array([0, 3])).find(np.array([-1, 0])).tolist() == [-1, 0]
