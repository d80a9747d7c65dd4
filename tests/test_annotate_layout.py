"""Where each sentence stands."""

import numpy as np
import spacy

from alliance_nlp.annotate.layout import SURFACE, lay_out, surface, take
from alliance_nlp.annotate.words import masked_words
from alliance_nlp.parse import parse_visit
from alliance_nlp.records import Visit

NLP = spacy.blank("en")


def parsed(*turns):
    visit = Visit(visit_id="v", turns=[{"role": role, "text": text} for role, text in turns])
    doc = parse_visit(visit, NLP)
    return doc, doc._.alliance_visit | {"names": []}


TALK = [
    ("provider", "Hi. Any pain?"),
    ("patient", "Some."),
    ("other", "A lot!"),
    ("provider", "Where?"),
    ("provider", "Here?"),
]


def measured(*turns):
    doc, state = parsed(*turns)
    layout = lay_out(state)
    return surface(masked_words(doc, state), layout), layout


def column(measures, name):
    return measures[:, SURFACE.index(name)].tolist()


def test_annotate_layout_says_who_speaks():
    layout = lay_out(parsed(*TALK)[1])
    assert layout.provider.tolist() == [True, True, False, False, True, True]
    assert layout.patient.tolist() == [False, False, True, False, False, False]
    assert layout.turn.tolist() == [0, 0, 1, 2, 3, 4]


def test_annotate_layout_neighbours_are_minus_one_at_the_ends():
    layout = lay_out(parsed(*TALK)[1])
    assert layout.previous.tolist() == [-1, 0, 1, 2, 3, 4]
    assert layout.next.tolist() == [1, 2, 3, 4, 5, -1]


def test_annotate_layout_a_sentence_answers_the_last_turn_of_another_role():
    assert lay_out(parsed(*TALK)[1]).answered.tolist() == [-1, -1, 1, 2, 3, 3]


def test_annotate_layout_a_turn_without_words_answers_nothing():
    _, state = parsed(("provider", "Any pain?"), ("patient", "..."), ("provider", "So?"))
    assert lay_out(state).answered.tolist() == [-1, -1]


def test_annotate_layout_of_a_visit_without_turns():
    measures, layout = measured()
    assert measures.shape == (0, len(SURFACE))
    assert len(layout.turn) == 0


def test_annotate_layout_surface_has_a_column_a_name_within_0_and_1():
    measures, _ = measured(*TALK)
    assert measures.shape == (6, len(SURFACE))
    assert len(set(SURFACE)) == len(SURFACE)
    assert (measures >= 0).all()
    assert (measures <= 1).all()


def test_annotate_layout_surface_knows_questions_and_places_in_the_turn():
    measures, _ = measured(*TALK)
    assert column(measures, "question") == [0, 1, 0, 0, 1, 1]
    assert column(measures, "first_in_turn") == [1, 0, 1, 1, 1, 1]
    assert column(measures, "last_in_turn") == [0, 1, 1, 1, 1, 1]
    assert column(measures, "whole_turn") == [0, 0, 1, 1, 1, 1]
    assert column(measures, "answered_question") == [0, 0, 1, 0, 0, 0]


def test_annotate_layout_every_length_falls_in_one_bin():
    measures, _ = measured(("provider", "word " * 40 + ". Two words. One two three four five."))
    bins = measures[:, [n for n, name in enumerate(SURFACE) if name.startswith("words_over_")]]
    assert bins.sum(axis=1).tolist() == [1] * len(measures)


def test_annotate_layout_take_gives_zeros_where_there_is_no_row():
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert take(values, np.array([1, -1])).tolist() == [[3.0, 4.0], [0.0, 0.0]]
