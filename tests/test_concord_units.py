from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.concord.likeness import NAMES, compare_units
from alliance_nlp.concord.units import clauses_of, note_side, said_side
from alliance_nlp.parse import split_note


def side_of(note):
    stretches = split_note(note)
    return note_side(note, stretches, np.zeros((len(stretches), len(CODE_NAMES))))


def said_of(*texts):
    stretches = [(at, 0, len(text)) for at, text in enumerate(texts)]
    return said_side(texts, ["provider"] * len(texts), stretches, np.zeros((len(texts), len(CODE_NAMES))))


def rare(word):
    return 1.0


def test_concord_units_a_bracket_stays_whole():
    note = "walk to the pier (400 yds, uphill home), and climb the stairs"
    assert [note[a:b] for a, b in clauses_of(note, 0, len(note))] == [
        "walk to the pier (400 yds, uphill home",
        "climb the stairs",
    ]


@given(st.text(alphabet='ab 1,;.()\n"-–', max_size=60))
def test_concord_units_lie_in_the_note_in_order(note):
    units = side_of(note).units
    assert all(unit.text == note[unit.start : unit.end] for unit in units)
    assert all(one.end <= other.start for one, other in pairwise(units))


def test_concord_likeness_finds_the_paraphrase():
    likeness = compare_units(
        side_of("sleeps on sofa").units, said_of("I nap on the couch.", "The sun is out.").units, rare
    )
    covered = likeness.measures[0, :, NAMES.index("note_covered")]
    assert covered[0] > covered[1]


def test_concord_likeness_numbers_differ():
    likeness = compare_units(side_of("bridges x10").units, said_of("Twelve bridges.").units, rare)
    assert likeness.measures[0, 0, NAMES.index("numbers_differ")] == 1
    assert likeness.measures[0, 0, NAMES.index("numbers_agree")] == 0


def test_concord_likeness_without_words_is_nothing():
    assert compare_units(side_of("HEP").units, said_of("Um.", "Well.").units, rare).measures[:, :, 0].max() == 0


def test_concord_likeness_of_an_empty_side_is_empty():
    assert compare_units([], said_of("Hello there.").units, rare).measures.shape == (0, 1, len(NAMES))
