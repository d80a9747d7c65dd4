"""VisitReport -> one line of JSON Lines, and the JSON schemas of what goes in and out."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from ..records import Visit, VisitReport

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_line(report: VisitReport) -> str:
    r"""The whole report as one line of JSON that ends in a line feed; an undefined measure (``nan``) is ``null``.

    >>> report = VisitReport(visit_id="v1", kind="note", model="m", status="scored", measures={"a": float("nan")})
    >>> json_line(report)[:41], '"measures":{"a":null}' in json_line(report)
    ('{"schema_version":"1.0","visit_id":"v1","', True)
    """
    return report.model_dump_json() + "\n"


def json_schema(record: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a record: what a `Visit` may hold, or what another, such as `VisitReport`, does hold.

    >>> json_schema(Visit)["required"]
    ['visit_id']
    >>> list(json_schema(VisitReport)["properties"])[:2]
    ['schema_version', 'visit_id']
    """
    mode: Literal["validation", "serialization"] = "validation" if record is Visit else "serialization"
    return {"$schema": _DIALECT, **record.model_json_schema(mode=mode)}
