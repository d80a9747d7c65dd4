import json

import pytest


def test_cli_schema_prints_every_record(alliance):
    run = alliance("schema")
    assert run.code == 0
    assert set(json.loads(run.out)) == {"Visit", "VisitReport", "ConcordanceReport", "PairedReport"}


@pytest.mark.parametrize(
    ("record", "title"),
    [
        ("visit", "Visit"),
        ("report", "VisitReport"),
        ("concordance", "ConcordanceReport"),
        ("paired", "PairedReport"),
    ],
)
def test_cli_schema_prints_the_record_named(alliance, record, title):
    schema = json.loads(alliance("schema", record).out)
    assert schema["title"] == title
    assert "$schema" in schema


def test_cli_schema_writes_a_file(alliance, tmp_path):
    run = alliance("schema", "report", "-o", tmp_path / "schema.json")
    assert run.out == ""
    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8"))["title"] == "VisitReport"


def test_cli_schema_refuses_a_file_it_cannot_write(alliance, tmp_path):
    run = alliance("schema", "-o", tmp_path / "gone" / "schema.json")
    assert run.code == 2
    assert len(run.err.splitlines()) == 1


def test_cli_schema_refuses_an_unknown_record(alliance):
    assert alliance("schema", "nonsense").code == 2
