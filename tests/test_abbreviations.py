"""Abbreviations of notes: the table, what is found, what is written out, and dots that end no sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.abbreviations import abbreviations, dot_is_inside, expand, find_abbreviations
from alliance_nlp.parse import split_note

USUAL = ["pt", "HEP", "POC", "STG", "LTG", "s/p", "c/o", "w/c", "amb", "min A", "CGA", "TherEx", "WBAT"]
FORMS = [form for row in abbreviations() for form in row.forms]


def test_abbreviations_table_has_one_id_a_row():
    ids = [row.id for row in abbreviations()]
    assert len(ids) == len(set(ids)) >= 150
    assert all(row.id.startswith("abbr.") and (row.forms or row.dotted) for row in abbreviations())


@pytest.mark.parametrize("form", USUAL)
def test_abbreviations_know_the_usual_ones(form):
    assert [text[a:b] for text in [f"x {form} y"] for a, b, *_ in find_abbreviations(text)] == [form]


@pytest.mark.parametrize("form", FORMS)
def test_abbreviations_every_form_is_found_alone(form):
    assert [(a, b) for a, b, *_ in find_abbreviations(form)] == [(0, len(form))]


@pytest.mark.parametrize(
    ("text", "written_out"),
    [
        ("PT saw pt", "physical therapy saw patient"),
        ("amb w/FWW", "ambulate with front-wheeled walker"),
        ("in w/c w/ CGA", "in wheelchair with contact guard assistance"),
        ("flexion kept; ptosis", "flexion kept; ptosis"),
    ],
)
def test_abbreviations_written_out(text, written_out):
    assert expand(text) == written_out


@pytest.mark.parametrize(
    ("note", "sentences"),
    [
        ("Indep. in HEP. Cont POC.", ["Indep. in HEP.", "Cont POC."]),
        ("Needs min. assist for STS.", ["Needs min. assist for STS."]),
        ("TM 10 min. Cues for pace.", ["TM 10 min.", "Cues for pace."]),
        ("Adm s/p. No pain.", ["Adm s/p.", "No pain."]),
        ("Seen approx. 5 wks after fall.", ["Seen approx. 5 wks after fall."]),
    ],
)
def test_abbreviations_in_sentence_bounds(note, sentences):
    assert [note[a:b] for a, b in split_note(note)] == sentences


@given(st.text(alphabet=st.sampled_from("pts/wco. AIBDmin5\n"), max_size=60))
def test_abbreviations_found_in_order_without_overlap(text):
    ends = 0
    for start, end, _, _ in find_abbreviations(text):
        assert ends <= start < end <= len(text)
        ends = end
    assert all(dot_is_inside(text, at) in (True, False) for at, char in enumerate(text) if char == ".")
