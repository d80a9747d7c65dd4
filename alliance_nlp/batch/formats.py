"""The suffixes an output may have: what is made of each visit, and how the file is made of that at the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import BadOption, MissingExtra
from ..report.place import check_place
from ..report.table import csv_header
from .parquet import write_parquet
from .sqlite import write_sqlite

Rows = Iterator[dict[str, Any]]


class Format(NamedTuple):
    """How reports are written."""

    render: str
    """Name in `alliance_nlp.batch.task.RENDERS`."""
    header: Callable[[], str] = str
    """Gives the text the file begins with."""
    assemble: Callable[..., None] | None = None
    """Makes the file, given what was rendered, its path and what it says of itself; None where it is that, as it is."""
    package: str | None = None
    """What has to be installed; it comes with the extra ``parquet``."""


_SQLITE = Format("typed", assemble=write_sqlite)
FORMATS: dict[str, Format] = {
    ".jsonl": Format("jsonl"),
    ".csv": Format("csv", csv_header),
    ".parquet": Format("typed", assemble=write_parquet, package="pyarrow"),
    ".sqlite": _SQLITE,
    ".db": _SQLITE,
}


def format_of(output: Path, *, concordance: bool = False) -> Format:
    """The format that the suffix of ``output`` asks for.

    Args:
        output: the file.
        concordance: whether it has places for notes compared with their transcripts.

    Raises:
        BadOption: the suffix is unknown, or the file cannot be made there.
        MissingExtra: the format needs a package that is not installed.
    """
    from importlib.util import find_spec

    form = FORMATS.get(output.suffix.lower())
    if form is None:
        raise BadOption("--output", str(output), f"give a file name that ends in {', '.join(FORMATS)}")
    for path in (output, errors_path(output)):
        check_place("--output", path)
    if form.package is not None and find_spec(form.package) is None:
        raise MissingExtra(f"writing {output}", "parquet")
    return _paired(form) if concordance else form


def page_format(page: Path, *, compare: bool, text: bool) -> Format:
    """How a page of visits is written; ``compare`` and ``text`` as in `alliance_nlp.report.page.write.write_page`.

    Raises:
        BadOption: the file cannot be made there, or its name does not end in .html.
        MissingExtra: jinja2 is not installed.
    """
    from ..report.page.entry import Entry
    from ..report.page.write import check_page, write_page

    def assemble(rows: Rows, path: Path, _: Mapping[str, str]) -> None:
        write_page(map(Entry.model_validate, rows), path, compare=compare, text=text)

    check_page(page)
    return Format("page" if text else "page_no_text", assemble=assemble)


def _paired(form: Format) -> Format:
    """The format with the columns of a comparison behind its own."""
    from ..concord.table import CONCORDANCE_COLUMNS, PAIRED_COLUMNS

    if form.header is csv_header:
        return form._replace(header=partial(csv_header, CONCORDANCE_COLUMNS))
    if form.assemble is not None:
        return form._replace(assemble=partial(form.assemble, columns=PAIRED_COLUMNS))
    return form


def errors_path(output: Path) -> Path:
    """Where the failures of a run go.

    >>> errors_path(Path("scores/may.csv")).as_posix()
    'scores/may.errors.jsonl'
    """
    return output.with_suffix(".errors.jsonl")


def read_rows(typed: Path) -> Rows:
    """What `alliance_nlp.report.typed.typed_line` wrote, line by line."""
    with typed.open(encoding="utf-8", newline="\n") as lines:
        yield from map(json.loads, lines)
