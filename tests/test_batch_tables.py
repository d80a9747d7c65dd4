import json
import sqlite3
from contextlib import closing

import pytest
from pyarrow import parquet
from runs import run, write_input
from stand_in import WANT, make_report

from alliance_nlp.report.table import COLUMNS
from alliance_nlp.report.typed import VISIT_TYPES, typed_line


@pytest.fixture
def visits(tmp_path):
    return write_input(tmp_path / "in")


def test_batch_tables_parquet_has_types_and_says_what_it_is(visits, tmp_path):
    run(visits, tmp_path / "out.parquet")
    table = parquet.read_table(tmp_path / "out.parquet")
    assert table.column_names == [*COLUMNS, "evidence"]
    kinds = {field.name: str(field.type) for field in table.schema}
    assert kinds["visit_id"] == "string"
    assert kinds["goal"] == kinds["p_strong"] == "double"
    assert kinds["evidence_goals"] == "int64"
    assert kinds["goal_documented"] == "bool"
    assert table.schema.metadata[b"model"] == b"stand_in-1"
    assert table.schema.field("goal").metadata[b"description"].startswith(b"Goal, points from 1 to 5")
    first = table.to_pylist()[0]
    assert (first["visit_id"], first["goal"], first["p_strong"]) == ("v0", 3.4, 0.31)
    assert first["evidence"][0]["text"] == WANT


def test_batch_tables_parquet_holds_many_rows_in_groups(visits, tmp_path, monkeypatch):
    monkeypatch.setattr("alliance_nlp.batch.parquet.ROWS_AT_ONCE", 4)
    run(visits, tmp_path / "out.parquet")
    assert parquet.ParquetFile(tmp_path / "out.parquet").num_row_groups == 3


def test_batch_tables_sqlite_joins_visits_and_evidence(visits, tmp_path):
    run(visits, tmp_path / "out.db")
    with closing(sqlite3.connect(tmp_path / "out.db")) as database:
        rows = database.execute(
            'SELECT visit_id, goal, typeof(goal), goal_documented, code, number, text, typeof(p), "end" '
            "FROM visits JOIN evidence USING (visit_id) ORDER BY visits.rowid"
        ).fetchall()
        assert rows[0] == ("v0", 3.4, "real", 1, "goal_state", 0, WANT, "real", len(WANT))
        assert database.execute("SELECT value FROM meta WHERE name = 'model'").fetchone() == ("stand_in-1",)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert len(rows) == len({row[0] for row in rows})


def test_batch_tables_sqlite_takes_the_place_of_an_earlier_one(visits, tmp_path):
    run(visits, tmp_path / "out.db")
    run(visits, tmp_path / "out.db")
    with closing(sqlite3.connect(tmp_path / "out.db")) as database:
        assert database.execute("SELECT count(*) FROM visits").fetchone() == (11,)


def test_batch_tables_name_every_column():
    assert list(VISIT_TYPES) == list(COLUMNS)
    line = json.loads(typed_line(make_report("=1+1")))
    assert list(line["visit"]) == list(COLUMNS)
    assert line["visit"]["visit_id"] == "=1+1"


def test_batch_tables_refuse_half_a_character():
    with pytest.raises(UnicodeEncodeError):
        typed_line(make_report("\ud800"))
