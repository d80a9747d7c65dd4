"""Doc, features and scores -> report."""

import math

import pytest
from scenes import annotated
from spacy.tokens import Span

from alliance_nlp.abstain import abstention
from alliance_nlp.errors import BadOffsets
from alliance_nlp.estimate import BASE, LIMIT, estimate_row
from alliance_nlp.featurise import FEATURES, featurise_doc
from alliance_nlp.records import PARTS, Visit
from alliance_nlp.report.build import P_DECIMALS, SCORE_DECIMALS, build_report, find_evidence

VISIT = Visit(
    visit_id="v",
    patient={"given": "Martha"},
    turns=[
        {"role": "provider", "text": "  Hi Martha. I'm so sorry to hear that."},
        {"role": "patient", "text": ""},
        {"role": "provider", "text": "\tHow important is it to you, Martha?"},
    ],
)


@pytest.fixture
def doc(tiny_model):
    made = annotated(tiny_model, VISIT)
    sents = made._.alliance_visit["sents"]
    label = {"alliance_bond": ("empathy", 1), "alliance_goals": ("goal_elicit", 2)}
    for key, (code, at) in label.items():
        made.spans[key] = [Span(made, *sents[at][:2], label=code, span_id="coder")]
    return made


def built(model, visit, doc, row=None, abstained=None):
    row = row or featurise_doc(doc)
    estimate = estimate_row(row, model.estimator[visit.kind])
    return build_report(visit, doc, row, estimate, abstained, model="m-1", text=True)


def test_report_build_offsets_are_in_the_turns_own_text(doc):
    found = {(each.code, each.turn): each for each in find_evidence(VISIT, doc)}
    empathy, asked = found["empathy", 0], found["goal_elicit", 2]
    assert VISIT.turns[0].text[empathy.start : empathy.end] == empathy.text == "I'm so sorry to hear that."
    assert (asked.start, asked.text) == (1, "How important is it to you, Martha?")


def test_report_build_names_stand_beside_the_codes(doc):
    names = [each for each in find_evidence(VISIT, doc) if each.code.startswith("name_")]
    assert [(each.turn, each.text, each.why) for each in names] == [(0, "Martha", "roster"), (2, "Martha", "roster")]


def test_report_build_probabilities_are_those_of_the_coder_rounded(doc):
    for each in find_evidence(VISIT, doc):
        assert each.p == round(each.p, P_DECIMALS)


def test_report_build_evidence_of_another_text_is_refused_without_showing_it(doc):
    turns = [turn.model_copy(update={"text": "x" * len(turn.text)}) for turn in VISIT.turns]
    with pytest.raises(BadOffsets) as caught:
        find_evidence(VISIT.model_copy(update={"turns": tuple(turns)}), doc)
    assert "sorry" not in str(caught.value)


def test_report_build_contributions_add_up_to_the_rounded_value(tiny_model, corpus_golds):
    for gold in corpus_golds[:10]:
        visit = gold.visit
        report = built(tiny_model, visit, annotated(tiny_model, visit))
        for part in PARTS:
            added = [each.value for each in report.contributions if each.of == part]
            value = getattr(report.scores, part).value
            if value is not None:
                assert value == round(value, SCORE_DECIMALS)
                assert math.fsum(added) == pytest.approx(value, abs=1e-9)


def test_report_build_contributions_are_of_features_base_first_then_by_size(tiny_model, doc):
    report = built(tiny_model, VISIT, doc)
    names = {feature.name for feature in FEATURES} | {BASE, LIMIT}
    for part in PARTS:
        of_part = [each for each in report.contributions if each.of == part]
        assert of_part[0].feature == BASE
        assert [abs(each.value) for each in of_part[1:]] == sorted((abs(e.value) for e in of_part[1:]), reverse=True)
        assert {each.feature for each in of_part} <= names


def test_report_build_a_score_cut_at_the_scale_says_so(tiny_model, doc):
    row = featurise_doc(doc) | {f.name: f.cap if f.sign > 0 else 0.0 for f in FEATURES if f.parts}
    report = built(tiny_model, VISIT, doc, row)
    cut = [each for each in report.contributions if each.feature == LIMIT]
    assert cut
    assert all(getattr(report.scores, each.of).value in (1, 5) for each in cut)


def test_report_build_measures_are_the_features_that_move_no_score(tiny_model, doc):
    report = built(tiny_model, VISIT, doc)
    assert list(report.measures) == [feature.name for feature in FEATURES if not feature.parts]


def test_report_build_an_undefined_measure_is_null(tiny_model, doc):
    row = featurise_doc(doc) | {"provider_word_share": math.nan, "feedback_asked": 0.0}
    measures = built(tiny_model, VISIT, doc, row).measures
    assert (measures["provider_word_share"], measures["feedback_asked"]) == (None, 0.0)


def test_report_build_an_abstained_visit_keeps_evidence_and_measures(tiny_model, doc):
    reason = abstention(VISIT, doc)
    report = built(tiny_model, VISIT, doc, abstained=reason)
    assert (report.status, report.abstained_because, report.scores) == ("abstained", "too_short", None)
    assert report.contributions == ()
    assert report.evidence
    assert report.measures
