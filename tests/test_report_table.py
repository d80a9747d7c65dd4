import csv
import io

import pytest
from rich.console import Console
from stand_in import make_report

from alliance_nlp.records import AllianceScore, Evidence, Score, Scores
from alliance_nlp.report.table import COLUMNS, csv_header, csv_line, row, visits_table, warning_lines

ABSTAINED = {"status": "abstained", "abstained_because": "too_short", "scores": None}


def read_csv(*reports):
    text = csv_header() + "".join(csv_line(report) for report in reports)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def shown(*reports, width=200):
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(visits_table([row(report) for report in reports]))
    return console.file.getvalue()


def test_report_table_csv_has_the_documented_columns_in_order():
    assert list(read_csv(make_report())[0]) == list(COLUMNS)
    assert list(row(make_report())) == list(COLUMNS)
    assert all(COLUMNS.values())


def test_report_table_csv_holds_scores_and_counts():
    cells = read_csv(make_report(warnings=("first", "second")))[0]
    picked = {name: cells[name] for name in ("goal", "goal_low", "alliance", "band", "p_strong", "evidence_goals")}
    assert picked == {
        "goal": "3.4", "goal_low": "2.8", "alliance": "3.2", "band": "fair", "p_strong": "0.31", "evidence_goals": "1",
    }  # fmt: skip
    assert cells["warnings"] == "first | second"


def test_report_table_csv_leaves_what_is_missing_empty():
    cells = read_csv(make_report(**ABSTAINED))[0]
    assert cells["goal"] == cells["alliance_low"] == cells["p_strong"] == cells["goal_documented"] == ""
    assert cells["abstained_because"] == "too_short"


def test_report_table_csv_leaves_nan_empty():
    nan = float("nan")
    part = Score(value=nan, low=nan, high=nan)
    alliance = AllianceScore(value=nan, low=nan, high=nan, band=None, p_strong=nan)
    cells = read_csv(make_report(scores=Scores(goal=part, task=part, bond=part, alliance=alliance)))[0]
    assert {cells[name] for name in ("goal", "goal_low", "alliance", "p_strong", "band")} == {""}


def test_report_table_csv_rounds():
    part = Score(value=1 / 3 + 3, low=3.0, high=4.0)
    alliance = AllianceScore(value=3.0, low=2.0, high=4.0, band="fair", p_strong=1 / 3)
    cells = read_csv(make_report(scores=Scores(goal=part, task=part, bond=part, alliance=alliance)))[0]
    assert (cells["goal"], cells["p_strong"]) == ("3.3333", "0.333333")


@pytest.mark.parametrize("visit_id", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_report_table_csv_disarms_formulas(visit_id):
    assert read_csv(make_report(visit_id))[0]["visit_id"] == f"'{visit_id}"


@pytest.mark.parametrize("visit_id", ["a,b", 'say "hi"', "two\nlines", "naïve"])
def test_report_table_csv_quotes(visit_id):
    assert read_csv(make_report(visit_id))[0]["visit_id"] == visit_id


def test_report_table_csv_negative_numbers_stay_numbers():
    part = Score(value=-0.5, low=-1.0, high=0.5)
    alliance = AllianceScore(value=3.0, low=2.0, high=4.0, band="fair", p_strong=0.5)
    assert read_csv(make_report(scores=Scores(goal=part, task=part, bond=part, alliance=alliance)))[0]["goal"] == "-0.5"


def test_report_table_counts_evidence_by_family():
    codes = ["goal_state", "task_joint", "directive", "empathy", "judge", "next_contact", "name_vocative"]
    evidence = [Evidence(code=code, turn=0, start=0, end=1, p=1, why="coder") for code in codes]
    cells = row(make_report(evidence=evidence))
    assert [cells[f"evidence_{family}"] for family in ("goals", "tasks", "bond", "names")] == [1, 2, 3, 1]


def test_report_table_shows_one_row_a_visit():
    lines = shown(make_report("v1"), make_report("v2", **ABSTAINED)).splitlines()
    first = next(line for line in lines if "v1" in line)
    second = next(line for line in lines if "v2" in line)
    assert "3.4 (2.8-4.1)" in first
    assert "3.2 (2.7-3.8)" in first
    assert "fair" in first
    assert "0.31" in first
    assert "abstained: too short" in second


def test_report_table_says_what_a_note_does_not_document():
    none = Score(value=None, low=None, high=None, documented=False)
    alliance = AllianceScore(value=None, low=None, high=None, band=None, p_strong=None)
    report = make_report(kind="note", scores=Scores(goal=none, task=none, bond=none, alliance=alliance))
    assert shown(report).count("not documented") == 3


def test_report_table_shows_markup_in_an_id_as_it_is():
    text = shown(make_report("[bold]v1[/] \x1b[31m"))
    assert "[bold]v1[/]" in text
    assert "\x1b" not in text


def test_report_table_shows_long_ids_whole_on_a_narrow_terminal():
    text = shown(make_report("x" * 100), width=100)
    assert text.count("x") == 100


def test_report_table_lists_warnings():
    rows = [row(make_report("v1", warnings=("roles were inferred",))), row(make_report("v2"))]
    assert warning_lines(rows) == ["v1: roles were inferred"]
