"""`alliance evaluate`: the table of goals, re-trained in every fold or of a finished model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def evaluate_command(
    model: Annotated[
        Path | None, typer.Argument(metavar="[MODEL]", help="Folder of a finished model; default: the package's own.")
    ] = None,
    data: Annotated[
        list[Path] | None, typer.Option("--data", metavar="DIR", help="Data folder; may be given several times.")
    ] = None,
    cv: Annotated[bool, typer.Option("--cv", help="Train anew in every fold of folds.tsv.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="With --cv: keep AnnoMI's producers apart.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Folds at a time.")] = 1,
    machine: Annotated[
        bool, typer.Option("--machine/--no-machine", help="Whether to measure name swaps, speed and memory too.")
    ] = True,
) -> None:
    """Print every figure of the model card for the given data."""
    from ..errors import BadOption
    from ..evaluate.run import measure_machine
    from ..evaluate.table import as_markdown, machine_rows
    from ..model import load
    from ..train.run import cross_validated, merge_gold, tested

    if not data:
        raise BadOption("--data", "missing", "give a data folder")
    if strict and not cv:
        raise BadOption("--strict", "without --cv", "add --cv")
    if cv and model is not None:
        raise BadOption("--cv", str(model), "a cross-validation trains its own models; leave MODEL out")
    golds = merge_gold(data)
    finished = load(model)
    if cv:
        if not any(gold.fold is not None for gold in golds):
            raise BadOption("--cv", "without folds", "the data folder holds no folds.tsv")
        sections = cross_validated(golds, strict=strict, jobs=jobs, tell=lambda line: typer.echo(line, err=True))
    else:
        seen = set(finished.meta.get("seen", ()))
        fresh = [gold for gold in golds if gold.sha256() not in seen]
        left_out = len(golds) - len(fresh)
        typer.echo(f"left out {left_out} of {len(golds)} visits the model has seen in training", err=True)
        sections = {}
        for split in sorted({gold.split for gold in fresh}):
            sections |= tested(finished, [gold for gold in fresh if gold.split == split], split)
    if machine:
        sections["Machine"] = list(machine_rows(measure_machine(finished, golds)))
    for title, rows in sections.items():
        typer.echo(f"\n{title}\n\n{as_markdown(rows)}")
