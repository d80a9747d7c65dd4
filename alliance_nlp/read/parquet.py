"""Parquet tables -> drafts, by pyarrow: one row a turn, or one row a visit, also with its turns in a list."""

from __future__ import annotations

import io
import math
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from ..errors import MissingExtra, UnreadableFile
from .columns import find_columns
from .draft import Draft
from .json_visits import read_visit
from .objects import Place
from .source import Source
from .tables import TABLES, read_visit_rows

_ROWS = 256  # held in memory at once
_TURNS = "turns"


def is_parquet(source: Source) -> bool:
    """Whether it is a Parquet table."""
    return source.beginning.startswith((b"PAR1", b"PARE"))


def read_parquet(source: Source, speakers: Collection[str] = ()) -> Iterator[Draft | UnreadableFile]:
    """Visits of a table, as `alliance_nlp.read.tables.read_visit_rows`; a row with ``turns`` is read as in JSON.

    Rows are read a row group at a time; of the columns only those that say something of a visit.

    Raises:
        UnreadableFile: the table is damaged or encrypted, or has no column of what is said.
        MissingExtra: pyarrow is not installed.
    """
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise MissingExtra(f"{source.path}: reading Parquet", "parquet") from None
    # A table is read from its end, which within an archive can only be done in memory.
    file = source.path if source.opener is None else io.BytesIO(source.content())
    try:
        with parquet.ParquetFile(file, pre_buffer=False) as table:  # a buffer keeps every row group that was read
            names: list[str] = table.schema_arrow.names
            if _TURNS in names and _is_list(table.schema_arrow.field(_TURNS).type):
                yield from _visits(source, table)
            else:
                yield from read_visit_rows(source, _rows(table, find_columns(names, *TABLES)), speakers)
    except (ArrowException, OSError):
        raise source.error("the Parquet table is damaged or encrypted", "write it again") from None


def _is_list(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_list(kind) or types.is_large_list(kind))


def _rows(table: Any, columns: dict[str, int]) -> Iterator[tuple[int, dict[str, str]]]:
    names: list[str] = table.schema_arrow.names
    number = 0
    for batch in table.iter_batches(_ROWS, columns=sorted({names[at] for at in columns.values()}), use_threads=False):
        for row in batch.to_pylist():
            number += 1
            yield number, {field: _cell(row[names[at]]) for field, at in columns.items()}


def _visits(source: Source, table: Any) -> Iterator[Draft | UnreadableFile]:
    number = 0
    for batch in table.iter_batches(_ROWS, use_threads=False):
        for row in batch.to_pylist():
            number += 1
            data = {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
            try:
                yield from read_visit(data, Place(source, "the visit", f"{source.stem}-{number}", number))
            except UnreadableFile as error:
                yield error


def _cell(value: Any) -> str:
    """A value as a CSV file would have it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    if isinstance(value, float) and value.is_integer():  # ids are numbers where one is missing
        return str(int(value))
    return str(value).strip()
