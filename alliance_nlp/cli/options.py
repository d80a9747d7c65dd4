"""Options and arguments that more than one command has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Roster = Annotated[
    Path | None,
    typer.Option(
        help="CSV of patients' names, by visit_id or file name: given, family, aliases, patient_id, provider_id, date.",
        metavar="CSV",
    ),
]
Roles = Annotated[
    str | None,
    typer.Option(help="Who is who, by speaker label: Dana=provider,Martha=patient.", metavar="LABEL=ROLE,..."),
]
Model = Annotated[
    Path | None, typer.Option(help="Folder of another model than the one that comes with it.", metavar="FOLDER")
]
