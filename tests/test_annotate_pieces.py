import pytest

from alliance_nlp.annotate.pieces import Pieces

VOCABULARY = ["[UNK]", "[CLS]", "[SEP]", "walk", "##ing", "##s", "n", "'", "t", "do", "re", "##hab", "?", "10", "cafe"]


@pytest.fixture
def pieces():
    return Pieces(VOCABULARY)


def told(pieces, *words):
    return [VOCABULARY[at] for at in pieces.of_words(words)]


def test_pieces_take_the_longest_first(pieces):
    assert told(pieces, "walking", "walks", "rehab") == ["walk", "##ing", "walk", "##s", "re", "##hab"]


def test_pieces_split_at_punctuation(pieces):
    assert told(pieces, "do", "n't", "?") == ["do", "n", "'", "t", "?"]


def test_pieces_strip_accents_and_capitals(pieces):
    assert told(pieces, "Café") == ["cafe"]


def test_pieces_of_a_word_without_pieces_are_unknown(pieces):
    assert told(pieces, "walkz", "z" * 200) == ["[UNK]", "[UNK]"]


def test_pieces_of_nothing_are_none(pieces):
    assert told(pieces, "", " ", "\u0301") == []


def test_pieces_forget_when_they_know_too_many(pieces, monkeypatch):
    monkeypatch.setattr("alliance_nlp.annotate.pieces._MAX_KNOWN", 2)
    for word in ("walk", "walks", "walking", "do"):
        pieces.of_words([word])
    assert len(pieces._known) <= 2
    assert told(pieces, "walk") == ["walk"]
