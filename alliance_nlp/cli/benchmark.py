"""`alliance benchmark`: how fast it is on this machine, beside what it is measured against."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from .options import Model


def benchmark_command(
    path: Annotated[
        Path | None,
        typer.Argument(help="File or folder of visits; without it invented sample visits.", metavar="PATH"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    jobs: Annotated[
        int,
        typer.Option("--jobs", "-j", min=1, metavar="N", help="Also what N processes gain on 20,000 visits: minutes."),
    ] = 1,
    model: Model = None,
) -> None:
    """Measure speed, first score and memory on this machine, as ratios to blank spaCy and, if installed, MiniLM.

    About a minute.
    """
    import json

    from ..errors import AllianceError, BadOption, NoVisits
    from ..evaluate.benchmark import lines, measure_all, sample_visits
    from ..model import load
    from ..read import list_files, read_files
    from ..report.printable import printable

    if path is not None and not os.path.exists(path):
        raise BadOption("PATH", str(path), "there is no such file or folder; check the spelling")
    visits = sample_visits() if path is None else []
    for found in () if path is None else read_files(list_files(path) if path.is_dir() else [path]):
        if isinstance(found, AllianceError):
            typer.echo(printable(f"left out: {found}"), err=True)
        else:
            visits.append(found)
    if not visits:
        raise NoVisits(str(path))
    figures = measure_all(load(model), visits, folder=model, jobs=jobs)
    if as_json:
        typer.echo(json.dumps(figures, indent=1))
        return
    typer.echo(f"{figures['model']}, {figures['visits']:,} visits, {figures['words']:,} words, one core")
    for what, figure, aim in lines(figures):
        typer.echo(f"  {what:<48}{figure:<40}{aim}".rstrip())
