"""`alliance explain`: one visit with its evidence marked, its scores and what moved them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import Model, Roles, Roster

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..errors import AllianceError
    from ..records import Visit

_NAMED = 5  # visit_ids named in the error for an unknown one


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
    from ..read import read_files
    from ..report.note_parts import visit_goals
    from ..report.printable import printable
    from ..report.text import explanation
    from .terminal import standard_output

    if str(path) != "-" and not os.path.exists(path):
        raise BadOption("VISIT", str(path), "there is no such file; check the spelling")
    if path.is_dir():
        raise BadOption("VISIT", str(path), "this is a folder; give one file, with --id where it holds several visits")
    visit, more = choose_visit(read_files([path], roster=roster, roles=roles), visit_id)
    report = load(model).score(visit)
    if visit.kind == "transcript":  # a note's report has its goals; those of talk are read here alone, for speed
        report = report.model_copy(update={"goals": visit_goals(visit, report.evidence)})
    if more:
        shown = printable(visit.visit_id)
        typer.echo(f"The file holds several visits; this is the first, {shown}; choose another with --id.", err=True)
    console = standard_output()
    titles = {feature.name: feature.title for feature in FEATURES}
    for line in explanation(visit, report, titles):
        console.print(line, soft_wrap=not console.is_terminal)


def choose_visit(found: Iterable[Visit | AllianceError], visit_id: str | None) -> tuple[Visit, bool]:
    """The visit named, or the first; and whether others were passed over because none was named.

    Raises:
        AllianceError: the first thing that could not be read, where there is no such visit.
        BadOption: all could be read, and no visit has that id.
    """
    from ..errors import AllianceError, BadOption

    first: Visit | None = None
    error: AllianceError | None = None
    ids: list[str] = []
    for one in found:
        if isinstance(one, AllianceError):
            error = error or one
            continue
        if one.visit_id == visit_id:
            return one, False
        first = first or one
        ids.append(one.visit_id)
        if visit_id is None and len(ids) > 1:
            return first, True
    if visit_id is None and first is not None:
        return first, False
    if error is not None:
        raise error
    named = ", ".join(ids[:_NAMED]) + (", ..." if len(ids) > _NAMED else "")
    raise BadOption("--id", str(visit_id), f"the file holds {named}")
