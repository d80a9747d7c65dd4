import json

import pytest
from stand_in import make_report

from alliance_nlp.records import Visit, VisitReport
from alliance_nlp.report.jsonl import json_line, json_schema


def test_report_jsonl_round_trips():
    report = make_report(warnings=("roles were inferred",))
    assert VisitReport.model_validate_json(json_line(report)) == report


def test_report_jsonl_is_one_line_that_starts_with_the_schema_version():
    line = json_line(make_report(warnings=("two\nlines",)))
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert next(iter(json.loads(line))) == "schema_version"


def test_report_jsonl_writes_undefined_measures_as_null():
    line = json_line(make_report(measures={"share": float("nan"), "count": 0.0}))
    assert json.loads(line)["measures"] == {"share": None, "count": 0.0}


@pytest.mark.parametrize(("record", "required"), [(Visit, {"visit_id"}), (VisitReport, {"visit_id", "status"})])
def test_report_jsonl_schema_names_what_is_required(record, required):
    schema = json_schema(record)
    assert required <= set(schema["required"])
    assert schema["title"] == record.__name__
