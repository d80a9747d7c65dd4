"""`alliance corpus`: fetch the public corpora, check a corpus, and exchange visits with annotation tools."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .options import check_not_read

SOME_WRONG = 3

corpus_app = typer.Typer(
    name="corpus",
    help="Fetch public corpora, check a corpus, and exchange visits with annotation tools.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Tool(StrEnum):
    """What visits are exchanged with."""

    DOCCANO = "doccano"
    LABEL_STUDIO = "label-studio"
    CSV = "csv"


@corpus_app.command("fetch")
def fetch_command(
    names: Annotated[
        list[str], typer.Argument(help="annomi, aci, primock, osce, or all.", metavar="NAME...", show_default=False)
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Data folder to write to; others in it stay.", metavar="FOLDER")
    ],
    originals: Annotated[
        Path | None,
        typer.Option("--from", help="Folder with the original files; nothing is downloaded.", metavar="FOLDER"),
    ] = None,
    gold: Annotated[
        Path | None, typer.Option(help="Folder with other stand-off gold than what comes with it.", metavar="FOLDER")
    ] = None,
    mirror: Annotated[
        str | None, typer.Option(help="Address of a server that has the files in place of their home.", metavar="URL")
    ] = None,
) -> None:
    """Turn public corpora into coded visits, each turn checked against the hash of what was coded.

    Exit code 0: all visits are there; 3: some differ or are missing, each named on stderr; 2: wrong usage.
    """
    from ..corpus.fetch import fetch_source
    from ..corpus.sources import source_named, sources

    wanted = list(sources()) if names == ["all"] else names
    for name in wanted:
        source_named(name)
    left_out = 0
    for name in wanted:
        source = source_named(name)
        typer.echo(f"{source.title}\n  from {source.address}\n  licence: {source.licence}\n  cite: {source.citation}")
        fetched = fetch_source(
            name, output, originals=originals, standoff=gold, mirror=mirror, on_file=lambda path: _say(f"  {path}")
        )
        for line in fetched.left_out:
            _say(f"warning: {line}")
        left_out += len(fetched.left_out)
        typer.echo(f"  {fetched.kept} visits in {fetched.path}")
    if left_out:
        raise typer.Exit(SOME_WRONG)


@corpus_app.command("check")
def check_command(
    path: Annotated[Path, typer.Argument(help="Folder of a corpus, or a file of coded visits.", metavar="FOLDER")] = (
        Path("corpus")
    ),
) -> None:
    """Name every fault of a corpus: codes, roles, offsets, ratings, splits, pairs, concordance, hashes.

    Exit code 0: there is none; 3: there are some; 2: wrong usage.
    """
    from ..corpus.check import check_corpus
    from ..report.printable import printable

    _must_be_readable("FOLDER", path, "file or folder")
    problems = check_corpus(path)
    for problem in problems:
        typer.echo(printable(str(problem)))
    _say(f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'} in {path}")
    if problems:
        raise typer.Exit(SOME_WRONG)


@corpus_app.command("export")
def export_command(
    path: Annotated[Path, typer.Argument(help="File or folder of visits, coded or not.", metavar="PATH")],
    to: Annotated[Tool, typer.Option("--to", help="For which tool.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.", metavar="FILE", dir_okay=False)],
    suggest: Annotated[
        bool, typer.Option("--suggest", help="label-studio: codes as suggestions, to accept or correct.")
    ] = False,
) -> None:
    """Write visits for an annotation tool.

    doccano: a sequence labelling project that allows overlapping spans and does not count grapheme clusters;
    upload as JSONL. label-studio: the project's labelling configuration is written beside the tasks as .xml.
    csv: a row a coded stretch; add rows with code and stretch. Ratings can be changed in label-studio and csv.
    """
    from ..corpus.coded import read_coded
    from ..corpus.exchange import Form, export_visits

    _must_be_readable("PATH", path, "file or folder")
    _must_differ(path, output)
    visits = list(read_coded(path))
    export_visits(visits, Form(to), output, suggest=suggest)
    _say(f"{_visits(len(visits))} in {output}")


@corpus_app.command("import")
def import_command(
    path: Annotated[Path, typer.Argument(help="File that the tool exported.", metavar="FILE", dir_okay=False)],
    from_: Annotated[Tool, typer.Option("--from", help="Which tool.", show_default=False)],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File of coded visits to write (.jsonl).", metavar="FILE")
    ],
    coder: Annotated[
        str | None,
        typer.Option(help="label-studio: whose codes, where several coded a visit.", metavar="EMAIL|NUMBER"),
    ] = None,
    all_coded: Annotated[
        bool, typer.Option("--all-coded", help="doccano, csv: a visit without any code was read, and has none.")
    ] = False,
) -> None:
    """Read visits back from an annotation tool, with their codes and ratings.

    A visit that was not coded before and comes back without a code is not coded: it is left out, or, where it is
    rated, written without codes.
    """
    from ..corpus.coded import write_coded
    from ..corpus.exchange import Form, import_visits

    _must_be_readable("FILE", path, "file")
    _must_differ(path, output)
    imported = import_visits(path, Form(from_), coder=coder, all_coded=all_coded)
    for visit_id in imported.uncoded:
        _say(f"warning: visit {visit_id} is not coded yet; it is left out.")
    _say(f"{_visits(write_coded(imported.visits, output))} in {output}")


def _must_be_readable(name: str, path: Path, what: str) -> None:
    from ..errors import BadOption

    if not os.path.exists(path):
        raise BadOption(name, str(path), f"there is no such {what}; check the spelling")
    if not (path.is_file() or (path.is_dir() and "folder" in what)):
        raise BadOption(name, str(path), f"it is no {what}, and what is no file may never end")


def _must_differ(path: Path, output: Path) -> None:
    from ..errors import BadOption

    if output.is_fifo():
        raise BadOption("--output", str(output), "it is a pipe; give the name of a file")
    check_not_read("--output", output, [path])


def _visits(count: int) -> str:
    return "1 visit" if count == 1 else f"{count} visits"


def _say(sentence: str) -> None:
    from ..report.printable import printable

    typer.echo(printable(sentence), err=True)


@corpus_app.command("rules")
def rules_command(
    path: Annotated[Path, typer.Argument(help="Folder with the gold of the notes.", metavar="FOLDER")] = Path(
        "corpus/rehab"
    ),
    test: Annotated[bool, typer.Option("--test", help="Measure the flags on the test notes too.")] = False,
) -> None:
    """Measure the rules for notes: stigmatising words and parts of goals, with 95 % intervals."""
    from ..corpus.gold import read_gold
    from ..errors import BadOption
    from ..evaluate.note_rules import flag_figures, goal_figures, wilson

    if not (path / "goal_parts.tsv").exists():
        raise BadOption("FOLDER", str(path), "it holds no goal_parts.tsv; give the corpus's folder rehab")
    golds = [gold for gold in read_gold(path.parent) if test or gold.split == "train"]
    typer.echo(f"{'what':<20} {'on':<18} {'precision':>24} {'recall':>24} {'F1':>6}")
    for figure in (*flag_figures(path, golds), *goal_figures(path)):
        shares = []
        for hits, total in ((figure.found_right, figure.found), (figure.gold_found, figure.gold)):
            low, high = wilson(hits, total)
            shares.append(f"{hits / total if total else 0:.3f} [{low:.3f}, {high:.3f}] {total:>4}")
        typer.echo(f"{figure.what:<20} {figure.on:<18} {shares[0]:>24} {shares[1]:>24} {figure.f1:6.3f}")
