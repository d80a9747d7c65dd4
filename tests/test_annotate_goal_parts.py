"""Parts of goals, with the gold marked in the sentence."""

import pytest
from conftest import CORPUS
from hypothesis import given
from hypothesis import strategies as st

from alliance_nlp.annotate.goal_parts import PARTS, is_about_goals, is_labelled, read_goal
from alliance_nlp.evaluate.note_rules import goal_figures, parse_spans


@pytest.mark.parametrize(
    "marked",
    [
        "LTG: <function>climb</> <target>9 stairs</> <target>w/ one rail</> <time>in 6 wks</> to <function>bed</>.",
        "STG (<time>3 wks</>): <measure>flexion</> <target>110</>.",
        "Increase <body>R knee</> <measure>flexion</> from <baseline>85°</> to <target>120°</> <time>in 4 wks</>.",
        "<measure>TUG</> <baseline>21 s</> -> <target><14 s</> <time>by d/c</>.",
        "Pt wants to <function>wire bouquets</> for <target>two hours without stopping</>.",
        "Wants <function>DOT recert</> <time>by Nov</> and to <function>walk a deer stand trail w/ his son</>.",
        "Pt’s goal: <function>sleep on her left side</> <time>by Easter</>.",
    ],
)
def test_goal_parts_marked(marked):
    text, spans = parse_spans(marked)
    found = [(each.part, text[each.start : each.end]) for each in read_goal(text).parts]
    assert found == [(part, text[start:end]) for part, start, end in spans]


@pytest.mark.parametrize(
    ("sentence", "owner"),
    [
        ("Pt would like to garden again.", "patient"),
        ("Goal in her own words: dance at the wedding.", "patient"),
        ("Wife would like him to toilet alone at night.", "family"),
        ("LTG: walk 400 ft.", "provider"),
    ],
)
def test_goal_parts_owner(sentence, owner):
    assert read_goal(sentence).owner == owner


def test_goal_parts_owner_comes_from_outside_where_the_words_are_silent():
    assert read_goal("Climb stairs.", owner="patient").owner == "patient"
    assert read_goal("Husband wants her to climb stairs.", owner="patient").owner == "family"


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("STG: knee flexion 120 in 4 wks", "impairment"),
        ("LTG: NDI decrease by 10 pts", "impairment"),
        ("STG: I with HEP in 2 wks.", "impairment"),
        ("LTG: climb 12 stairs", "life"),
        ("Pt wants to sleep through the night", "life"),
    ],
)
def test_goal_parts_kind(sentence, kind):
    assert read_goal(sentence).kind == kind


@pytest.mark.parametrize(
    ("sentence", "flags"),
    [
        ("LTG: climb 12 stairs in 6 wks", (True, True, True)),
        ("Pt wants to garden again", (True, False, False)),
        ("LTG: improve", (False, False, False)),
    ],
)
def test_goal_parts_smart_flags(sentence, flags):
    goal = read_goal(sentence)
    assert (goal.specific, goal.measurable, goal.time_bound) == flags


def test_goal_parts_status_and_horizon():
    goal = read_goal("LTG 1: return to 2nd floor apartment w/ RW: PARTIALLY MET")
    assert (goal.met, goal.horizon) == ("partially met", "long")


def test_goal_parts_sentences_about_goals():
    assert is_about_goals("Goals reviewed w/ pt.")
    assert not is_about_goals("LTG: climb stairs.")
    assert is_labelled("Short-term goal 2: sit 10 min")


def test_goal_parts_on_the_corpus():
    figures = {(each.what, each.on): each for each in goal_figures(CORPUS / "rehab")}
    for half in ("held", "third"):
        assert figures["goal parts", half].f1 >= 0.9
        assert figures["goal kind", half].precision >= 0.9


WORDS = [
    "LTG:",
    "walk",
    "10 ft",
    "in 6 wks",
    "pain",
    "2/10",
    "from",
    "to",
    "(",
    ")",
    "and",
    ".",
    "w/o",
    '"',
    "pt wants to",
]


@given(st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join))
def test_goal_parts_lie_in_the_sentence_and_do_not_overlap(text):
    at = 0
    for each in read_goal(text).parts:
        assert each.part in PARTS
        assert at <= each.start < each.end <= len(text)
        at = each.end
