"""`alliance schema`: the JSON schemas of what goes in and what comes out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Record(StrEnum):
    """The records with a published schema."""

    VISIT = "visit"
    REPORT = "report"


def schema_command(
    record: Annotated[
        Record | None, typer.Argument(help="visit (what goes in) or report (what comes out); both by default.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file.", metavar="FILE", dir_okay=False)
    ] = None,
) -> None:
    """Print the JSON schema of Visit and VisitReport."""
    import json

    from ..report.jsonl import json_schema

    if record is None:
        shown = {"Visit": json_schema("Visit"), "VisitReport": json_schema("VisitReport")}
    else:
        shown = json_schema("Visit" if record is Record.VISIT else "VisitReport")
    text = json.dumps(shown, indent=2, ensure_ascii=False)
    if output is None:
        typer.echo(text)
        return
    from ..errors import BadOption

    try:
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise BadOption("--output", str(output), f"{error.strerror}; give a file that can be written") from None
