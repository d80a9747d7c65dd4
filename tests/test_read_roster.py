"""The roster."""

from pathlib import Path

import pytest

from alliance_nlp.errors import UnreadableFile
from alliance_nlp.read import read_roster, read_visits
from alliance_nlp.records import Patient, Provider

DATA = Path(__file__).parent / "data" / "read"


def write(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_text(text)
    return path


def test_read_roster_fills_every_field():
    row = read_roster(DATA / "roster.csv").find("v1")
    assert row.patient == Patient(id="p7", given="Martha", family="Collins", aliases=("Marty", "Ms. C", "Mattie"))
    assert row.provider == Provider(id="t2", name="Dana Reed, DPT")
    assert row.date == "2026-05-04"


def test_read_roster_name_gives_a_speaker_their_role():
    (visit,) = read_visits(DATA / "labelled.txt", roster=DATA / "roster.csv")
    assert visit.patient.given == "Ines"
    assert visit.role_confidence is None
    assert [turn.role for turn in visit.turns] == ["provider", "patient"] * 2


@pytest.mark.parametrize("key", ["labelled.txt", "labelled", "visits/labelled.txt"])
def test_read_roster_finds_a_visit_by_its_file(key, tmp_path):
    roster = write(tmp_path, f"file,first name\n{key},Ines\n")
    (visit,) = read_visits(DATA / "labelled.txt", roster=roster)
    assert visit.patient.given == "Ines"


def test_read_roster_file_with_many_visits_is_no_key(tmp_path):
    roster = write(tmp_path, "file,given\nvisits.jsonl,Ines\n")
    assert [visit.patient and visit.patient.given for visit in read_visits(DATA / "visits.jsonl", roster=roster)] == [
        "Martha",
        None,
        None,
    ]


def test_read_roster_goes_before_the_file_and_leaves_what_is_blank(tmp_path):
    roster = write(tmp_path, "visit_id,given,family,date\nv1,Maria,,2026-06-01\n")
    visit = next(read_visits(DATA / "visits.jsonl", roster=roster))
    assert (visit.patient.given, visit.patient.family, visit.date) == ("Maria", "Collins", "2026-06-01")


def test_read_roster_without_a_row_is_a_warning(tmp_path):
    roster = write(tmp_path, "visit_id,given\nother,Ines\n")
    assert "the roster has no row for this visit" in next(read_visits(DATA / "note.txt", roster=roster)).warnings


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("given,family\nMartha,Collins\n", "the roster has no column that names the visit"),
        ("visit_id,given\nv1,Martha\nv1,Ines\n", "line 3: the visit has a row already"),
        ("visit_id,given\n,Martha\n", "line 2: the row names no visit"),
        ("", "the file is empty"),
    ],
)
def test_read_roster_bad_tables(text, why, tmp_path):
    with pytest.raises(UnreadableFile, match=why) as error:
        read_roster(write(tmp_path, text))
    assert "Martha" not in str(error.value)
