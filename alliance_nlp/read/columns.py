"""Tables with a header: which column is which, by the aliases in ``columns.json``."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from ..errors import UnreadableFile
from .source import MAX_VISIT_CHARS, Source

_DELIMITERS = ",\t;|"


@cache
def column_aliases(table: str) -> dict[str, list[str]]:
    """Field -> accepted column names for ``turns``, ``visits`` or ``roster``, as in ``columns.json``."""
    aliases: dict[str, list[str]] = json.loads(files(__package__).joinpath("columns.json").read_text("utf-8"))[table]
    return aliases


def read_rows(source: Source, *tables: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV or TSV file with the number of the line they end on; only the fields that have a column.

    Args:
        source: the file; the delimiter is the one of ``, tab ; |`` that its header has most of.
        tables: what the columns may be: ``turns``, ``visits`` or ``roster``.

    Raises:
        UnreadableFile: the file is no text, a line is damaged or a field is too long.
    """
    lines = _text_lines(source)
    skipped, header = _first_row(lines)
    delimiter = max(_DELIMITERS, key=header.count)
    if csv.field_size_limit() < MAX_VISIT_CHARS:  # the module has one limit for all, which is only ever raised
        csv.field_size_limit(MAX_VISIT_CHARS)
    columns = find_columns(next(csv.reader([header], delimiter=delimiter), []), *tables)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for cells in rows:
            if any(cells):
                found = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
                yield rows.line_num + skipped, found
    except csv.Error:
        why = f"a field is longer than {MAX_VISIT_CHARS:,} characters, or a quotation mark is out of place"
        raise source.error(why, "check the quotation marks of the table", rows.line_num + skipped) from None


def find_columns(header: Sequence[str], *tables: str) -> dict[str, int]:
    """Position of every field's column: the alias named first wins where a table has several.

    >>> find_columns(["Visit ID", "speaker", "text"], "turns")
    {'visit_id': 0, 'text': 2, 'speaker': 1}
    """
    plain = [re.sub(r"[\s\-]+", "_", name.strip().casefold()) for name in header]
    found = {}
    for name, aliases in (row for table in tables for row in column_aliases(table).items()):
        if positions := [plain.index(alias) for alias in aliases if alias in plain]:
            found[name] = positions[0]
    return found


def _first_row(lines: Iterator[str]) -> tuple[int, str]:
    """Number and text of the header: blank lines and the ``sep=;`` that Excel writes come before it."""
    number = 0
    for line in lines:
        number += 1
        if line.strip() and not line.lower().startswith("sep="):
            return number, line
    return number, ""


def _text_lines(source: Source) -> Iterator[str]:
    for _, line in source.lines(newline="", legacy=True):
        if isinstance(line, UnreadableFile):
            raise line
        yield line
