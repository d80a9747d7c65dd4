"""Codes written into text, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.corpus.markup import parse_markup, write_markup
from alliance_nlp.errors import BadCorpus

PLAIN = st.text(st.characters(exclude_characters="<>", codec="utf-8"), max_size=20)


def test_corpus_markup_two_codes_on_one_stretch():
    assert parse_markup("<goal_state,goal_align>To run?</>") == (
        "To run?",
        [("goal_align", 0, 7), ("goal_state", 0, 7)],
    )


def test_corpus_markup_stretches_nest():
    text, codes = parse_markup("<affirm>Well done, <name_vocative>Jo</>!</>")
    assert [(code, text[start:end]) for code, start, end in codes] == [
        ("affirm", "Well done, Jo!"),
        ("name_vocative", "Jo"),
    ]


@pytest.mark.parametrize("marked", ["<goal>x</>", "<affirm>x", "x</>", "<affirm,nope>x</>"])
def test_corpus_markup_faults_name_their_place(marked):
    with pytest.raises(BadCorpus, match=r"^a.txt, line 2: "):
        parse_markup(marked, "a.txt, line 2")


def test_corpus_markup_other_angle_brackets_are_text():
    assert parse_markup("a < b > c") == ("a < b > c", [])


@given(st.lists(st.tuples(PLAIN, st.sampled_from([None, *CODE_NAMES])), max_size=6))
def test_corpus_markup_writing_is_the_inverse_of_reading(pieces):
    text, codes = "", []
    for piece, code in pieces:
        if code and piece:
            codes.append((code, len(text), len(text) + len(piece)))
        text += piece
    assert parse_markup(write_markup(text, codes)) == (text, sorted(codes, key=lambda c: (c[1], c[2], c[0])))
