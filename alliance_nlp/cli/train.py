"""`alliance train`: from data folders to a model folder, in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train_command(
    data: Annotated[list[Path], typer.Option("--data", metavar="DIR", help="Data folder; may be given several times.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write, en_NAME-VERSION.")],
    add: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Your own visits to train on too (.jsonl), coded or merely rated; may be given several times.",
        ),
    ] = None,
    figures: Annotated[
        bool, typer.Option("--figures/--no-figures", help="Whether to cross-validate, test and fill the model card.")
    ] = True,
    learning_curve: Annotated[
        bool,
        typer.Option(
            "--learning-curve", help="Measure what more visits (with --add: the added ones) add; takes 25 trainings."
        ),
    ] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes; the model does not depend on it.")] = 1,
) -> None:
    """Train a model on gold visits and write its folder; the same data give the same bytes of arrays."""
    from ..train.run import train

    train(data, output, add=add or (), figures=figures, curve=learning_curve, jobs=jobs, tell=_say)


def _say(line: str) -> None:
    typer.echo(line, err=True)
