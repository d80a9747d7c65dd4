"""`alliance train`: from data folders to a model folder, in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train_command(
    data: Annotated[list[Path], typer.Option("--data", metavar="DIR", help="Data folder; may be given several times.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="Folder to write, en_NAME-VERSION, with --names any; with --concordance a .json, with --soft-labels "
            "a .npz file.",
        ),
    ],
    add: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Your own visits to train on too (.jsonl), coded or merely rated; may be given several times.",
        ),
    ] = None,
    encoder: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            file_okay=False,
            help="Train a model with an encoder (see README), and keep its encoders in this folder so that a run that "
            "was stopped can go on; about an hour on 2 cores. Needs alliance_nlp[encoder-training].",
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
    concordance: Annotated[
        bool,
        typer.Option(
            "--concordance", help="Fit the weights of `alliance compare` instead, on the coded pairs of --data."
        ),
    ] = False,
    soft_labels: Annotated[
        bool,
        typer.Option(
            "--soft-labels", help="With --encoder: write what its encoders think of visits they do not know instead."
        ),
    ] = False,
    small_encoders: Annotated[
        bool,
        typer.Option(
            "--small-encoders",
            help="With --encoder: write the small encoders that its encoders teach instead, e.g. to "
            "corpus/small_encoders, where the next training finds them.",
        ),
    ] = False,
    names: Annotated[
        bool,
        typer.Option(
            "--names",
            help="Learn where a word is the patient's name instead, and write name_contexts.json and word_rates.json, "
            "which the package keeps in annotate/patterns.",
        ),
    ] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes; the model does not depend on it.")] = 1,
) -> None:
    """Train a model on gold visits and write its folder; the same data give the same bytes of arrays."""
    if concordance:
        others = add or encoder or small_encoders or soft_labels or names or learning_curve or not figures or jobs > 1
        _train_concordance(data, output, alone=not others)
        return
    if names:
        others = add or encoder or small_encoders or soft_labels or learning_curve or not figures or jobs > 1
        _train_names(data, output, alone=not others)
        return
    if soft_labels or small_encoders:
        if encoder is None or (soft_labels and small_encoders) or add or learning_curve or not figures:
            from ..errors import BadOption

            option = "--soft-labels" if soft_labels else "--small-encoders"
            why = "give it with --data, --encoder, --output and --jobs alone"
            raise BadOption(option, "without --encoder, or with other options", why)
        write = _write_soft_labels if soft_labels else _write_small_encoders
        write(data, output, encoder, jobs)
        return
    from ..train.run import train

    train(data, output, add=add or (), encoders=encoder, figures=figures, curve=learning_curve, jobs=jobs, tell=_say)


def _train_concordance(data: list[Path], output: Path, *, alone: bool) -> None:
    """Fit `alliance compare` on the coded pairs that are no test, and write its weights as JSON."""
    from ..corpus.pairs import TRAINING_SPLITS, read_pairs
    from ..errors import BadOption

    if not alone:
        raise BadOption("--concordance", "with other options", "give it with --data and --output alone")
    if output.suffix != ".json" or not output.parent.is_dir():
        raise BadOption("--output", str(output), "name a .json file in a folder that exists")
    pairs = read_pairs(data, TRAINING_SPLITS)
    from ..concord.compare import rarity_of
    from ..model import load
    from ..train.coded_pairs import coded_pairs
    from ..train.concord import fit_concord
    from ..train.run import kept_encoders, merge_gold

    model, golds = load(), merge_gold(data)
    weights = fit_concord(coded_pairs(pairs, golds, model, kept_encoders(golds, data)), rarity_of(model))
    output.write_text(weights.as_json(), "utf-8")
    _say(f"wrote {output}, learnt from {len(pairs)} pairs")


def _train_names(data: list[Path], output: Path, *, alone: bool) -> None:
    """Learn the contexts of names and the rates of words from the training transcripts, and write them as JSON."""
    from ..errors import BadOption

    if not alone:
        raise BadOption("--names", "with other options", "give it with --data and --output alone")
    if output.is_file():
        raise BadOption("--output", str(output), "name a folder")
    from ..train.names import write_names
    from ..train.run import merge_gold

    golds = [gold for gold in merge_gold(data) if gold.split == "train" and gold.kind == "transcript"]
    write_names(output, golds)
    _say(f"wrote {output}, learnt from {len(golds)} transcripts")


def _write_soft_labels(data: list[Path], output: Path, encoder: Path, jobs: int) -> None:
    """Train encoders in folds and write their soft labels of the training transcripts."""
    from ..errors import BadOption

    if output.suffix != ".npz" or not output.parent.is_dir():
        raise BadOption("--output", str(output), "name a .npz file in a folder that exists")
    from ..corpus.soft_labels import write_soft_labels
    from ..train.encoder import fit_encoders, soft_labels
    from ..train.run import merge_gold, prepare_training

    prepared, inner = prepare_training(merge_gold(data))
    labels = soft_labels(prepared, fit_encoders(prepared, inner, keep=encoder, jobs=jobs, tell=_say))
    write_soft_labels(output, labels)
    _say(f"wrote {output}, soft labels of {len(labels)} visits")


def _write_small_encoders(data: list[Path], output: Path, encoder: Path, jobs: int) -> None:
    """Train encoders in folds and write the small ones that they teach."""
    from ..errors import BadOption

    if output.is_file():
        raise BadOption("--output", str(output), "name a folder")
    from ..train.run import merge_gold, prepare_training
    from ..train.teach import teach_small_encoders

    prepared, inner = prepare_training(merge_gold(data))
    teach_small_encoders(prepared, inner, output, teachers=encoder, jobs=jobs, tell=_say)
    _say(f"wrote {output}")


def _say(line: str) -> None:
    typer.echo(line, err=True)
