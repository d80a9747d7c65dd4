"""Signs of a note's sentences, which the coder sees behind the words."""

import json
import re
import time

import pytest
import spacy

from alliance_nlp.annotate import note_signs
from alliance_nlp.annotate.note_signs import sentence_signs, with_signs, without_signs
from alliance_nlp.annotate.note_vetoes import vetoed_codes
from alliance_nlp.annotate.sections import find_sections, section_at
from alliance_nlp.annotate.words import masked_words
from alliance_nlp.parse import parse_visit
from alliance_nlp.records import Visit
from alliance_nlp.report.note_parts import note_flags, note_sections, visit_goals

NOTE = """S: Pt would rather walk than swim.
Goals:
- climb 12 stairs
- knee flexion 120
P: Pt to do HEP daily; PT to call Mon.
Next visit Fri 10:00."""


def signs_of(sentence):
    start = NOTE.index(sentence)
    return set(sentence_signs(sentence, NOTE, start, section_at(find_sections(NOTE), start)))


@pytest.mark.parametrize(
    ("sentence", "signs"),
    [
        ("S: Pt would rather walk than swim.", {"section.subjective", "sign.preference", "abbr.pt_capital"}),
        ("- climb 12 stairs", {"section.goals", "goal.life"}),
        ("- knee flexion 120", {"section.goals", "goal.impairment"}),
        ("P: Pt to do HEP daily; PT to call Mon.", {"section.plan", "sign.both", "sign.when", "abbr.pt_therapy"}),
        ("Next visit Fri 10:00.", {"section.plan", "sign.when", "sign.again"}),
    ],
)
def test_note_signs_of_a_sentence(sentence, signs):
    assert signs <= signs_of(sentence)


def test_note_signs_capitals_tell_patient_from_therapist():
    assert "abbr.pt_therapy" not in signs_of("S: Pt would rather walk than swim.")


def test_note_signs_stand_behind_the_words_of_their_sentence_and_come_off_again():
    doc = parse_visit(Visit(visit_id="n", text=NOTE), spacy.blank("en"))
    state = doc._.alliance_visit | {"names": []}
    plain = masked_words(doc, state)
    signed = with_signs(doc, state, plain)
    assert (signed.sentence[1:] >= signed.sentence[:-1]).all()
    bare = without_signs(signed)
    assert (bare.hashes == plain.hashes).all()
    assert (bare.sentence == plain.sentence).all()


def test_note_signs_have_ids_without_numbers_and_sources():
    path = note_signs.files(note_signs.__package__) / "patterns" / "note_signs.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["source"] and re.fullmatch(r"sign\.[a-z_]+", row["id"]) for row in rows)


@pytest.mark.parametrize(
    "piece", [" ", "-", "_", '"', "not ", "5/10 ", "1", "claims ", "w/o a ", "a:", ". ", "agrees, ", "Goal:\n", "[ ] "]
)
def test_note_signs_and_all_rules_are_quick_on_odd_text(piece):
    note = f"Pt a{piece * (4000 // len(piece))}b"
    begun = time.perf_counter()
    note_flags(note)
    note_sections(note)
    visit_goals(Visit(visit_id="n", text=note), ())
    sentence_signs(note, note, 0, None)
    vetoed_codes(note)
    assert time.perf_counter() - begun < 2
