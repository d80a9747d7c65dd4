"""Parquet tables."""

import datetime
import json
import os
import sys

import pyarrow as pa
import pytest
from documents import zip_bytes
from pyarrow import parquet

from alliance_nlp.errors import MissingExtra, UnreadableFile
from alliance_nlp.read import read_files, read_visits

TURNS = {
    "encounter_id": [1, 1, 2.0],
    "speaker": ["T", "C", "T"],
    "text": ["Any pain?", "A little.", "Hi."],
    "start": [0.0, 1.5, None],
    "visit_date": [datetime.date(2026, 5, 4)] * 3,
    "embedding": [[0.1]] * 3,
}


def write(path, columns, **options):
    parquet.write_table(pa.table(columns), path, **options)
    return path


def test_read_parquet_one_row_a_turn(tmp_path):
    first, second = read_visits(write(tmp_path / "v.parquet", TURNS, row_group_size=1))
    assert (first.visit_id, first.date, second.visit_id) == ("1", "2026-05-04", "2")
    assert [(turn.role, turn.text, turn.start_s) for turn in first.turns] == [
        ("provider", "Any pain?", 0.0),
        ("patient", "A little.", 1.5),
    ]


def test_read_parquet_one_row_a_visit(tmp_path):
    columns = {
        "visit_id": ["a", "b", "c"],
        "transcript": ["Therapist: Any pain?\nPatient: A little.", None, "No labels here."],
        "note": ["Subjective: Pt wants to swim.", None, None],
        "mrn": ["7", None, None],
        "first_name": ["Martha"] * 3,
    }
    talk, note, error, unlabelled = read_files([write(tmp_path / "v.parquet", columns)])
    assert (talk.visit_id, talk.patient.id, talk.patient.given) == ("a", "7", "Martha")
    assert [turn.role for turn in talk.turns] == ["provider", "patient"]
    assert (note.visit_id, note.kind, note.text) == ("a-note", "note", "Subjective: Pt wants to swim.")
    assert str(error).endswith("line 2: the row has no text; fill it in or leave the row out.")
    assert [(turn.role, turn.text) for turn in unlabelled.turns] == [("other", "No labels here.")]


def test_read_parquet_turns_in_a_list_are_as_in_json(tmp_path):
    turn = {"role": "patient", "text": "I want to swim.", "start_s": 1.5}
    rows = [
        {
            "visit_id": "v1",
            "turns": [turn, turn | {"role": "provider"}],
            "patient": {"given": "Martha", "family": None},
        },
        {"visit_id": "v2", "turns": [turn], "patient": None},
    ]
    (tmp_path / "v.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    dated = [row | {"date": datetime.date(2026, 5, 4)} for row in rows]
    parquet.write_table(pa.Table.from_pylist(dated), tmp_path / "v.parquet")
    expected = [visit.model_copy(update={"date": "2026-05-04"}) for visit in read_visits(tmp_path / "v.jsonl")]
    assert list(read_visits(tmp_path / "v.parquet")) == expected


def test_read_parquet_is_known_by_its_content_and_read_in_an_archive(tmp_path):
    data = write(tmp_path / "v", TURNS).read_bytes()
    (tmp_path / "v.zip").write_bytes(zip_bytes([("v.dat", data)]))
    assert [visit.visit_id for visit in read_visits(tmp_path / "v")] == ["1", "2"]
    assert [visit.visit_id for visit in read_visits(tmp_path / "v.zip")] == ["1", "2"]


def test_read_parquet_holds_one_row_group(tmp_path):
    notes = [os.urandom(2_000).hex() for _ in range(2560)]
    path = write(tmp_path / "v.parquet", {"note_id": list(range(2560)), "note": notes}, row_group_size=256)
    before, most = pa.total_allocated_bytes(), 0
    for _ in read_visits(path):
        most = max(most, pa.total_allocated_bytes() - before)
    assert most < 5_000_000 < len(notes) * len(notes[0])


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"Secret": ["Secret"]}, "the table has no column of what is said"),
        ({"text": ["Secret"]}, "the table has no column of who says it"),
        ({"visit_id": ["a", "a"], "text": ["Secret", "Secret"]}, "no column says who speaks"),
        ({"visit_id": ["a"], "turns": [[{"role": "patient", "text": None}]]}, "a turn whose text is missing"),
        ({"speaker": pa.array([], pa.string()), "text": pa.array([], pa.string())}, "there is no visit in the file"),
    ],
)
def test_read_parquet_of_another_shape_is_one_sentence(columns, why, tmp_path):
    *_, error = read_files([write(tmp_path / "v.parquet", columns)])
    assert why in str(error)
    assert "Secret" not in str(error)


@pytest.mark.parametrize("cut", [20, 300, -4])
def test_read_parquet_cut_off_is_one_sentence(cut, tmp_path):
    path = write(tmp_path / "v.parquet", TURNS)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(UnreadableFile, match="the Parquet table is damaged or encrypted; write it again"):
        next(read_visits(path))


def test_read_parquet_names_the_missing_extra(tmp_path, monkeypatch):
    path = write(tmp_path / "v.parquet", TURNS)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"reading Parquet needs .*'alliance_nlp\[parquet\]'"):
        next(read_visits(path))
