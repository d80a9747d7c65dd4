"""`alliance coach`: the coaching sheet of one visit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from .one_visit import read_one
from .options import Model, Roles, Roster, check_not_read


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
    from ..report.coach import as_html, check_template, coaching_sheet
    from ..report.printable import printable

    check_template()
    if path.is_dir() or (str(path) != "-" and not os.path.exists(path)):
        raise BadOption("VISIT", str(path), "give one file, with --id where it holds several visits")
    if output.suffix.lower() not in (".html", ".htm"):
        raise BadOption("--output", str(output), "end the name in .html")
    check_not_read("--output", output, [path])
    scorer = load(model)
    visit = read_one(path, visit_id, roster, roles)
    sheet = coaching_sheet(visit, scorer.score(visit))
    output.write_text(as_html(sheet), "utf-8")
    said = "what it can say of" if sheet.too_little else "the coaching sheet of"
    typer.echo(f"{printable(str(output))}: {said} {printable(visit.visit_id)}", err=True)
