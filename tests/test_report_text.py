import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from stand_in import WANT, make_report, make_visit

from alliance_nlp.errors import BadOffsets
from alliance_nlp.records import Contribution, Evidence, Score, Scores, Visit
from alliance_nlp.report.text import STYLES, explanation, mark


def said(code, start, end, turn=0):
    return Evidence(code=code, turn=turn, start=start, end=end, p=0.9, why="coder")


def lines(visit, report, **options):
    return [line for text in explanation(visit, report, **options) for line in text.plain.split("\n")]


def test_report_text_marks_evidence_in_place():
    assert f"   1 patient (Martha): [{WANT}](goal_state 0)" in lines(make_visit(), make_report())


def test_report_text_leaves_other_turns_alone():
    assert "   0 provider (Dana): How did the week go?" in lines(make_visit(), make_report())


def test_report_text_joins_codes_of_the_same_stretch():
    marked = mark("So sleep is it? Yes.", [(0, said("goal_align", 0, 15)), (1, said("goal_state", 0, 15))])
    assert marked.plain == "[So sleep is it?](goal_align 0, goal_state 1) Yes."


def test_report_text_marks_stretches_that_touch():
    marked = mark("One.Two.", [(0, said("affirm", 0, 4)), (1, said("empathy", 4, 8))])
    assert marked.plain == "[One.](affirm 0)[Two.](empathy 1)"


def test_report_text_marks_stretches_that_cross():
    marked = mark("abcdef", [(0, said("affirm", 0, 4)), (1, said("empathy", 2, 6))])
    assert marked.plain == "[ab[cd](affirm 0)ef](empathy 1)"


def test_report_text_colours_by_family_the_inner_over_the_outer():
    marked = mark("Good, Martha.", [(0, said("affirm", 0, 13)), (1, said("name_vocative", 6, 12))])
    console = Console()
    assert marked.get_style_at_offset(console, 1).color.name == STYLES["bond"]
    assert marked.get_style_at_offset(console, marked.plain.index("Martha")).color.name == STYLES["names"]


@given(st.text(), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=6))
def test_report_text_mark_loses_no_words(text, stretches):
    spans = [(start, start + length) for start, length in stretches if start + length <= len(text)]
    marked = mark(text, [(i, said("affirm", start, end)) for i, (start, end) in enumerate(spans)])
    rest = marked.plain
    for start, end in set(spans):
        label = ", ".join(f"affirm {i}" for i, span in enumerate(spans) if span == (start, end))
        assert f"]({label})" in rest
    added = sum(len(rest_of) for rest_of in labels(spans)) + 3 * len(set(spans))
    assert len(rest) == len(text) + added


def labels(spans):
    return [", ".join(f"affirm {i}" for i, span in enumerate(spans) if span == one) + " " for one in set(spans)]


def test_report_text_shows_markup_and_escapes_of_the_visit_as_text():
    visit = make_visit(words=f"{WANT} [red]hm[/red] \x1b[31m [laughs]")
    console = Console(file=io.StringIO(), force_terminal=True, width=200)
    for line in explanation(visit, make_report()):
        console.print(line)
    text = console.file.getvalue()
    assert "[red]hm[/red]" in text
    assert "[laughs]" in text
    assert "\x1b[31m " not in text


def test_report_text_shows_scores_with_intervals():
    shown = lines(make_visit(), make_report())
    assert "  goal      3.4   2.8 to 4.1" in shown
    assert "  alliance  3.2   2.7 to 3.8   fair   probability of strong 0.31" in shown


def test_report_text_sorts_what_moved_a_score_by_size():
    contributions = [
        Contribution(feature="small", of="goal", value=0.1),
        Contribution(feature="large", of="goal", value=-0.7, evidence=[0]),
        Contribution(feature="base", of="goal", value=2.9),
    ]
    shown = lines(make_visit(), make_report(contributions=contributions))
    first = next(i for i, line in enumerate(shown) if line.endswith("base"))
    assert shown[first : first + 3] == [
        "  goal        2.90  base", "  goal       -0.70  large   (evidence 0)", "  goal       +0.10  small",
    ]  # fmt: skip


def test_report_text_leaves_out_what_moved_nothing():
    contributions = [Contribution(feature="nothing", of="goal", value=0.001)]
    assert not any("nothing" in line for line in lines(make_visit(), make_report(contributions=contributions)))


def test_report_text_uses_titles():
    shown = lines(make_visit(), make_report(), titles={"goal_state_rate": "goals stated by the patient"})
    assert any("goals stated by the patient" in line for line in shown)


def test_report_text_shows_measures():
    shown = lines(make_visit(), make_report())
    assert "       0.52  provider_word_share" in shown
    assert "  undefined  name_vocative_per_1000_words" in shown


def test_report_text_shows_warnings():
    assert "  roles were inferred" in lines(make_visit(), make_report(warnings=["roles were inferred"]))


def test_report_text_says_why_nothing_was_scored():
    changes = {"status": "abstained", "abstained_because": "too_short", "scores": None, "contributions": ()}
    shown = lines(make_visit(), make_report(**changes))
    assert "Not scored: too short." in shown
    assert any("goal_state 0" in line for line in shown)


def test_report_text_marks_a_note():
    visit = Visit(visit_id="n1", text="LTG: climb stairs.\nHEP reviewed.")
    report = make_report("n1", kind="note", evidence=[said("goal_state", 0, 18, turn=None)])
    assert lines(visit, report)[-2:] == ["[LTG: climb stairs.](goal_state 0)", "HEP reviewed."]


def test_report_text_says_what_a_note_does_not_document():
    scores = make_report().scores.model_copy(update={"bond": Score(value=None, low=None, high=None, documented=False)})
    assert isinstance(scores, Scores)
    assert "  bond      not documented" in lines(make_visit(), make_report(scores=scores))


@pytest.mark.parametrize(("turn", "end"), [(9, 3), (0, 999), (None, 3), (-1, 3), (0, 0)])
def test_report_text_refuses_evidence_that_does_not_fit(turn, end):
    report = make_report(evidence=[said("affirm", 0, end, turn=turn)])
    with pytest.raises(BadOffsets):
        list(explanation(make_visit(), report))


def test_report_text_wraps_on_a_narrow_terminal_without_losing_words():
    visit = make_visit(words=f"{WANT} " + "and then some more " * 20)
    console = Console(file=io.StringIO(), width=40, color_system=None)
    for line in explanation(visit, make_report()):
        console.print(line)
    text = console.file.getvalue()
    assert max(map(len, text.splitlines())) <= 40
    assert text.count("more") == 20
