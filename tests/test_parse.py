"""Visit -> Doc: turns, sentences, offsets."""

from itertools import pairwise

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.parse import ensure_parsed, parse_visit, split_note, split_sentences
from alliance_nlp.records import Visit

NLP = spacy.blank("en")
TEXTS = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(" .?!\n\t'\"\u00a0\u2028…’")), max_size=60)


def spoken(*texts, roles=("provider", "patient")):
    turns = [{"role": roles[n % len(roles)], "text": text} for n, text in enumerate(texts)]
    return Visit(visit_id="v", turns=turns)


def state_of(visit):
    return parse_visit(visit, NLP)._.alliance_visit


def sentences(visit):
    doc = parse_visit(visit, NLP)
    return [(turn, doc[start:end].text) for start, end, turn in doc._.alliance_visit["sents"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi. Any pain?", ["Hi.", "Any pain?"]),
        ("Hi Dr. Reed. Sit down.", ["Hi Dr. Reed.", "Sit down."]),
        ("Come at 3 p.m. or later.", ["Come at 3 p.m. or later."]),
        ("This is Mary K. Jones.", ["This is Mary K. Jones."]),
        ('He said "stop." So I did.', ['He said "stop."', "So I did."]),
        ("Well… maybe.", ["Well…", "maybe."]),
        ("What?! No!", ["What?!", "No!"]),
        ("about 3.5 miles", ["about 3.5 miles"]),
        ("Hm . . . yes", ["Hm . . .", "yes"]),
        ("", []),
        (" \n ", []),
        ("...", []),
    ],
)
def test_parse_splits_sentences(text, expected):
    assert [text[start:end] for start, end in split_sentences(text)] == expected


def test_parse_a_turn_without_punctuation_is_one_sentence():
    assert sentences(spoken("so how did the week go", "not bad i did the stairs twice")) == [
        (0, "so how did the week go"),
        (1, "not bad i did the stairs twice"),
    ]


def test_parse_a_sentence_never_crosses_a_turn():
    assert sentences(spoken("and then you", "Fell, yes.")) == [(0, "and then you"), (1, "Fell, yes.")]


def test_parse_a_note_is_split_at_its_lines():
    text = "GOALS\n- climb stairs\n\n- sleep. Agreed."
    assert [text[a:b] for a, b in split_note(text)] == ["GOALS", "- climb stairs", "- sleep.", "Agreed."]


def test_parse_turns_hold_their_first_character_and_role():
    assert [turn[2:] for turn in state_of(spoken("Hi.", "", "Bye."))["turns"]] == [
        [0, "provider"],
        [4, "patient"],
        [5, "provider"],
    ]


def test_parse_an_empty_turn_has_no_tokens_of_its_own():
    start, end, *_ = state_of(spoken("Hi.", "", "Bye."))["turns"][1]
    assert start == end


def test_parse_a_visit_without_turns_has_no_sentences():
    assert state_of(Visit(visit_id="v"))["sents"] == []


def test_parse_a_note_is_the_providers():
    state = state_of(Visit(visit_id="n", text="Pt wants to run."))
    assert (state["kind"], state["turns"][0][3]) == ("note", "provider")


def test_parse_keeps_what_the_roster_knows():
    visit = Visit(visit_id="v", patient={"given": "Jo", "aliases": ["Joey"]}, provider={"name": "Dana Reed, DPT"})
    state = state_of(visit)
    assert state["patient"] == {"given": "Jo", "family": None, "aliases": ["Joey"]}
    assert state["provider"] == "Dana Reed, DPT"


def test_parse_marks_its_sentences_on_the_doc():
    doc = parse_visit(spoken("Hi. Any pain?", "no"), NLP)
    assert [sent.text.strip() for sent in doc.sents] == ["Hi.", "Any pain?", "no"]


def test_parse_a_doc_without_turns_is_one_turn_of_the_role_given():
    state = ensure_parsed(NLP("I want to run. And you?"), "patient")
    assert [turn[3] for turn in state["turns"]] == ["patient"]
    assert len(state["sents"]) == 2


def test_parse_leaves_a_parsed_doc_as_it_is():
    doc = parse_visit(spoken("Hi."), NLP)
    assert ensure_parsed(doc, "patient") is doc._.alliance_visit
    assert doc._.alliance_visit["turns"][0][3] == "provider"


@given(TEXTS)
def test_parse_sentences_are_ordered_trimmed_and_hold_every_word(text):
    bounds = split_sentences(text)
    assert all(0 <= start < end <= len(text) for start, end in bounds)
    assert all(before[1] <= after[0] for before, after in pairwise(bounds))
    assert all(text[start:end] == text[start:end].strip() for start, end in bounds)
    inside = "".join(text[start:end] for start, end in bounds)
    assert sum(map(str.isalnum, inside)) == sum(map(str.isalnum, text))


@given(st.lists(TEXTS, max_size=6))
def test_parse_turns_and_sentences_lie_where_their_text_is(texts):
    doc = parse_visit(spoken(*texts), NLP)
    state = doc._.alliance_visit
    for text, (_, _, first, _) in zip(texts, state["turns"], strict=True):
        assert doc.text[first : first + len(text)] == text
    for start, end, turn in state["sents"]:
        span, first = doc[start:end], state["turns"][turn][2]
        at = span.start_char - first
        assert texts[turn][at : at + len(span.text)] == span.text


@given(TEXTS)
def test_parse_sentences_of_a_note_lie_within_its_text(text):
    doc = parse_visit(Visit(visit_id="n", text=text), NLP)
    assert doc.text == text
    assert all(0 <= start < end <= len(doc) for start, end, _ in doc._.alliance_visit["sents"])


def test_parse_a_tokeniser_that_has_learnt_gives_the_same_tokens():
    said = "I don't know, I'm fine. Don't worry, it's the (left) knee; it's better."
    visit = Visit(visit_id="v", turns=[{"role": "patient", "text": said}, {"role": "provider", "text": said}])
    nlp, known = spacy.blank("en"), set()
    tokens = [token.text for token in parse_visit(visit, spacy.blank("en"))]
    for _ in range(2):
        assert [token.text for token in parse_visit(visit, nlp, known)] == tokens
    assert known == set(said.split())


def test_split_note_keeps_the_number_of_an_entry_with_it():
    note = "1. Climb stairs. 2. Sleep.\n12. Rest"
    assert [note[a:b] for a, b in split_note(note)] == ["1. Climb stairs.", "2. Sleep.", "12. Rest"]
