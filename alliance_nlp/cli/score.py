"""`alliance score`: scores of every visit in files and folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from .options import Model, Roles, Roster

if TYPE_CHECKING:
    from ..batch.run import Outcome
    from ..batch.write import Tally
    from ..report.table import Value

T = TypeVar("T")

SOME_FAILED = 3


def score_command(
    paths: Annotated[
        list[Path], typer.Argument(help="Files with visits, or folders of them.", metavar="PATH...", show_default=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write full reports (.jsonl) or one row a visit (.csv) instead of printing a table; "
            "what failed goes to FILE with .errors.jsonl as its ending.",
        ),
    ] = None,
    roster: Roster = None,
    roles: Roles = None,
    text: Annotated[
        bool, typer.Option("--text/--no-text", help="Whether the evidence in .jsonl carries the words themselves.")
    ] = True,
    model: Model = None,
) -> None:
    """Score the alliance in every visit.

    Exit code 0: every visit was scored or abstained from; 3: some failed, each named on stderr; 2: wrong usage.
    """
    from ..batch.run import find_files, score_files
    from ..batch.write import errors_path, format_of, write_outcomes
    from ..errors import BadOption
    from ..model import load
    from ..read import read_roster
    from ..read.roles import parse_roles
    from ..report.table import row
    from .terminal import with_progress

    if output is not None and os.path.realpath(output) in map(os.path.realpath, paths):
        raise BadOption("--output", str(output), "this file is to be read; give another name")
    form = None if output is None else format_of(output)
    beside = [] if output is None else [output, errors_path(output)]
    files = find_files(paths, leave_out=beside if roster is None else [*beside, roster])
    names = None if roster is None else read_roster(roster)
    speakers = parse_roles(roles)
    scorer = load(model)
    scorer.warm()
    if output is None or form is None:
        rows: list[dict[str, Value]] = []
        shown = score_files(files, scorer, row, roster=names, roles=speakers, text=False)
        tally = _follow(with_progress(shown), rows.append)
        _print_rows(rows)
    else:
        written = score_files(files, scorer, form.render, roster=names, roles=speakers, text=text)
        tally = _follow(with_progress(write_outcomes(written, output, form.header())), lambda _: None)
        _say(f"{tally.scored} scored, {tally.abstained} abstained, {tally.failed} failed; reports in {output}")
    if tally.repeated:
        _say(f"visits with the visit_id of one before them: {tally.repeated}, kept apart as ID#2, ID#3 ...")
    if tally.failed:
        raise typer.Exit(SOME_FAILED)


def _follow(outcomes: Iterable[Outcome[T]], keep: Callable[[T], object]) -> Tally:
    """Count the outcomes, name each failure on stderr, and keep what was rendered of the others."""
    from ..batch.run import Failure
    from ..batch.write import Tally

    tally = Tally()
    for outcome in outcomes:
        tally = tally.counted(outcome)
        if isinstance(outcome, Failure):
            _say(outcome.message)
        else:
            keep(outcome.rendered)
    return tally


def _print_rows(rows: list[dict[str, Value]]) -> None:
    from ..report.table import visits_table, warning_lines
    from .terminal import standard_output

    if not rows:
        return
    console = standard_output()
    console.print(visits_table(rows))
    for line in warning_lines(rows):
        console.print(line, soft_wrap=True)


def _say(sentence: str) -> None:
    from ..report.printable import printable

    typer.echo(printable(sentence), err=True)
