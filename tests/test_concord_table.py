import csv
import io

from stand_in import make_concordance, make_note, make_report, make_visit

from alliance_nlp.concord.records import ConcordanceReport
from alliance_nlp.concord.table import (
    CONCORDANCE_COLUMNS,
    PAIRED_COLUMNS,
    PairedReport,
    concordance_row,
    paired_line,
)
from alliance_nlp.report.table import COLUMNS, csv_header, csv_line, row, visits_table

COMPARED = make_concordance(make_note("n1", of="v1"), make_visit("v1"))


def items(*kinds):
    place = {"turn": 0, "start": 0, "end": 1}
    made = [{"kind": kind, "status": status, "said": place, "note": place, "p": 0.5} for kind, status in kinds]
    return ConcordanceReport(visit_id="v1", note_id="n1", model="m", items=made)


def test_concord_table_counts_by_status_for_goals_and_all_kinds():
    found = items(("goal", "both"), ("goal", "said_only"), ("goal", "said_only"), ("plan", "note_only"))
    cells = concordance_row(found)
    assert [cells[f"concordance_{name}"] for name in ("both", "said_only", "note_only")] == [1, 2, 1]
    assert [cells[f"concordance_goal_{name}"] for name in ("both", "said_only", "note_only")] == [1, 2, 0]
    assert (cells["concordance_goal_share"], cells["concordance_plan_share"]) == (0.3333, None)


def test_concord_table_counts_details_that_differ():
    assert concordance_row(COMPARED)["concordance_mismatches"] == 1


def test_concord_table_names_every_column():
    assert [column.name for column in PAIRED_COLUMNS] == [*COLUMNS, *CONCORDANCE_COLUMNS]
    assert all(column.meaning for column in PAIRED_COLUMNS)


def test_concord_table_stands_behind_the_columns_of_the_csv():
    further = concordance_row(COMPARED)
    lines = csv_header(further) + csv_line(make_report(), further)
    (cells,) = csv.DictReader(io.StringIO(lines))
    assert list(cells) == [*COLUMNS, *CONCORDANCE_COLUMNS]
    assert (cells["goal"], cells["concordance_visit_id"], cells["concordance_both"]) == ("3.4", "v1", "1")
    assert csv_line(make_report(), concordance_row(None)).endswith("," * len(CONCORDANCE_COLUMNS) + "\n")


def test_concord_table_line_is_read_back():
    line = paired_line(make_report(), COMPARED)
    report = PairedReport.model_validate_json(line)
    assert (report.concordance, report.visit_id) == (COMPARED, "v1")
    assert line == report.model_dump_json() + "\n"


def test_concord_table_is_a_column_of_the_terminal_where_notes_are_compared():
    rows = [{**row(make_report("n1")), **concordance_row(each)} for each in (COMPARED, None)]
    table = visits_table(rows)
    assert [str(cell) for cell in table.columns[-1].cells] == ["1 of 2 said documented, person differs: 1", "-"]
    assert len(visits_table([row(make_report())]).columns) == len(table.columns) - 1
