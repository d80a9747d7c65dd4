"""Context of words in a note's sentence, and the codes it rules out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.annotate import context
from alliance_nlp.annotate.context import find_scopes, statuses_at
from alliance_nlp.annotate.note_vetoes import vetoed_codes, vetoes
from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.model import build_pipeline, load
from alliance_nlp.parse import parse_visit
from alliance_nlp.records import Visit


def marked(sentence):
    """Sentence and bounds of the words between ``<`` and ``>``."""
    start, end = sentence.index("<"), sentence.index(">") - 1
    return sentence.replace("<", "").replace(">", ""), start, end


@pytest.mark.parametrize(
    ("sentence", "statuses"),
    [
        ("Pt <agrees> with POC.", set()),
        ("Pt does not <agree> with POC.", {"negated"}),
        ("Pt didn’t <agree>.", {"negated"}),
        ("No pain, but <agrees> to HEP.", set()),
        ("If pt <agrees>, start HEP.", {"hypothetical"}),
        ("If sore, ice; pt <agrees>.", set()),
        ("Symptom <magnification> was not seen.", {"negated"}),
        ("<Secondary gain> cannot be ruled out.", set()),
        ("No evidence of <secondary gain>.", {"negated"}),
        ("Pt states she is <lazy>.", {"reported"}),
        ("Reports bus was late, again <noncompliant>.", set()),
        ('Staff said "he is <lazy>".', {"quoted"}),
        ("Adjuster thinks pt is <faking>.", {"other_subject"}),
        ("Not only <agrees> but asked for more.", set()),
    ],
)
def test_context_of_marked_words(sentence, statuses):
    text, start, end = marked(sentence)
    assert statuses_at(find_scopes(text), start, end) == statuses


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("Pt does not agree with the plan.", {"task_agree", "goal_align"}),
        ("If pt agrees, begin HEP Monday.", {"task_agree", "goal_align"}),
        ("Pt declines the pool program.", {"task_agree", "goal_align"}),
        ("Pt declines the pool but agrees to walk.", set()),
        ("Pt agrees not to drive.", set()),
        ("Pt does not want a rail and is in agreement w/ a bench.", set()),
        ("Goals were not discussed.", {"goal_state", "goal_align"}),
        ("Goals to be set next visit.", {"goal_state", "goal_align"}),
        ("Goal: not to need the walker.", set()),
        ("Goals: ____", set(CODE_NAMES)),
        ("Pt agrees w/ POC: [ ] Y [ ] N", set(CODE_NAMES)),
        ("Pt agrees w/ POC: [x] Y [ ] N", set()),
    ],
)
def test_context_rules_out_codes(sentence, codes):
    assert set(vetoed_codes(sentence)) == codes


def test_context_coder_gives_ruled_out_codes_no_probability():
    model = load()
    nlp = build_pipeline(model._config, model.coder_weights())
    text = "Pt is in full agreement w/ goals and POC.\nPt is not in agreement w/ goals and POC.\nPt agrees: [ ] Y [ ] N"
    doc = nlp.get_pipe("alliance_coder")(parse_visit(Visit(visit_id="n", text=text), nlp))
    p = doc._.alliance_visit["p"][:, CODE_NAMES.index("task_agree")]
    assert p[0] > 0.5
    assert p[1] == p[2] == 0


def test_context_rules_have_ids_and_sources():
    path = context.files(context.__package__) / "patterns" / "context.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["source"] for row in rows)
    assert all(set(veto.codes) <= set(CODE_NAMES) for veto in vetoes())


@given(st.lists(st.sampled_from(["pt", "not", "if", "agrees", "but", ",", '"', "states", ". "]), max_size=20))
def test_context_scopes_lie_in_the_sentence(words):
    text = " ".join(words)
    assert all(0 <= each.start <= each.end <= len(text) for each in find_scopes(text))
