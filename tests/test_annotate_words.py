"""The words the coder sees, and the text the rules see."""

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.annotate.words import NAME, NUMBER, masked_text, masked_words
from alliance_nlp.parse import ensure_parsed

NLP = spacy.blank("en")


def words_of(text, *names):
    """The masked words of each sentence; a name is given by the words it is made of."""
    doc = NLP(text)
    state = ensure_parsed(doc, "provider") | {"names": places(doc, names)}
    special = {NLP.vocab.strings[each]: each for each in (NAME, NUMBER)}
    words = masked_words(doc, state)
    sentences = [[] for _ in state["sents"]]
    for hashed, at in zip(words.hashes.tolist(), words.sentence.tolist(), strict=True):
        sentences[at].append(special.get(hashed) or NLP.vocab.strings[hashed])
    return sentences


def places(doc, names):
    tokens = [token.text for token in doc]
    wide = [name.split() for name in names]
    return [[at, at + len(n)] for at in range(len(tokens)) for n in wide if tokens[at : at + len(n)] == n]


def test_annotate_words_are_lower_case_without_punctuation():
    assert words_of("Well, HOW is it?") == [["well", "how", "is", "it", "?"]]


def test_annotate_words_a_name_with_its_title_is_one_word():
    assert words_of("Hi Ms. Ray, sit.", "Ms. Ray") == [["hi", NAME, "sit"]]


@pytest.mark.parametrize("number", ["10", "3.5", "120/80", "L4", "1990s"])
def test_annotate_words_every_number_is_the_same_word(number):
    assert words_of(f"about {number} now") == [["about", NUMBER, "now"]]


def test_annotate_words_know_their_sentence():
    assert words_of("Hi. Any pain?") == [["hi"], ["any", "pain", "?"]]


def test_annotate_words_of_an_empty_doc():
    assert words_of("") == []


def test_annotate_words_that_are_symbols_of_spacy_keep_their_hash():
    doc = NLP("mark the acl")
    words = masked_words(doc, ensure_parsed(doc, "provider") | {"names": []})
    assert words.hashes.tolist() == [token.lower for token in doc]


def test_annotate_words_masked_text_is_lower_case_with_names_replaced():
    doc = NLP("Thanks, Ms. Ray. I’m Dana Reed")
    state = ensure_parsed(doc, "provider") | {"names": places(doc, ["Ms. Ray", "Dana Reed"])}
    assert masked_text(doc, state, 0, len(doc)) == f"thanks, {NAME}. i'm {NAME}"


def test_annotate_words_masked_text_holds_no_name_beside_its_sentence():
    doc = NLP("Hi Jo. Sit down. Bye Jo.")
    state = ensure_parsed(doc, "provider") | {"names": places(doc, ["Jo"])}
    start, end, _ = state["sents"][1]
    assert masked_text(doc, state, start, end) == "sit down."


@given(st.text(max_size=80), st.data())
def test_annotate_words_never_show_a_masked_token(text, data):
    doc = NLP(text)
    state = ensure_parsed(doc, "provider")
    at = data.draw(st.integers(0, len(doc)))
    to = data.draw(st.integers(at, len(doc)))
    state = state | {"names": [[at, to]] if to > at else []}
    words = masked_words(doc, state)
    assert len(words.hashes) == len(words.sentence)
    assert (words.sentence[1:] >= words.sentence[:-1]).all()
    outside = {token.lower for token in doc if not at <= token.i < to}
    special = {NLP.vocab.strings[each] for each in (NAME, NUMBER)}
    assert set(words.hashes.tolist()) <= outside | special
