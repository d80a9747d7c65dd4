"""Goals, flags and sections in a report, and what `alliance explain` prints of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.model import load
from alliance_nlp.records import Evidence, Visit, VisitReport
from alliance_nlp.report.note_lines import note_lines
from alliance_nlp.report.note_parts import note_flags, note_sections, visit_goals

NOTE = """PT EVAL
S: Pt wants to garden for an hour by June. Claims 9/10 pain.
Patient goals:
- "Lift my grandson"
- sleep through the night
O: AROM WNL.
STG: knee flexion 120 in 4 wks. Goals reviewed w/ pt.
P: HEP.
Precautions: ____
"""


@pytest.fixture(scope="module")
def report():
    return load().score(Visit(visit_id="n", text=NOTE))


def test_note_parts_lists_goals_in_life_and_impairment_targets(report):
    found = [(goal.text, goal.owner, goal.kind) for goal in report.goals]
    assert ('- "Lift my grandson"', "patient", "life") in found
    assert ("- sleep through the night", "patient", "life") in found
    assert ("STG: knee flexion 120 in 4 wks.", "provider", "impairment") in found
    assert not [text for text, _, _ in found if "reviewed" in text]


def test_note_parts_offsets_round_trip(report):
    for each in (*report.goals, *report.flags, *(part for goal in report.goals for part in goal.parts)):
        assert NOTE[each.start : each.end] == each.text


def test_note_parts_flags_with_rule_suggestion_and_reference(report):
    (flag,) = report.flags
    assert (flag.text, flag.code, flag.rule) == ("Claims", "doubt", "stigma.claims")
    assert flag.suggestion
    assert "doi:" in flag.reference


def test_note_parts_flags_move_no_score(report, monkeypatch):
    monkeypatch.setattr("alliance_nlp.report.build.note_flags", lambda note, text: ())
    without = load().score(Visit(visit_id="n", text=NOTE))
    assert without.flags == ()
    assert (without.scores, without.contributions) == (report.scores, report.contributions)


def test_note_parts_sections(report):
    empty = [each.section for each in report.sections if each.empty]
    assert empty == ["precautions"]


def test_note_parts_carry_no_words_where_none_are_wanted():
    report = load().score(Visit(visit_id="n", text=NOTE), text=False)
    assert report.goals
    assert all(each.text is None for each in (*report.goals, *report.flags))
    assert all(part.text is None for goal in report.goals for part in goal.parts)


def test_note_parts_of_a_transcript_come_from_its_evidence():
    visit = Visit(visit_id="v", turns=[{"role": "patient", "text": "Hm. I want to run 5 miles by May."}])
    said = Evidence(code="goal_state", turn=0, start=4, end=33, p=1, why="coder")
    (goal,) = visit_goals(visit, [said])
    assert (goal.turn, goal.owner, goal.measurable, goal.time_bound) == (0, "patient", True, True)
    assert [visit.turns[0].text[part.start : part.end] for part in goal.parts] == ["run", "5 miles", "by May"]


def test_note_parts_report_reads_back(report):
    assert VisitReport.model_validate_json(report.model_dump_json()) == report


def test_note_parts_reports_without_them_are_still_read():
    old = {"visit_id": "v", "kind": "note", "model": "m", "status": "abstained", "schema_version": "1.0"}
    assert VisitReport.model_validate(old).goals == ()


def test_note_lines_name_what_a_goal_does_not_say(report):
    lines = [line.plain for line in note_lines(report)]
    at = next(n for n, line in enumerate(lines) if "sleep through the night" in line)
    assert lines[at + 1].strip() == "function: sleep through the night; not said: how much, by when"
    assert any("Claims: 'reports' or 'says'" in line for line in lines)
    assert lines[-1].strip() == "Fields left empty: precautions"


@pytest.mark.parametrize(
    "template",
    [
        "Patient goals: {}\nPt agrees with plan of care: {}\nPt preferences: {}\nFamily goals: {}",
        "GOALS\nSTG: {}\nLTG: {}\nPLAN\nPt agrees w/ POC: {}\nEducation: {}",
        "- Goal: {}\n- Goal agreed Y/N: {}\n- HEP: {}\n- Follow up: {}",
    ],
)
@pytest.mark.parametrize("field", ["", "____", "***", "N/A", "[ ] Y  [ ] N", "TBD"])
def test_note_parts_an_empty_template_documents_nothing(template, field):
    pain = "R knee pain x 3 wks, onset after a fall, 5/10 on stairs. AROM 0-110, strength 4/5, no effusion, gait WNL.\n"
    report = load().score(Visit(visit_id="n", text=pain + template.replace("{}", field)))
    assert report.status == "scored"
    assert [report.scores.goal.documented, report.scores.alliance.documented] == [False, False]
    assert report.goals == ()


@given(st.text(alphabet=st.sampled_from("Pt claims STG: 10 wks\n_-[]*\"'"), max_size=80))
def test_note_parts_of_any_note_lie_in_it(text):
    visit = Visit(visit_id="n", text=text)
    for each in (*visit_goals(visit, ()), *note_flags(text)):
        assert text[each.start : each.end] == each.text
    assert all(0 <= each.start <= each.end <= len(text) for each in note_sections(text))
