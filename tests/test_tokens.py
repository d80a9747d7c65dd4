"""Tokens of a Doc as arrays."""

import gc
from threading import Thread

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.attrs import IDX, LENGTH, LOWER

from alliance_nlp import tokens as module
from alliance_nlp.tokens import Lexicon, tokens_of

NLP = spacy.blank("en")


@given(st.text(max_size=60))
def test_tokens_are_those_of_spacy(text):
    doc = NLP(text)
    tokens = tokens_of(doc)
    expected = doc.to_array([LOWER, IDX, LENGTH]).reshape(-1, 3).astype(np.int64)
    assert tokens.lower.astype(np.int64).tolist() == expected[:, 0].tolist()
    assert tokens.first.tolist() == expected[:, 1].tolist()
    assert (tokens.last - tokens.first).tolist() == expected[:, 2].tolist()
    assert [tokens.text[a:b] for a, b in zip(tokens.first, tokens.last, strict=True)] == [token.text for token in doc]


def test_tokens_know_capitals_marks_and_digits_by_word():
    tokens = tokens_of(NLP("Take 2 , please"))
    lexicon, row = tokens.lexicon, tokens.row
    assert lexicon.digit[row].tolist() == [False, True, False, False]
    assert lexicon.mark[row].tolist() == [False, False, True, False]


def test_tokens_ask_of_a_column_only_what_is_new():
    asked = []

    def make(new):
        asked.extend(new.words)
        return np.array([word == "zebra" for word in new.words])

    assert tokens_of(NLP("a zebra sleeps")).column("zebra", make).tolist() == [False, True, False]
    assert tokens_of(NLP("no zebra runs")).column("zebra", make).tolist() == [False, True, False]
    assert asked.count("zebra") == 1


def test_tokens_of_a_doc_are_looked_up_once_and_not_kept_beyond_it():
    doc = NLP("Any pain?")
    assert tokens_of(doc) is tokens_of(doc)
    before = len(module._mine.of)
    del doc
    gc.collect()
    assert len(module._mine.of) < before


def test_tokens_of_a_doc_that_was_merged_are_looked_up_again():
    doc = NLP("New York is big")
    before = tokens_of(doc)
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[0:2])
    assert (len(before), len(tokens_of(doc))) == (4, 3)


def test_tokens_lexicon_begins_anew_where_it_has_grown(monkeypatch):
    monkeypatch.setattr(module, "MAX_WORDS", 0)
    before = tokens_of(NLP("one two")).lexicon
    after = tokens_of(NLP("one three"))
    assert after.lexicon is not before
    assert after.lower.tolist() == [token.lower for token in NLP("one three")]


def test_tokens_lexicon_finds_words_that_share_a_slot(monkeypatch):
    monkeypatch.setattr(module, "_MASK", np.uint64(1))
    lexicon = Lexicon()
    words = [f"word{n}" for n in range(9000)]
    orth = np.array([NLP.vocab.strings.add(word) for word in words], np.uint64)
    rows = lexicon.rows(orth, NLP.vocab)
    assert [lexicon.words[row] for row in rows.tolist()] == words
    assert lexicon.rows(orth, NLP.vocab).tolist() == rows.tolist()


def test_tokens_each_thread_has_a_lexicon_of_its_own():
    found = []
    thread = Thread(target=lambda: found.append(tokens_of(NLP("hi")).lexicon))
    thread.start()
    thread.join()
    assert found[0] is not tokens_of(NLP("hi")).lexicon


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_tokens_of_next_to_nothing(text):
    assert len(tokens_of(NLP(text))) == len(NLP(text))
