"""`alliance audit`: a supervisor draws visits, rates them blind, sees how far to trust the tool, and corrects it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import Model, Roles, Roster

if TYPE_CHECKING:
    from ..audit.collect import Reviews

SOME_FAILED = 3

audit_app = typer.Typer(
    name="audit",
    help="Draw visits, rate them blind, see how far to trust the tool, and leave corrections.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Database = Annotated[
    str, typer.Argument(metavar="AUDIT.db", help="File of the audit, or postgresql://user@host/database for a team.")
]


@audit_app.command("new")
def new_command(
    database: Database,
    source: Annotated[
        Path, typer.Option("--from", metavar="PATH", help="What alliance score wrote (.jsonl), or visits to score now.")
    ],
    visits: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Where the visits of a .jsonl of scores are; may be given several times."),
    ] = None,
    n: Annotated[int, typer.Option("--n", "-n", min=1, help="How many visits to draw.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draw; the same one draws the same visits.")] = 0,
    core: Annotated[
        float,
        typer.Option(
            min=0.1, max=1.0, help="Share drawn from all visits alike; the rest is rare, uncertain or surprising ones."
        ),
    ] = 0.5,
    turns: Annotated[int, typer.Option(min=0, help="Turns of each visit to code before the tool's view.")] = 6,
    roster: Roster = None,
    roles: Roles = None,
    model: Model = None,
) -> None:
    """Draw a sample of visits into a new audit, each with a weight, so that figures hold for all the visits.

    Half of the sample falls on every visit alike; the rest on rare providers, settings, bands and months, on visits at
    which the tool is unsure, and on those that stand out. Exit code 3: some visits could not be read or scored.
    """
    _check_extra()
    from ..audit.new import new_audit
    from ..model import load

    made = new_audit(
        database,
        source,
        model=load(model),
        visits=visits or (),
        n=n,
        seed=seed,
        core=core,
        turns=turns,
        roster=roster,
        roles=roles,
    )
    for failure in made.failures:
        _say(failure)
    if made.without_report:
        _say(f"visits without a report in {source}, which the sample does not stand for: {made.without_report}")
    reasons = ", ".join(f"{count} {why}" for why, count in made.reasons.items())
    _say(f"drew {made.sampled} of {made.population} visits ({reasons}) into {made.name}")
    if made.failures:
        raise typer.Exit(SOME_FAILED)


@audit_app.command("serve")
def serve_command(
    database: Database,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; a free one without it.", show_default=False)
    ] = 0,
    reviewer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who rates; asked for on the page without it.")
    ] = None,
) -> None:
    """Open the page on which visits are rated, on this machine alone; Ctrl-C stops it.

    The address printed works once; each browser that comes in makes the next one appear here.
    """
    _check_extra()
    from ..audit.page.serve import serve_audit

    hints = iter(["Open this address in a browser on this machine; it works once. Ctrl-C here stops the page."])

    def show(address: str) -> None:
        _say(next(hints, "A browser came in. For another one:"))
        typer.echo(address)

    serve_audit(database, port=port, reviewer=reviewer, say=show)
    _say("Stopped; what was saved is in the audit.")


@audit_app.command("report")
def report_command(
    database: Database,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Report to write: .html, .json or .txt.")
    ] = None,
    last: Annotated[
        str | None, typer.Option(metavar="OLD.db", help="The audit before this one, to show what has moved.")
    ] = None,
    before: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="With --after: the model before training on corrections.")
    ] = None,
    after: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The model after it; compared on visits neither has seen.")
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Tell providers apart, by the alphabet, with intervals and numbers.")
    ] = False,
) -> None:
    """Say how far to trust the tool: agreement, evidence, where it is off, and what moved; printed without --output."""
    _check_extra()
    from ..audit.report import as_text, check_output, make_report, write_report
    from ..errors import BadOption
    from ..model import load

    if (before is None) != (after is None):
        raise BadOption("--before", "or --after alone", "give both models")
    if output is not None:
        check_output(output)
    models = (load(before), load(after)) if before and after else None
    reviews = _read(database)
    report = make_report(reviews, last=_read(last) if last else None, models=models, compare=compare)
    if output is None:
        typer.echo(as_text(report))
        return
    write_report(report, output)
    for sentence in report.words:
        _say(sentence)
    _say(f"wrote {output}")


@audit_app.command("export")
def export_command(
    database: Database,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.jsonl", help="File to write.")],
    keep_back: Annotated[
        float,
        typer.Option(
            min=0.0, max=1.0, help="Share of the patients kept back, to show before and after training on them."
        ),
    ] = 0.25,
) -> None:
    """Write the corrections as training data for alliance train --add."""
    _check_extra()
    from ..audit.export import export_corrections
    from ..errors import BadOption

    if output.suffix != ".jsonl":
        raise BadOption("--output", str(output), "end the name in .jsonl")
    done = export_corrections(_read(database), output, keep_back=keep_back)
    _say(f"wrote {done.visits} visits, {done.coded} with codes and {done.rated} with ratings, to {output}")
    _say(f"kept back {done.kept_back} for alliance audit report --before --after")
    if done.without:
        _say(f"left out, neither finished nor rated in all parts: {done.without}")


@audit_app.command("calibrate")
def calibrate_command(
    database: Database,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.json", help="File to write.")],
    model: Model = None,
) -> None:
    """Shift scores to the clinic's own use of the scale, for alliance score --calibration.

    Takes 30 rated visits of a kind. A part is shifted only where the leave-one-out error on the clinic's own ratings
    falls; what is left off is said.
    """
    _check_extra()
    from ..audit.calibrate import fit_calibration, sentences
    from ..errors import BadOption
    from ..model import load

    if output.suffix != ".json":
        raise BadOption("--output", str(output), "end the name in .json")
    reviews = _read(database)
    calibration = fit_calibration(reviews, load(model))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(calibration.model_dump_json(indent=1) + "\n", "utf-8")
    for sentence in sentences(calibration, reviews):
        _say(sentence)
    _say(f"wrote {output}")


def _read(database: str) -> Reviews:
    from ..audit.collect import read_reviews
    from ..audit.store import open_store

    store = open_store(database)
    try:
        with store.reading() as session:
            return read_reviews(session)
    finally:
        store.close()


def _check_extra() -> None:
    """Say that the audit's packages are missing before anything else happens.

    Raises:
        MissingExtra: they are.
    """
    try:
        import sqlalchemy  # noqa: F401
    except ImportError:
        from ..errors import MissingExtra

        raise MissingExtra("an audit", "audit") from None


def _say(sentence: str) -> None:
    from ..report.printable import printable

    typer.echo(printable(sentence), err=True)
