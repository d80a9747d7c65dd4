"""Rows with types, for tables that have them: the columns of the CSV, and the evidence behind them."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Literal, NamedTuple

from ..records import PARTS, VisitReport
from .table import COLUMNS, Row, row

ColumnType = Literal["text", "real", "integer", "boolean"]

_REALS = {f"{part}{end}" for part in (*PARTS, "alliance") for end in ("", "_low", "_high")} | {"p_strong"}
_INTEGERS = {f"evidence_{family}" for family in ("goals", "tasks", "bond", "names")}
_BOOLEANS = {f"{part}_documented" for part in PARTS}

VISIT_TYPES: dict[str, ColumnType] = {
    name: "real" if name in _REALS
    else "integer" if name in _INTEGERS
    else "boolean" if name in _BOOLEANS
    else "text"
    for name in COLUMNS
}  # fmt: skip
"""Column -> type, in the order of `alliance_nlp.report.table.COLUMNS`; what is undefined is null."""


class Column(NamedTuple):
    """One column of a table of visits."""

    name: str
    kind: ColumnType
    meaning: str


VISIT_COLUMNS = tuple(Column(name, kind, COLUMNS[name]) for name, kind in VISIT_TYPES.items())
"""The columns of every table of visits, in order."""

_SPARK: dict[ColumnType, str] = {"text": "string", "real": "double", "integer": "bigint", "boolean": "boolean"}
SPARK_SCHEMA = ", ".join(f"{name} {_SPARK[kind]}" for name, kind in VISIT_TYPES.items())
"""The same columns as Spark writes a schema."""

EVIDENCE_TYPES: dict[str, ColumnType] = {
    "code": "text",
    "turn": "integer",
    "start": "integer",
    "end": "integer",
    "text": "text",
    "p": "real",
    "why": "text",
}
"""Column -> type of a piece of evidence, as in `alliance_nlp.records.Evidence`."""


def typed_line(report: VisitReport, further: Row = MappingProxyType({})) -> str:
    """The row and the evidence of one report as a line of JSON.

    Args:
        report: what was said of the visit.
        further: values of the columns behind those of `alliance_nlp.report.table.COLUMNS`.

    Raises:
        UnicodeEncodeError: there is half a character in it, which no table can store.

    >>> report = VisitReport(visit_id="v1", kind="note", model="m", status="abstained", abstained_because="too_short")
    >>> json.loads(typed_line(report))["evidence"], typed_line(report)[:26]
    ([], '{"visit": {"visit_id": "v1')
    """
    evidence = [{name: getattr(each, name) for name in EVIDENCE_TYPES} for each in report.evidence]
    line = json.dumps({"visit": {**row(report), **further}, "evidence": evidence}, ensure_ascii=False, allow_nan=False)
    line.encode()
    return line + "\n"
