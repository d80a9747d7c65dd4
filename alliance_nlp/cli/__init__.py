"""The command `alliance`: one file a subcommand, each a thin layer over the function it calls.

Only typer is imported here; a command imports what it needs when it runs, so that ``alliance --help`` is quick.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from traceback import extract_tb
from typing import Annotated, NoReturn

import typer

from ..errors import AllianceError
from .audit import audit_app
from .benchmark import benchmark_command
from .coach import coach_command
from .compare import compare_command
from .corpus import corpus_app
from .evaluate import evaluate_command
from .explain import explain_command
from .formats import formats_command
from .schema import schema_command
from .score import score_command
from .train import train_command

WRONG_USAGE = 2

app = typer.Typer(
    name="alliance",
    help="Score the therapeutic alliance (goal, task, bond) in clinic visits, and show which sentences say so.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("score")(score_command)
app.command("explain")(explain_command)
app.command("coach")(coach_command)
app.command("compare")(compare_command)
app.command("formats")(formats_command)
app.command("schema")(schema_command)
app.command("train")(train_command)
app.command("evaluate")(evaluate_command)
app.command("benchmark")(benchmark_command)
app.add_typer(audit_app)
app.add_typer(corpus_app)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit.

    Args:
        arguments: what follows ``alliance``; those of the process by default.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without UTF-8 shows ? and goes on
    signal.signal(signal.SIGTERM, _stop)
    if "" in (sys.argv[1:] if arguments is None else arguments):  # as a path it would mean the current folder
        _complain("an argument is empty, perhaps a shell variable without a value; give it one or leave it out.")
        raise SystemExit(WRONG_USAGE)
    try:
        app(arguments, prog_name="alliance")
    except AllianceError as error:
        _complain(str(error))
        raise SystemExit(WRONG_USAGE) from None
    except OSError as error:
        _complain(f"{error.filename or 'reading or writing'}: {error.strerror or type(error).__name__}.")
        raise SystemExit(1) from None
    except Exception as error:  # a traceback, or the message of a foreign error, may hold words of a visit
        place = extract_tb(error.__traceback__)[-1]
        _complain(
            f"unexpected {type(error).__name__} at {Path(place.filename).name}, line {place.lineno}; please report it."
        )
        raise SystemExit(1) from None
    raise SystemExit(0)


def _stop(number: int, _: object) -> NoReturn:
    """End as Ctrl-C does, so that no half-written file with words of a visit stays behind."""
    raise SystemExit(128 + number)


def _complain(sentence: str) -> None:
    from ..report.printable import printable

    typer.echo(printable(sentence), err=True)


def _print_version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        typer.echo(f"alliance_nlp {__version__}")
        raise typer.Exit


@app.callback()
def _alliance(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Callback of the options before a subcommand; their callbacks do the work."""
