"""`alliance evaluate`: every figure of a finished model, or of one re-trained in every fold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..corpus.gold import GoldVisit
    from ..evaluate.table import Row
    from ..model import AllianceModel

_OWN = "own"


def evaluate_command(
    model: Annotated[
        Path | None, typer.Argument(metavar="[MODEL]", help="Folder of a finished model; default: the package's own.")
    ] = None,
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", metavar="PATH", help="Data folder, or your own coded or rated visits (.jsonl); repeat."),
    ] = None,
    cv: Annotated[bool, typer.Option("--cv", help="Train anew in every fold of folds.tsv.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="With --cv: keep AnnoMI's producers apart.")] = False,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Print every table of the card: --cv, --cv --strict, the test visits, the machine."),
    ] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Folds at a time.")] = 1,
    machine: Annotated[
        bool, typer.Option("--machine/--no-machine", help="Whether to measure name swaps, speed and memory too.")
    ] = True,
    concordance: Annotated[
        bool, typer.Option("--concordance", help="Measure `alliance compare` instead, on the coded pairs of --data.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Report to write: .json, .html, .md or .txt.")
    ] = None,
    plots: Annotated[
        Path | None, typer.Option("--plots", metavar="DIR", help="Folder for reliability plots as PNG and SVG.")
    ] = None,
) -> None:
    """Print every figure of the model card for the given data, on visits the model has not seen."""
    from ..errors import BadOption
    from ..evaluate.plots import check_plots, write_plots
    from ..evaluate.run import cross_validate, evaluate_model, measure_machine
    from ..evaluate.summary import summarise
    from ..evaluate.table import machine_rows
    from ..evaluate.write import check_output, write_evaluation
    from ..model import load
    from ..train.run import cross_validated_rows, kept_encoders, measure, tested_rows

    if not data:
        raise BadOption("--data", "missing", "give a data folder")
    if strict and not cv:
        raise BadOption("--strict", "without --cv", "add --cv")
    if cv and model is not None:
        raise BadOption("--cv", str(model), "a cross-validation trains its own models; leave MODEL out")
    if everything and (cv or output or plots):
        raise BadOption("--all", "with --cv, --output or --plots", "give it alone")
    if concordance and (strict or everything or output or plots):
        raise BadOption("--concordance", "with --strict, --all, --output or --plots", "give it alone")
    if output:
        check_output(output)
    if plots:
        check_plots()
    if concordance:
        _concordance(load(model), data, anew=cv)
        return
    golds = _read(data)
    if everything:
        _print(measure(load(model), golds, folder=model, encoders=kept_encoders(golds, data), jobs=jobs, tell=_say))
        return
    if cv:
        if not any(gold.fold is not None for gold in golds):
            raise BadOption("--cv", "without folds", "the data folder holds no folds.tsv")
        encoders = None if strict else kept_encoders(golds, data)
        held = cross_validate(golds, strict=strict, encoders=encoders, jobs=jobs, tell=_say)
        sections = cross_validated_rows(held, strict=strict)
        evaluation = summarise(
            held, method="cross_validation_producers_apart" if strict else "cross_validation", card=sections
        )
    else:
        finished = load(model)
        held, left_out = evaluate_model(finished, golds)
        _say(f"left out {left_out} of {len(golds)} visits the model has seen in training")
        sections = {}
        for split in sorted({gold.split for gold in held.golds}):
            sections |= tested_rows(held.of_split(split), split)
        evaluation = summarise(held, method="finished_model", model=finished.name, left_out=left_out, card=sections)
    printed = dict(sections)
    if machine:
        finished = load(model)
        seen = set(finished.meta.get("seen", ()))
        fresh = [gold for gold in golds if gold.kind == "transcript" and gold.sha256() not in seen]
        if fresh:
            printed["Machine"] = list(machine_rows(measure_machine(finished, fresh, model)))
        else:
            _say("name swaps, speed and memory not measured: no transcript that the model has not seen")
    _print(printed)
    if output:
        write_evaluation(evaluation, output)
        _say(f"wrote {output}")
    if plots:
        _say(f"wrote {len(write_plots(evaluation, plots))} plots to {plots}")


def _concordance(model: AllianceModel, data: list[Path], *, anew: bool) -> None:
    """Figures of `alliance compare` by split; with ``anew`` those of the training pairs, by weights of other folds."""
    from ..corpus.pairs import TRAINING_SPLITS, read_pairs
    from ..evaluate.concordance import as_markdown, figures, measure_baseline, measure_pairs

    if anew:
        from ..concord.compare import rarity_of
        from ..train.coded_pairs import coded_pairs
        from ..train.concord import cross_validate_concord
        from ..train.run import kept_encoders, merge_gold

        training, golds = read_pairs(data, TRAINING_SPLITS), merge_gold(data)
        coded = coded_pairs(training, golds, model, kept_encoders(golds, data))
        held, words = cross_validate_concord(coded, rarity_of(model))
        for written, what in ((False, "pairs"), (True, "pairs whose notes were written to fail")):
            at = [n for n, pair in enumerate(training) if pair.written == written]
            if at:
                rows, plain = figures([held[n] for n in at]), figures([words[n] for n in at])
                typer.echo(f"\n{len(at)} {what}, cross-validated\n\n{as_markdown(rows, plain)}")
        return
    pairs = read_pairs(data)
    for split in sorted({pair.split for pair in pairs}):
        of_split = [pair for pair in pairs if pair.split == split]
        known = " (the weights were fitted on these)" if split in TRAINING_SPLITS else ""
        rows, plain = figures(measure_pairs(of_split, model)), figures(measure_baseline(of_split, model))
        typer.echo(f"\n{split}: {len(of_split)} pairs{known}\n\n{as_markdown(rows, plain)}")


def _read(data: list[Path]) -> list[GoldVisit]:
    """Visits of folders, and of files as a split of their own."""
    from dataclasses import replace

    from ..corpus.added import read_added
    from ..train.run import merge_gold

    folders = [path for path in data if not path.is_file()]
    golds = merge_gold(folders) if folders else []
    own = read_added([path for path in data if path.is_file()])
    return [*golds, *(replace(gold, split=_OWN) for gold in own)]


def _print(sections: Mapping[str, Sequence[Row]]) -> None:
    from ..evaluate.table import as_markdown

    for title, rows in sections.items():
        typer.echo(f"\n{title}\n\n{as_markdown(list(rows))}")


def _say(line: str) -> None:
    typer.echo(line, err=True)
