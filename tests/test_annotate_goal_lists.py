"""Goals listed in a note, under headings of many words."""

import pytest

from alliance_nlp.annotate.goal_lists import is_listed_goal
from alliance_nlp.annotate.sections import find_sections, section_at
from alliance_nlp.parse import split_note


def listed(note):
    """Sentences of a note that stand in a list of goals."""
    found = []
    for start, end in split_note(note):
        section = section_at(find_sections(note), start)
        if section and is_listed_goal(note, section, start, end):
            found.append(note[start:end])
    return found


@pytest.mark.parametrize(
    ("note", "goals"),
    [
        (
            "Functional goals: Drive a full day. Sleep through the night.\nPt stated these matter to her.",
            ["Functional goals: Drive a full day.", "Sleep through the night."],
        ),
        ("Goals: climb stairs. Pt agrees with them. Open jars.", ["Goals: climb stairs."]),
        ("Goals: walk to church. Tolerated session well. Walked 200 ft.", ["Goals: walk to church."]),
        ("Goals: Pt will walk to church. Pt will cook.", ["Goals: Pt will walk to church.", "Pt will cook."]),
        (
            "Goals: Needs less help dressing. See grandchildren. No pain at night. Continue gardening. Both hands.",
            [
                "Goals: Needs less help dressing.",
                "See grandchildren.",
                "No pain at night.",
                "Continue gardening.",
                "Both hands.",
            ],
        ),
        ("Goals: 1. Climb stairs. 2. Walk to church.", ["Goals: 1. Climb stairs.", "2. Walk to church."]),
        (
            "Pt seen.\n\nOutcomes on the family plan\n1. Ana will ask for help.\n2. Ana will sit for circle time.",
            ["1. Ana will ask for help.", "2. Ana will sit for circle time."],
        ),
        (
            "Pt seen.\n\nProblem/Goal list\n[x] 150 min of walking a week\n[x] Weight loss 10 lb",
            ["[x] 150 min of walking a week", "[x] Weight loss 10 lb"],
        ),
        ("Goals for the form:\n1. Home alone 3 h.\n\nChair: low back.", ["1. Home alone 3 h."]),
        (
            "Problem list / LTG (8 wks): full fist. Open jars.",
            ["Problem list / LTG (8 wks): full fist.", "Open jars."],
        ),
        ("What matters to Imran: the coast; the school run.", ["What matters to Imran: the coast; the school run."]),
        ("Goals as of January: cook dinner; walk daily.", ["Goals as of January: cook dinner; walk daily."]),
        ("A: good gains. Goals: walk to church. P: HEP.", ["Goals: walk to church."]),
    ],
)
def test_goal_lists_are_known_under_headings_of_many_words(note, goals):
    assert listed(note) == goals


@pytest.mark.parametrize(
    "note",
    [
        "Outcomes: LEFS 45/80",
        "Review of goals: not today",
        "PLAN\nPt agrees with goals.\nContinue HEP daily.\nReturn to clinic in 2 weeks.",
        "PLAN\nContinue to work on goals\nWalk 10 min on treadmill at 2 mph.\nStairs x 10.",
        "O: strong.\nPt is making good progress with her goals\nPt walks 200 ft.",
        "O: strong.\nPatient goals met 3/4\nPt walks dog daily.",
        "O: strong.\nPt kicked soccer ball into goal\nWalk daily at home.",
        "Throwing at targets: 3x10",
        "Heart rate targets: 120",
        "Goal directed gait training: 10 min",
        "Goals of care: DNR",
        "Goal attainment scaling: 50",
        "Patient goals reviewed: yes",
        "Goal BP: <130",
        "Outcomes of MRI: tear",
        "Pt agrees with goals: yes",
        "Dr. Lee called. Discussed goals: MRI shows a tear.",
        "Memory\nShort term: intact. Long term: impaired.",
        "G: 20 fr tube",
    ],
)
def test_goal_lists_are_not_made_of_words_about_goals(note):
    assert listed(note) == []


def test_goal_lists_begin_within_a_line():
    note = "A: good gains. Aims agreed w pt: kneel at the beds in 5/52. Sit through church.\nP: bench."
    assert listed(note) == ["Aims agreed w pt: kneel at the beds in 5/52.", "Sit through church."]
    assessment, goals, _ = find_sections(note)
    assert note[assessment.start : assessment.end] == "good gains."
    assert note[goals.heading_start : goals.heading_end] == "Aims agreed w pt"


def test_goal_lists_of_thousands_are_told_at_once():
    note = "Goals: " + "Open it. " * 10_000
    section = find_sections(note)[0]
    assert all(is_listed_goal(note, section, start, end) for start, end in split_note(note))
