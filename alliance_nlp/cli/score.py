"""`alliance score`: scores of every visit in files and folders."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import Model, Roles, Roster, check_not_read

if TYPE_CHECKING:
    from ..batch.job import Job
    from ..batch.log import Log
    from ..batch.outcome import Tally
    from ..batch.run import Done
    from ..batch.write import Product
    from ..report.table import Value

HAD_TO_STOP, SOME_FAILED = 1, 3
_ROWS_AT_ONCE = 1000


def score_command(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Files with visits, folders of them, or - for standard input.", metavar="PATH...", show_default=False
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write full reports (.jsonl), one row a visit (.csv, .parquet) or tables (.sqlite, .db) instead of "
            "printing; what failed goes to FILE with .errors.jsonl as its ending.",
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write one page with scores over time, and every visit with its evidence marked."
        ),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="On the page, set providers side by side, with intervals and numbers.")
    ] = False,
    concordance: Annotated[
        bool,
        typer.Option(
            "--concordance",
            help="Compare each note with the transcript of its visit, wherever in PATH both are; of the same visit are "
            "those of one visit_id, a note ID-note of ID, and a note whose key `of` names the transcript.",
        ),
    ] = False,
    roster: Roster = None,
    roles: Roles = None,
    text: Annotated[
        bool, typer.Option("--text/--no-text", help="Whether what is written carries the words of the visits.")
    ] = True,
    model: Model = None,
    calibration: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json", exists=True, dir_okay=False, help="The clinic's scale, from alliance audit calibrate."
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Worker processes; few visits are scored by one.")
    ] = 1,
    dask: Annotated[
        bool, typer.Option("--dask", help="Score on the Dask cluster that DASK_SCHEDULER_ADDRESS names.")
    ] = False,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Score on this Dask cluster, such as tcp://host:8786.")
    ] = None,
    resume: Annotated[
        bool | None,
        typer.Option(
            "--resume/--restart",
            help="Go on where a run that was cut short stopped, or start anew.",
            show_default=False,
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress, no summary, no failures on stderr.")
    ] = False,
    log_json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Append what happens to FILE, a JSON object a line.")
    ] = None,
) -> None:
    """Score the alliance in every visit.

    Scores are rounded to 4 decimals and probabilities to 6; the output is the same, byte for byte, for any number of
    jobs. A run cut short leaves FILE as it was and what it did in .FILE.parts, where --resume goes on.

    Exit code 0: every visit was scored or abstained from; 3: some failed, each named on stderr; 2: wrong usage; 1: the
    run had to stop.

    With --concordance a note's report says what is said and documented, said and left out, and written and not found
    said, as alliance compare does: counts in tables, both places in .jsonl and on the page. A note without a transcript
    in the run has none of it; of several transcripts with one id the first counts. A note with the visit_id of a
    transcript is called ID-note. Files are read up to three times, and comparing takes about five times as long as
    scoring the two.
    """
    from ..batch.formats import errors_path, format_of, page_format
    from ..batch.job import Job
    from ..batch.log import Log
    from ..batch.write import Product
    from ..errors import BadOption, RunStopped

    for name, path in (("--output", output), ("--html", html)):
        if path is not None:
            check_not_read(name, path, paths)
    if output is None and html is None and resume:
        raise BadOption("--resume", "", "it needs --output, where the run that stopped wrote")
    if compare and html is None:
        raise BadOption("--compare", "", "it needs --html, the page on which providers stand side by side")
    products = [] if output is None else [Product(output, format_of(output, concordance=concordance))]
    if html is not None:
        products.append(Product(html, page_format(html, compare=compare, text=text)))
    beside = [path for product in products for path in (product.path, errors_path(product.path))]
    if log_json is not None:
        beside.append(log_json)
    job = Job(paths, beside, roster, roles, text, model, jobs, cluster, dask, calibration, concordance)
    job.check()
    with Log(log_json) as log:
        try:
            tally = _to_files(job, products, resume, log, quiet) if products else _to_terminal(job, log, quiet)
        except RunStopped as stopped:
            log.say("stopped", message=str(stopped))
            _say(str(stopped))
            raise typer.Exit(HAD_TO_STOP) from None
        log.tally("end", tally)
    if tally.repeated and not quiet:
        _say(f"visits with the visit_id of one before them: {tally.repeated}, kept apart as ID#2, ID#3 ...")
    if concordance and not quiet:
        _say(f"notes compared with their transcript: {tally.compared}; without a transcript: {tally.alone}")
    if tally.failed:
        raise typer.Exit(SOME_FAILED)


def _to_files(job: Job, products: list[Product], resume: bool | None, log: Log, quiet: bool) -> Tally:
    from ..batch.job import table_facts
    from ..batch.write import finish, write_outcomes
    from ..model import load

    scorer = load(job.model)
    output = products[0].path
    with job.open_work(products, scorer, resume=resume) as work:
        before = work.n_before
        log.start(scorer.name, job.jobs, work.totals, output=output, resumed_after=before)
        if before and not quiet:
            _say(f"going on after {before:,} {'visit' if before == 1 else 'visits'}")
        if not work.ended:
            renders = [product.form.render for product in products]
            done = job.score(
                work.inputs(), renders, scorer, earlier=work.earlier(), output=output, folder=work.folder
            )
            written = write_outcomes(work, done, lambda: log.tally("chunk", work.tally))
            deque(_watched(written, work.totals.bytes, log, quiet, before), maxlen=0)
        finish(work, products, table_facts(scorer, scorer.name))
    if not quiet:
        _say(f"{work.tally.summary()}; reports in {' and '.join(str(product.path) for product in products)}")
    return work.tally


def _to_terminal(job: Job, log: Log, quiet: bool) -> Tally:
    from ..batch.inputs import InputList, write_list
    from ..batch.outcome import Scored, Tally
    from ..model import load

    scorer = load(job.model)
    tally = Tally()
    rows: list[dict[str, Value]] = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "inputs")
        totals = write_list(job.find(), place)
        log.start(scorer.name, job.jobs, totals)
        done = job.score(InputList(place), ["row"], scorer, folder=place.parent)
        for _, outcome in _watched(done, totals.bytes, log, quiet):
            tally = tally.counted(outcome)
            if isinstance(outcome, Scored):
                rows.append(outcome.rendered["row"])
            if len(rows) == _ROWS_AT_ONCE:
                _print_rows(rows)
                rows.clear()
    _print_rows(rows)
    return tally


def _watched(done: Iterable[Done], n_bytes: int, log: Log, quiet: bool, before: int = 0) -> Iterator[Done]:
    """Pass outcomes on, show how far it is, and name each failure on stderr and in the log."""
    from ..batch.outcome import Failure
    from .progress import with_progress

    for found, outcome in done if quiet else with_progress(done, n_bytes, before=before):
        if isinstance(outcome, Failure):
            log.failure(outcome)
            if not quiet:
                _say(outcome.message)
        yield found, outcome


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
