"""Options, arguments and checks that more than one command has."""

from __future__ import annotations

import os
from collections.abc import Iterable
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
    Path | None,
    typer.Option(help="Another model than the default: its folder, or the name of a shipped one.", metavar="MODEL"),
]


def check_not_read(option: str, output: Path, inputs: Iterable[Path]) -> None:
    """Refuse to write where something is read from.

    Raises:
        BadOption: ``output`` is one of ``inputs``; names ``option``.
    """
    from ..errors import BadOption

    if os.path.realpath(output) in map(os.path.realpath, inputs):
        raise BadOption(option, str(output), "this file is to be read; give another name")
