"""Records that come in and go out."""

import json

import pytest
from pydantic import ValidationError
from stand_in import make_report

from alliance_nlp.records import SCHEMA_VERSION, Turn, Visit, VisitReport


def test_records_a_visit_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Visit(visit_id="v").visit_id = "w"


def test_records_unknown_keys_are_left_out():
    turns = [{"role": "patient", "text": "", "i": 0}]
    visit = Visit.model_validate({"visit_id": "v", "quality": "high", "turns": turns})
    assert not hasattr(visit, "quality")
    assert not hasattr(visit.turns[0], "i")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"text": "Pt sleeps well."}, "note"),
        ({"turns": []}, "transcript"),
        ({}, "transcript"),
        ({"kind": None, "text": "x"}, "note"),
        ({"kind": "transcript", "text": "x"}, "transcript"),
    ],
)
def test_records_kind_follows_from_the_content(data, kind):
    assert Visit.model_validate({"visit_id": "v", **data}).kind == kind


def test_records_a_note_without_text_is_refused():
    with pytest.raises(ValidationError, match="needs a text"):
        Visit(visit_id="v", kind="note")


def test_records_a_note_with_turns_is_refused():
    with pytest.raises(ValidationError, match="no turns"):
        Visit(visit_id="v", kind="note", text="x", turns=[{"role": "patient", "text": "x"}])


def test_records_an_unknown_role_is_refused():
    with pytest.raises(ValidationError, match="role"):
        Turn(role="boss", text="x")


def test_records_a_visit_survives_json():
    turns = [{"role": "patient", "text": "Hm.", "start_s": 0.5}]
    visit = Visit(visit_id="v", patient={"given": "Jo", "aliases": ["Joey"]}, turns=turns)
    assert Visit.model_validate_json(visit.model_dump_json()) == visit


def test_records_a_report_survives_json():
    report = make_report()
    assert VisitReport.model_validate_json(report.model_dump_json()) == report


def test_records_a_report_begins_with_its_schema_version():
    assert next(iter(json.loads(make_report().model_dump_json()).items())) == ("schema_version", SCHEMA_VERSION)


@pytest.mark.parametrize("record", [Visit, VisitReport])
def test_records_every_field_of_a_public_score_is_described(record):
    schema = record.model_json_schema()
    for name in ("Turn", "Evidence", "Score", "AllianceScore"):
        for field, row in schema["$defs"].get(name, {"properties": {}})["properties"].items():
            assert "description" in row or "$ref" in row or field == "documented", (name, field)
