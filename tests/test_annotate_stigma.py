"""Stigmatising words of notes: what is flagged, what is not, and the gold."""

import json

import pytest
from conftest import CORPUS
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.annotate import stigma
from alliance_nlp.annotate.stigma import find_flags, stigma_rules
from alliance_nlp.evaluate.note_rules import flag_figures, parse_spans


@pytest.mark.parametrize(
    "marked",
    [
        "Pt <doubt>claims</> pain 9/10.",
        "<doubt>Poor historian</>, wife gave the dates.",
        "<disapproval>Non-compliant</> w/ HEP, <disapproval>poor effort</>.",
        "Pt <disapproval>refuses</> bridges.",
        "<difficult>Argumentative</> re: HEP.",
        "<label>Frequent flyer</>, again requesting early refill.",
        "Splint on at night, <authority>no exceptions</>.",
        'Stopped pool program <doubt>due to "flare"</>.',
        "Pain <doubt>9/10 but was seen texting in lobby</>.",
        "<doubt>Secondary gain</> cannot be ruled out.",
        "No pain at rest. <disapproval>Lacks motivation</>.",
        'States he "could not park," <disapproval>same excuse</> as last wk.',
        "Pt <disapproval>doesn’t want to work</>.",
    ],
)
def test_stigma_flags_marked_words(marked):
    text, spans = parse_spans(marked)
    assert [(flag.rule.code, flag.start, flag.end) for flag in find_flags(text)] == spans


@pytest.mark.parametrize(
    "text",
    [
        'Pt states "I was lazy this week".',
        "Pt states her last therapist called her noncompliant.",
        "Pt worries she comes across as difficult.",
        "No symptom magnification, effort consistent.",
        "If pt refuses, call charge nurse.",
        "Compliant w/ HEP.",
        "Pt declined stairs, wants to try Thursday.",
        "Pt works as a claims adjuster.",
        "Resistive exercises w/ putty; progressive resistance.",
        "Difficult transfer d/t tone, max A.",
        "Poor balance, poor endurance.",
        "Pt admitted to rehab unit 3/2.",
        "50-year-old female, denies falls.",
        "Pain out of proportion to exam, r/o compartment syndrome.",
        "Refused: [ ]  Completed: [x]",
        'Goal in her words: "walk without looking drunk."',
    ],
)
def test_stigma_leaves_alone(text):
    assert find_flags(text) == []


def test_stigma_rules_have_ids_suggestions_and_references():
    rules = stigma_rules()
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.suggestion and "doi:10." in rule.reference for rule in rules)


def test_stigma_triggers_are_small_letters():
    folder = stigma.files(stigma.__package__) / "patterns"
    rows = [json.loads(line) for line in (folder / "stigma.jsonl").read_text("utf-8").splitlines()]
    assert all(row["id"].startswith("stigma.") for row in rows)
    assert all(trigger == trigger.lower() for row in rows for trigger in row["triggers"])


def test_stigma_reaches_the_goals_on_the_corpus(corpus_golds):
    figures = {(each.what, each.on): each for each in flag_figures(CORPUS / "rehab", corpus_golds)}
    notes, third = figures["flags", "notes, train"], figures["flags", "sentences, third"]
    assert notes.precision >= 0.95
    assert notes.recall >= 0.80
    assert third.precision >= 0.90
    assert third.recall >= 0.80


WORDS = ["Pt", "claims", "not", "refuses", '"', "lazy", ".", "\n", "but was seen texting", "[ ]", "’"]


@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_stigma_flags_lie_in_the_note_in_order(text):
    at = 0
    for flag in find_flags(text):
        assert at <= flag.start < flag.end <= len(text)
        assert text[flag.start : flag.end] == text[flag.start : flag.end].strip()
        at = flag.end
