"""`alliance schema`: the JSON schemas of what goes in and what comes out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel


class Record(StrEnum):
    """The records with a published schema."""

    VISIT = "visit"
    REPORT = "report"
    CONCORDANCE = "concordance"
    PAIRED = "paired"


def schema_command(
    record: Annotated[
        Record | None,
        typer.Argument(
            help="visit (what goes in), report (out of score), concordance (out of compare), paired (out of score "
            "--concordance); default: all."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file.", metavar="FILE", dir_okay=False)
    ] = None,
) -> None:
    """Print the JSON schemas of Visit, VisitReport, ConcordanceReport and PairedReport."""
    import json

    from ..concord.records import ConcordanceReport
    from ..concord.table import PairedReport
    from ..records import Visit, VisitReport
    from ..report.jsonl import json_schema

    kinds: dict[Record, type[BaseModel]] = {
        Record.VISIT: Visit,
        Record.REPORT: VisitReport,
        Record.CONCORDANCE: ConcordanceReport,
        Record.PAIRED: PairedReport,
    }
    shown = json_schema(kinds[record]) if record else {kind.__name__: json_schema(kind) for kind in kinds.values()}
    text = json.dumps(shown, indent=2, ensure_ascii=False)
    if output is None:
        typer.echo(text)
        return
    from ..errors import BadOption

    try:
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise BadOption("--output", str(output), f"{error.strerror}; give a file that can be written") from None
