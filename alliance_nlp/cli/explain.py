"""`alliance explain`: one visit with its evidence marked, its scores and what moved them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from .one_visit import read_one
from .options import Model, Roles, Roster


def explain_command(
    path: Annotated[
        Path, typer.Argument(help="File with the visit; - is standard input.", metavar="VISIT", show_default=False)
    ],
    visit_id: Annotated[
        str | None,
        typer.Option("--id", metavar="VISIT_ID", help="Which visit, where the file holds several; else the first."),
    ] = None,
    roster: Roster = None,
    roles: Roles = None,
    model: Model = None,
) -> None:
    """Show one visit with its evidence marked, its scores and what moved them."""
    from ..errors import BadOption
    from ..featurise import FEATURES
    from ..model import load
    from ..report.note_parts import visit_goals
    from ..report.text import explanation
    from .terminal import standard_output

    if str(path) != "-" and not os.path.exists(path):
        raise BadOption("VISIT", str(path), "there is no such file; check the spelling")
    if path.is_dir():
        raise BadOption("VISIT", str(path), "this is a folder; give one file, with --id where it holds several visits")
    scorer = load(model)
    visit = read_one(path, visit_id, roster, roles)
    report = scorer.score(visit)
    if visit.kind == "transcript":  # a note's report has its goals; those of talk are read here alone, for speed
        report = report.model_copy(update={"goals": visit_goals(visit, report.evidence)})
    console = standard_output()
    titles = {feature.name: feature.title for feature in FEATURES}
    for line in explanation(visit, report, titles):
        console.print(line, soft_wrap=not console.is_terminal)
