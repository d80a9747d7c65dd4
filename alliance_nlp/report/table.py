"""One row a visit: the columns of the CSV, and the table `alliance score` prints in the terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..codes import CODES, NAME_CODES
from ..records import PARTS, AllianceScore, Score, VisitReport
from .printable import printable

if TYPE_CHECKING:
    from rich.table import Table

Value = str | float | int | bool | None
Row = Mapping[str, Value]

_FAMILY = {**{code.name: str(code.family) for code in CODES}, **dict.fromkeys(NAME_CODES, "names")}
_FORMULA = {*"=+-@\t\r\n", *"\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"}
_FORMULA |= {"\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}"}
_BESIDE = ("concordance_both", "concordance_said_only", "concordance_note_only", "concordance_mismatches")
_BOTH = _BESIDE[0]
_SCALE = "points from 1 to 5; empty where the visit is not scored or a note does not document it"

COLUMNS: dict[str, str] = {
    "visit_id": "Name of the visit; #2, #3 ... is added where an id comes again in one run.",
    "kind": "transcript or note.",
    "status": "scored or abstained.",
    "abstained_because": "too_short, one_sided, roles_unknown, not_english or not_clinical; empty where scored.",
    "model": "Name and version of the model.",
    "schema_version": "Version of the report's JSON schema.",
    **{
        name: meaning
        for part in PARTS
        for name, meaning in {
            part: f"{part.capitalize()}, {_SCALE}.",
            f"{part}_low": f"Lower end of the 90 % interval of {part}.",
            f"{part}_high": f"Upper end of the 90 % interval of {part}.",
            f"{part}_documented": f"false where a note does not document {part} at all; empty where not scored.",
        }.items()
    },
    "alliance": f"Mean of goal, task and bond, {_SCALE}.",
    "alliance_low": "Lower end of the 90 % interval of alliance.",
    "alliance_high": "Upper end of the 90 % interval of alliance.",
    "band": "weak (below 2.5), fair (below 3.5) or strong.",
    "p_strong": "Probability (0-1) that the mean of three raters' marks is at least 3.5.",
    "evidence_goals": "Number of stretches coded goal_elicit, goal_state or goal_align.",
    "evidence_tasks": "Number of stretches with a task code, directive among them.",
    "evidence_bond": "Number of stretches coded empathy, affirm, optimism, judge or next_contact.",
    "evidence_names": "Number of times the provider says the patient's name.",
    "warnings": "What to know before trusting the row, joined by ' | '.",
}
"""Name -> meaning of every CSV column, in order. Text that a spreadsheet would run as a formula (it begins with
``= + - @``, wide ones too, a tab or a line end) gets an apostrophe in front; None and nan are empty cells."""


def row(report: VisitReport) -> dict[str, Value]:
    """The values of a report under the names of `COLUMNS`; scores to 4 decimals, probabilities to 6.

    >>> report = VisitReport(visit_id="v1", kind="note", model="m", status="abstained", abstained_because="too_short")
    >>> cells = row(report)
    >>> cells["abstained_because"], cells["goal"], list(cells) == list(COLUMNS)
    ('too_short', None, True)
    """
    cells: dict[str, Value] = {
        "visit_id": report.visit_id,
        "kind": report.kind,
        "status": report.status,
        "abstained_because": report.abstained_because,
        "model": report.model,
        "schema_version": report.schema_version,
    }
    scores = report.scores
    for part in PARTS:
        score: Score | None = getattr(scores, part) if scores else None
        cells |= _ends(part, score)
        cells[f"{part}_documented"] = score.documented if score else None
    alliance: AllianceScore | None = scores.alliance if scores else None
    cells |= _ends("alliance", alliance)
    cells["band"] = alliance.band if alliance else None
    cells["p_strong"] = _rounded(alliance.p_strong if alliance else None, 6)
    families = [_FAMILY.get(evidence.code) for evidence in report.evidence]
    for family in ("goals", "tasks", "bond", "names"):
        cells[f"evidence_{family}"] = families.count(family)
    cells["warnings"] = " | ".join(report.warnings)
    return cells


def csv_header(further: Iterable[str] = ()) -> str:
    r"""The first line of the CSV; ``further`` columns stand behind those of `COLUMNS`.

    >>> csv_header()[:20]
    'visit_id,kind,status'
    """
    return _csv([*COLUMNS, *further])


def csv_line(report: VisitReport, further: Row = MappingProxyType({})) -> str:
    """One report as a line of CSV that ends in a line feed (UTF-8 is the writer's matter).

    Args:
        report: what was said of the visit.
        further: values of the columns behind those of `COLUMNS`.

    >>> report = VisitReport(visit_id="=1+1", kind="note", model="m", status="abstained", abstained_because="too_short")
    >>> csv_line(report)[:40]
    "'=1+1,note,abstained,too_short,m,1.0,,,,"
    """
    return _csv(_cell(value) for value in (*row(report).values(), *further.values()))


def visits_table(rows: Iterable[Row]) -> Table:
    """The table for the terminal: one row a visit, intervals behind the scores, counts of evidence and warnings."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("visit", overflow="fold")
    for title in ("kind", "status", "goal", "task", "bond", "alliance", "band"):
        table.add_column(title)
    for title in ("p_strong", "evidence", "warnings"):
        table.add_column(title, justify="right")
    rows = list(rows)
    beside = any(_BOTH in cells for cells in rows)
    if beside:
        table.add_column("note beside visit")
    for cells in rows:
        table.add_row(*(Text(text) for text in [*_shown(cells), *([_shown_beside(cells)] if beside else [])]))
    return table


def warning_lines(rows: Iterable[Row]) -> list[str]:
    """One line a visit that has warnings, for under the table.

    >>> warning_lines([{"visit_id": "v1", "warnings": "roles were inferred"}, {"visit_id": "v2", "warnings": ""}])
    ['v1: roles were inferred']
    """
    return [printable(f"{cells['visit_id']}: {cells['warnings']}") for cells in rows if cells["warnings"]]


def shown_score(value: float | None, low: float | None, high: float | None) -> str:
    """A score and its interval as people read them.

    >>> shown_score(3.42, 2.8, 4.06)
    '3.4 (2.8-4.1)'
    >>> shown_score(None, None, None)
    '-'
    """
    if value is None:
        return "-"
    return f"{value:.1f}" if low is None or high is None else f"{value:.1f} ({low:.1f}-{high:.1f})"


def _ends(part: str, score: Score | None) -> dict[str, Value]:
    value, low, high = (score.value, score.low, score.high) if score else (None, None, None)
    return {part: _rounded(value, 4), f"{part}_low": _rounded(low, 4), f"{part}_high": _rounded(high, 4)}


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None or value != value else round(value, digits)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value[:1] in _FORMULA:
        return f"'{value}"
    return str(value)


def _csv(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)  # so that a cell with either of them is quoted
    return line.getvalue().removesuffix("\r\n") + "\n"


def _shown(cells: Row) -> list[str]:
    """The texts of one row of the terminal's table."""
    status = str(cells["status"])
    if cells["abstained_because"]:
        status += f": {str(cells['abstained_because']).replace('_', ' ')}"
    scores = []
    for part in (*PARTS, "alliance"):
        value, low, high = (cells[name] for name in (part, f"{part}_low", f"{part}_high"))
        undocumented = cells.get(f"{part}_documented") is False
        scores.append("not documented" if undocumented else shown_score(_number(value), _number(low), _number(high)))
    p_strong = _number(cells["p_strong"])
    evidence = sum(int(_number(cells[f"evidence_{family}"]) or 0) for family in ("goals", "tasks", "bond", "names"))
    warnings = str(cells["warnings"]).count(" | ") + 1 if cells["warnings"] else 0
    return [
        printable(str(cells["visit_id"])),
        str(cells["kind"]),
        status,
        *scores,
        str(cells["band"] or "-"),
        "-" if p_strong is None else f"{p_strong:.2f}",
        str(evidence),
        str(warnings),
    ]


def _shown_beside(cells: Row) -> str:
    """How much of what was said a compared note documents."""
    if cells.get(_BOTH) is None:
        return "-"
    both, left_out, not_said, differ = (int(_number(cells[name]) or 0) for name in _BESIDE)
    told = f"{both} of {both + left_out} said documented"
    told += f", {not_said} not found said" if not_said else ""
    return told + (f", person differs: {differ}" if differ else "")


def _number(value: Value) -> float | None:
    return value if isinstance(value, int | float) else None
