"""Sections of notes in the dresses EMRs print, empty templates, and the component."""

import json
import re

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.annotate.note_marks import find_marks, is_empty, is_template, note_type
from alliance_nlp.annotate.sections import find_sections, is_soap, section_at

PARTS = ("Subjective", "Objective", "Assessment", "Plan")
BODIES = ("Pt sore, 3/10.", "AROM WNL.", "Improving.", "Cont PT.")
DRESS = {
    "one line": ("{letter}: {body}", " "),
    "letters": ("{letter}: {body}", "\n"),
    "letters alone": ("{letter}\n{body}", "\n"),
    "capitals": ("{caps}\n{body}", "\n\n"),
    "bold": ("**{name}:** {body}", "\n"),
    "bold, no colon": ("__{name}__ {body}", "\n"),
    "italic": ("*{name}:*\n{body}", "\n"),
    "markdown": ("## {name}\n{body}", "\n"),
    "underlined": ("{name}\n-------\n{body}", "\n"),
    "double line": ("{name}\n=====\n{body}", "\n"),
    "numbered": ("{n}. {caps}: {body}", "\n"),
    "bracketed": ("({n}) {name}: {body}", "\n"),
    "dash": ("{caps} - {body}", "\n"),
    "bullets": ("• {name}: {body}", "\n"),
    "windows": ("{name}:\r\n{body}", "\r\n"),
}
SHAPES = {
    kind: between.join(
        form.format(letter=name[0], caps=name.upper(), name=name, n=n, body=body)
        for n, (name, body) in enumerate(zip(PARTS, BODIES, strict=True), 1)
    )
    for kind, (form, between) in DRESS.items()
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_sections_in_any_dress(text):
    found = find_sections(text)
    assert [(each.section, text[each.start : each.end]) for each in found] == [
        (name.lower(), body) for name, body in zip(PARTS, BODIES, strict=True)
    ]
    assert is_soap(found)


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("Patient Stated Goals: climb stairs", "patient_goals"),
        ("STG (3 wks): amb 100 ft", "goals"),
        ("LTG 2: climb stairs", "goals"),
        ("A/P: LBP, cont PT", "assessment_plan"),
        ("Home Exercise Program: bridges", "hep"),
        ("Rehab Potential: good", "prognosis"),
        ("D/C PLAN: home", "discharge"),
    ],
)
def test_sections_know_headings_of_rehabilitation(line, section):
    (found,) = find_sections(line)
    assert found.section == section
    assert not found.empty


@pytest.mark.parametrize(
    "line",
    ["R shoulder: no deformity, TTP.", "Pt: bridges daily; PT: progress load.", "- a: 3 x 10", "at 10:30 pt arrived"],
)
def test_sections_labels_that_are_no_headings(line):
    (found,) = find_sections(line)
    assert found.section == "unheaded"
    assert line[found.start : found.end] == line


def test_sections_an_unknown_heading_ends_the_section_before():
    text = "Plan:\nHEP BID\n\nThings she brought along\nA cane"
    assert [each.section for each in find_sections(text)] == ["plan", "other"]


@pytest.mark.parametrize(
    "field", ["", "___", "***", "N/A", "n/a.", "[ ] Y  [ ] N", "☐ yes ☐ no", "TBD", "@GOALS@", "{goals:1234}", "....."]
)
def test_sections_empty_fields_of_templates(field):
    found = find_sections(f"Patient goals: {field}\nPlan: HEP")
    assert [(each.section, each.empty) for each in found] == [("patient_goals", True), ("plan", False)]


@pytest.mark.parametrize("field", ["[x] Y [ ] N", "climb stairs ___", "pain 3/10", "none of the stairs w/o rail"])
def test_sections_filled_fields_are_not_empty(field):
    assert not is_empty(field)


@pytest.mark.parametrize("text", ["Goals (copied forward from 2/3): climb stairs", "Goals: unchanged from last visit"])
def test_sections_copied_forward(text):
    (found,) = find_sections(text)
    assert found.copied


def test_sections_a_heading_over_its_own_kind_is_not_empty():
    goals, stg = find_sections("Goals:\nSTG: amb 100 ft")
    assert not goals.empty
    assert not stg.empty


@pytest.mark.parametrize(
    ("sentence", "template"),
    [
        ("Pt agrees w/ POC:  [ ] Y  [ ] N", True),
        ("Pt agrees w/ POC:  [x] Y  [ ] N", False),
        ("Goals: ***", True),
        ("Pain ___/10 today", False),
        ("Plan: HEP", False),
    ],
)
def test_sections_template_sentences(sentence, template):
    assert is_template(sentence) == template


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("PT INITIAL EVALUATION", "initial_evaluation"),
        ("OT eval\nS: pt", "initial_evaluation"),
        ("PT RE-EVALUATION, VISIT 12", "progress"),
        ("PROGRESS NOTE Visit #11", "progress"),
        ("OT DISCHARGE SUMMARY", "discharge"),
        ("SPEECH THERAPY DAILY TREATMENT NOTE", "daily"),
        ("Seen today with wife.", "unknown"),
    ],
)
def test_sections_type_of_note(title, kind):
    assert note_type(title) == kind


PIECES = ["S:", "Plan", "**Goals:**", "___", "[ ]", "HEP daily.", "\n", "  ", "- ", "1.", "----", "Pt's goals:", "***"]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_sections_cover_words_in_order(text):
    at = 0
    for each in find_sections(text):
        assert at <= each.heading_start <= each.heading_end <= each.start <= each.end <= len(text)
        assert not re.search(r"[^\W\d_]{2}", text[at : each.heading_start])
        at = each.end
    assert not re.search(r"[^\W\d_]{2}", text[at:])


@given(st.text(max_size=80))
def test_sections_of_any_text(text):
    for each in find_sections(text):
        assert 0 <= each.start <= each.end <= len(text)
    assert all(text[mark.start : mark.end] for mark in find_marks(text, "empty"))


def test_sections_component_writes_spans_and_survives_disk(tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("alliance_sections")
    nlp.to_disk(tmp_path)
    doc = spacy.load(tmp_path)("Goals: climb stairs.\nPlan: ___")
    assert [(span.label_, span.id_, span.text) for span in doc.spans["alliance_sections"]] == [
        ("goals", "sections.goals", "climb stairs."),
        ("plan", "sections.plan", "___"),
    ]
    assert section_at(find_sections(doc.text), 8).section == "goals"


def test_sections_rules_have_ids_and_no_heading_twice():
    import alliance_nlp.annotate.sections as module

    path = module.files(module.__package__) / "patterns" / "sections.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    headings = [heading for row in rows for heading in row.get("headings", ())]
    assert all(("headings" in row) != ("pattern" in row) for row in rows)
    assert len({row["id"] for row in rows}) == len(rows)
    assert len(headings) == len(set(headings))
