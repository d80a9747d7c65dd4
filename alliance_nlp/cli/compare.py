"""`alliance compare`: a note beside the transcript of its visit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import Model, Roles, Roster, check_not_read

if TYPE_CHECKING:
    from ..concord.page import Compared
    from ..model import AllianceModel
    from ..records import Visit

_HTML, _JSON, _JSONL = (".html", ".htm"), ".json", ".jsonl"
_FAILED = 3


def compare_command(
    note: Annotated[Path | None, typer.Option("--note", metavar="NOTE", help="File with the note.")] = None,
    transcript: Annotated[
        Path | None, typer.Option("--transcript", metavar="VISIT", help="File with the transcript of its visit.")
    ] = None,
    earlier: Annotated[
        Path | None,
        typer.Option("--earlier", metavar="NOTE", help="An earlier note, to look for text that was carried over."),
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option("--pairs", metavar="CSV", help="Table of files, columns note, transcript and, if any, earlier."),
    ] = None,
    visits: Annotated[
        Path | None,
        typer.Option("--visits", metavar="PATH", help="Notes and transcripts mixed, paired by visit_id or key `of`."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write .json, .jsonl or .html.")
    ] = None,
    text: Annotated[
        bool, typer.Option("--text/--no-text", help="Whether the words themselves are shown, or offsets alone.")
    ] = True,
    roster: Roster = None,
    roles: Roles = None,
    model: Model = None,
) -> None:
    """Show what was said and documented, said and left out, and written but not found in what was said.

    Goals, agreements, preferences, parts of the plan and next contacts; with them details of the person that differ.
    """
    from ..concord.page import check_template
    from ..errors import BadOption
    from ..model import load

    given = [note or transcript or earlier, pairs, visits]
    if sum(each is not None for each in given) != 1 or (given[0] is not None and not (note and transcript)):
        raise BadOption("compare", "without pairs", "give --note and --transcript, or --pairs, or --visits")
    if output is not None:
        if output.suffix.lower() not in (*_HTML, _JSON, _JSONL):
            raise BadOption("--output", str(output), "end the name in .json, .jsonl or .html")
        if output.suffix.lower() in _HTML:
            check_template()
            if not text:
                raise BadOption("--no-text", "with an HTML page", "the page shows both texts; write .json instead")
        inputs = [path for path in (note, transcript, earlier, pairs, visits) if path is not None]
        check_not_read("--output", output, inputs)
    loaded = load(model)
    failed: list[str] = []
    if visits is not None:
        compared = _mixed(visits, loaded, text, roster, roles, failed)
    else:
        from ..concord.pairing import PairFiles, read_table

        assert pairs is not None or (note is not None and transcript is not None)
        table = read_table(pairs) if pairs is not None else [PairFiles(note, transcript, earlier)]  # type: ignore[arg-type]
        compared = (
            _compared(
                _one(row.note, "note", roster, roles),
                _one(row.transcript, "transcript", roster, roles),
                _one(row.earlier, "note", roster, roles) if row.earlier else None,
                loaded,
                text,
            )
            for row in table
        )
    _show(compared, output)
    for sentence in failed:
        typer.echo(sentence, err=True)
    if failed:
        raise typer.Exit(_FAILED)


def _mixed(
    path: Path, model: AllianceModel, text: bool, roster: Path | None, roles: str | None, failed: list[str]
) -> Iterator[Compared]:
    from ..concord.pairing import pair_up
    from ..errors import BadOption
    from ..read import read_files
    from ..report.printable import printable

    if not path.exists():
        raise BadOption("--visits", str(path), "there is no such file or folder; check the spelling")
    paired = pair_up(read_files([path], roster=roster, roles=roles))
    failed += [printable(str(error)) for error in paired.errors]
    if paired.alone:
        typer.echo(f"{len(paired.alone)} notes have no transcript there and are left out.", err=True)
    if not paired.pairs:
        raise BadOption("--visits", str(path), "no note there has a transcript; give both the same visit_id")
    for pair in paired.pairs:
        yield _compared(pair.note, pair.visit, None, model, text)


def _one(path: Path, kind: str, roster: Path | None, roles: str | None) -> Visit:
    """The first visit of a kind in a file."""
    from ..errors import AllianceError, BadOption
    from ..read import read_files

    option = "--note" if kind == "note" else "--transcript"
    if not os.path.exists(path):
        raise BadOption(option, str(path), "there is no such file; check the spelling")
    first: AllianceError | None = None
    for one in read_files([path], roster=roster, roles=roles):
        if isinstance(one, AllianceError):
            first = first or one
        elif one.kind == kind:
            return one
    raise first or BadOption(option, str(path), f"the file holds no {kind}")


def _compared(note: Visit, visit: Visit, earlier: Visit | None, model: AllianceModel, text: bool) -> Compared:
    from ..concord.compare import compare
    from ..concord.page import Compared

    return Compared(compare(note, visit, earlier=earlier, model=model, text=text), visit, note)


def _show(compared: Iterator[Compared], output: Path | None) -> None:
    from ..concord.page import as_html
    from ..concord.text import as_lines
    from .terminal import standard_output

    if output is None:
        console = standard_output()
        for number, each in enumerate(compared):
            for line in (*([""] if number else []), *as_lines(each.report)):
                console.print(line, soft_wrap=not console.is_terminal)
        return
    suffix = output.suffix.lower()
    if suffix in _HTML:
        output.write_text(as_html(list(compared)), "utf-8")
    elif suffix == _JSONL:
        with output.open("w", encoding="utf-8") as lines:
            lines.writelines(each.report.model_dump_json() + "\n" for each in compared)
    else:
        reports = [each.report for each in compared]
        body = ",\n".join(report.model_dump_json(indent=2) for report in reports)
        output.write_text((body if len(reports) == 1 else f"[{body}]") + "\n", "utf-8")
