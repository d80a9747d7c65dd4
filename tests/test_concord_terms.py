import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.concord.terms import days_in, numbers_in, sides_in, terms_of


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("R/V 3/52", "We'll review it in three weeks."),
        ("HEP BID", "home exercise program twice a day"),
        ("next visit Thurs", "next visit Thursday"),
        ("walk 55 ft", "walk fifty-five feet"),
    ],
)
def test_concord_terms_note_and_talk_meet(note, said):
    assert set(terms_of(note, note=True)) <= set(terms_of(said, note=False))


def test_concord_terms_numbers_and_days_are_told_apart():
    terms = terms_of("twice on Monday", note=False)
    assert (numbers_in(terms), days_in(terms)) == ({"2"}, {"monday"})


def test_concord_terms_sat_is_a_day_only_with_a_capital():
    assert not days_in(terms_of("she sat down", note=False))
    assert days_in(terms_of("Walk Sat", note=True))


def test_concord_terms_right_is_a_side_only_beside_the_body():
    assert sides_in("that's right") == frozenset()
    assert sides_in("the right knee") == {"right"}


@given(st.text(max_size=80), st.booleans())
def test_concord_terms_read_any_text(text, note):
    assert all(terms_of(text, note=note))
