"""Checks of concordance.tsv."""

import json

import pytest
from public_corpora import load, write_aci, write_standoff

from alliance_nlp.corpus.check import check_corpus
from alliance_nlp.corpus.fetch import fetch_source
from alliance_nlp.corpus.rows import read_rows, write_rows
from alliance_nlp.corpus.standoff import read_fingerprints

COLUMNS = ("visit_id", "note_id", "kind", "status", "turn", "start", "end", "note_start", "note_end", "also")
GOOD = ("v1", "n1", "goal", "both", "1", "0", "14", "3", "7", "t0:0-3 n0-2")
RATINGS = {"goal": 4, "task": 3, "bond": 5}
VISITS = (
    {
        "visit_id": "v1",
        "ratings": RATINGS,
        "turns": [
            {"role": "provider", "text": "Hi.", "codes": []},
            {"role": "patient", "text": "I want to run.", "codes": []},
        ],
    },
    {"visit_id": "n1", "of": "v1", "ratings": RATINGS, "text": "P: run.", "codes": []},
    {"visit_id": "n2", "ratings": RATINGS, "text": "P: walk.", "codes": []},
)


@pytest.fixture
def check(tmp_path):
    """Problems of a table of these rows beside three visits."""
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(one) + "\n" for one in VISITS), encoding="utf-8")

    def run(*rows, columns=COLUMNS, name="concordance.tsv"):
        write_rows(tmp_path / name, columns, rows)
        return [str(problem) for problem in check_corpus(tmp_path)]

    return run


def changed(**cells):
    return tuple(cells.get(name, cell) for name, cell in zip(COLUMNS, GOOD, strict=True))


def test_corpus_check_pairs_finds_nothing_wrong_in_a_good_table(check):
    nowhere, unwritten = dict.fromkeys(("turn", "start", "end"), ""), {"note_start": "", "note_end": ""}
    rows = [
        GOOD,
        changed(kind="plan", status="said_only", also="", **unwritten),
        changed(kind="plan", status="note_only", also="", **nowhere),
        changed(kind="person", status="mismatch", also="", **nowhere),
    ]
    assert check(*rows) == []


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"kind": "hope"}, "unknown kind hope"),
        ({"status": "none"}, "unknown status none"),
        ({"kind": "person"}, "person does not go with both"),
        ({"status": "said_only"}, "is said_only and has a place in the note"),
        ({"status": "note_only"}, "is note_only and has a place in the transcript"),
        ({"turn": "", "start": "", "end": ""}, "is both and has no place in the transcript"),
        ({"start": ""}, "its place in the transcript is half empty"),
        ({"note_end": ""}, "its place in the note is half empty"),
        ({"turn": "2"}, "there is no turn 2"),
        ({"turn": "one"}, "there is no turn one"),
        ({"end": "15"}, "characters 0 to 15 are not within turn 1"),
        ({"start": "14"}, "characters 14 to 14 are not within turn 1"),
        ({"start": "-1"}, "characters -1 to 14 are not within turn 1"),
        ({"note_end": "8"}, "characters 3 to 8 are not within the note"),
        ({"also": "turn 0"}, "a further place is not of the form t3:0-20 or n0-20"),
        ({"also": "t0:0-9"}, "characters 0 to 9 are not within turn 0"),
        ({"also": "n0-99"}, "characters 0 to 99 are not within the note"),
        ({"note_id": "n9"}, "has no transcript or no note of these ids in the corpus"),
        ({"note_id": "n2"}, "is a pair that the note does not name in of"),
    ],
)
def test_corpus_check_pairs_names_a_fault(check, cells, problem):
    assert f"concordance.tsv, row 2, visit v1: {problem}" in check(changed(**cells))


def test_corpus_check_pairs_names_a_row_that_is_there_twice(check):
    assert check(GOOD, GOOD) == ["concordance.tsv, row 3, visit v1: is there twice"]


def test_corpus_check_pairs_names_a_missing_column(check):
    problems = check(GOOD[:-1], columns=COLUMNS[:-1])
    assert [problem.split(": ")[1] for problem in problems] == ["it has no column also"]


def test_corpus_check_pairs_looks_at_both_readings(check):
    assert check(changed(kind="hope"), name="concordance_first.tsv") == [
        "concordance_first.tsv, row 2, visit v1: unknown kind hope"
    ]


PUBLIC = ("visit_id", *COLUMNS[2:], "note_sha256", "turn_sha256")


@pytest.fixture
def standoff(tmp_path):
    """Stand-off gold of one visit with its note, and one item of both."""
    write_aci(tmp_path / "originals")
    folder = tmp_path / "standoff"
    write_standoff(folder, load("aci", tmp_path / "originals", "aci-D1").values())
    known = read_fingerprints(folder)["aci-D1"]
    row = ("aci-D1", "goal", "both", "0", "0", "3", "0", "8", "", known.note, known.turns[0])
    write_rows(folder / "concordance.tsv", PUBLIC, [row])
    return folder


def problems_with(folder, name, **cells):
    """Problems of a folder whose table has other cells in its one row."""
    (row,) = read_rows(folder / name)
    write_rows(folder / name, PUBLIC, [tuple({**row, **cells}.values())])
    return [str(problem).partition("aci-D1: ")[2] for problem in check_corpus(folder)]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({}, None),
        ({"kind": "hope"}, "unknown kind hope"),
        ({"turn": "99"}, "there is no turn 99"),
        ({"start": "3"}, "characters 3 to 3 are not within turn 0"),
        ({"turn_sha256": "0"}, "the turn has another hash"),
        ({"note_sha256": "0"}, "the note has another hash"),
    ],
)
def test_corpus_check_pairs_of_public_visits(standoff, cells, problem):
    assert problems_with(standoff, "concordance.tsv", **cells) == ([problem] if problem else [])


def test_corpus_check_pairs_of_public_visits_without_a_note(standoff):
    (row,) = read_rows(standoff / "concordance.tsv")
    write_rows(standoff / "concordance.tsv", PUBLIC, [tuple({**row, "visit_id": "aci-D9"}.values())])
    assert [str(one) for one in check_corpus(standoff)] == [
        "concordance.tsv, row 2, visit aci-D9: has no note in visits.tsv"
    ]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({}, None),
        ({"end": "999"}, "characters 0 to 999 are not within turn 0"),
        ({"note_end": "999"}, "characters 0 to 999 are not within the note"),
        ({"turn_sha256": "0"}, "the turn has another hash"),
    ],
)
def test_corpus_check_pairs_lie_within_fetched_texts(standoff, tmp_path, cells, problem):
    data = tmp_path / "data"
    fetch_source("aci", data, originals=tmp_path / "originals", standoff=standoff)
    assert problems_with(data, "gold/concordance.tsv", **cells) == ([problem] if problem else [])
