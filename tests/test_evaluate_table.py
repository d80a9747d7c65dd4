"""The table of goals."""

import math

from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.evaluate.evidence import ROWS, Measured
from alliance_nlp.evaluate.table import (
    HEAD,
    PUBLIC,
    RATINGS,
    as_markdown,
    code_rows,
    evidence_rows,
    machine_rows,
    pair_rows,
    quality_rows,
)

MEASURED = Measured(0.5, 0.6, 0.55, 0.4, 0.7, 120, 80)
FIGURES = {"evidence": dict.fromkeys(ROWS, MEASURED), "names_without_roster": MEASURED}


def test_evaluate_table_of_evidence_has_every_goal_and_the_names():
    rows = list(evidence_rows(FIGURES, PUBLIC, "public visits"))
    assert len(rows) == len(PUBLIC) + 2
    assert rows[0] == ("public visits, F1 goals", "0.55 [0.40, 0.70]", "0.37", ">= 0.70")


def test_evaluate_table_of_codes_has_every_code():
    rows = list(code_rows(FIGURES, "test"))
    assert [row[0].removeprefix("test, ") for row in rows] == list(CODE_NAMES)
    assert "120 gold" in rows[0][1]


def test_evaluate_table_what_is_undefined_is_a_dash():
    nothing = MEASURED._replace(f1=math.nan, low=math.nan, high=math.nan)
    rows = list(evidence_rows({**FIGURES, "names_without_roster": nothing}, {}, "test"))
    assert rows[-1][1] == "- [-, -]"


def test_evaluate_table_of_pairs_counts_lowered_parts():
    pairs = [{"fall": 1.0, "expected": True}, {"fall": -0.5, "expected": True}, {"fall": -0.2, "expected": False}]
    ((_, shown, _, goal),) = pair_rows({"pairs": pairs}, "test")
    assert shown == "1 of 2 lowered parts, mean fall 0.25; other parts move 0.20"
    assert goal == "all"


def test_evaluate_table_without_quality_or_pairs_is_empty():
    assert list(quality_rows({"quality": {}}, "test")) == []
    assert list(pair_rows({"pairs": []}, "test")) == []


def test_evaluate_table_of_the_machine_says_where_the_encoder_is_missing():
    machine = {
        "swap_with_roster": 0.0,
        "swap_word": 0.1,
        "swap_without_roster": 0.2,
        "speed": {"of_blank": 0.3, "of_minilm": None, "words_per_s": 1.0},
        "start": {"first_s": 1.0, "of_blank": 1.2, "help_s": 0.3},
        "memory_mb": [200.0, 210.0, 210.0, 211.0],
    }
    text = as_markdown(list(machine_rows(machine)))
    assert "not measured" in text
    assert "211 MB, grown by 1.0 MB" in text


def test_evaluate_table_as_markdown_has_a_head_and_a_line_a_row():
    lines = as_markdown([("a", "b", "c", "d")]).splitlines()
    assert lines == ["| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD), "| a | b | c | d |"]


def test_evaluate_table_goals_are_above_the_baseline():
    assert all(baseline < goal for goals in (PUBLIC, RATINGS) for baseline, goal in goals.values())
