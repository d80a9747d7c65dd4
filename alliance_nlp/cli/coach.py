"""`alliance coach`: the coaching sheet of one visit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from .explain import choose_visit
from .options import Model, Roles, Roster


def coach_command(
    path: Annotated[
        Path, typer.Argument(help="File with the visit; - is standard input.", metavar="VISIT", show_default=False)
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE.html", help="Page to write.", show_default=False)
    ],
    visit_id: Annotated[
        str | None,
        typer.Option("--id", metavar="VISIT_ID", help="Which visit, where the file holds several; else the first."),
    ] = None,
    roster: Roster = None,
    roles: Roles = None,
    model: Model = None,
) -> None:
    """Write a coaching sheet for the provider: two strengths with quotes, one thing to try, no score.

    One printable page; needs pip install 'alliance_nlp[report]'.
    """
    from ..errors import BadOption
    from ..model import load
    from ..read import read_files
    from ..report.coach import as_html, check_template, coaching_sheet
    from ..report.printable import printable

    check_template()
    if path.is_dir() or (str(path) != "-" and not os.path.exists(path)):
        raise BadOption("VISIT", str(path), "give one file, with --id where it holds several visits")
    if output.suffix.lower() not in (".html", ".htm"):
        raise BadOption("--output", str(output), "end the name in .html")
    if os.path.realpath(output) == os.path.realpath(path):
        raise BadOption("--output", str(output), "this file is to be read; give another name")
    visit, more = choose_visit(read_files([path], roster=roster, roles=roles), visit_id)
    sheet = coaching_sheet(visit, load(model).score(visit))
    output.write_text(as_html(sheet), "utf-8")
    shown = printable(visit.visit_id)
    if more:
        typer.echo(f"The file holds several visits; this is the first, {shown}; choose another with --id.", err=True)
    said = "what it can say of" if sheet.too_little else "the coaching sheet of"
    typer.echo(f"{printable(str(output))}: {said} {shown}", err=True)
