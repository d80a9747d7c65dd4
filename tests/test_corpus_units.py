from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.corpus.units import coding_units

MARKED = st.text(alphabet="aiI.?!… \"')]\nDr\u00e9\U0001f600", max_size=40)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Hi. How are you?", ["Hi.", "How are you?"]),
        ("It's 3.5 now.  Go on", ["It's 3.5 now.", "Go on"]),
        ("Mr . Fox is in. So am I. Good.", ["Mr . Fox is in.", "So am I.", "Good."]),
        ("I saw J. Fox.", ["I saw J. Fox."]),
        ('He said "go." Then he went... ?', ['He said "go."', "Then he went... ?"]),
        ("...", []),
        ("... Well.", ["... Well."]),
        ("", []),
    ],
)
def test_corpus_units_are_sentences(text, sentences):
    assert [text[start:end] for start, end in coding_units(text)] == sentences


@given(MARKED)
def test_corpus_units_follow_one_another_and_hold_all_words(text):
    units = coding_units(text)
    assert all(0 <= start < end <= len(text) for start, end in units)
    assert all(before[1] <= after[0] for before, after in pairwise(units))
    outside = text
    for start, end in reversed(units):
        assert any(character.isalnum() for character in text[start:end])
        outside = outside[:start] + outside[end:]
    assert not any(character.isalnum() for character in outside)
