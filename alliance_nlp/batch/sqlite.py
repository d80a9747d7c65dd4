"""Typed rows -> SQLite: the tables ``visits``, ``evidence`` and ``meta``."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from ..report.typed import EVIDENCE_TYPES, VISIT_COLUMNS, Column

ROWS_AT_ONCE = 512


def write_sqlite(
    rows: Iterator[dict[str, Any]], path: Path, facts: Mapping[str, str], columns: Sequence[Column] = VISIT_COLUMNS
) -> None:
    """Write a database whose ``.dump`` depends on nothing but what is given.

    ``visits`` has the columns given; ``evidence`` one row a stretch with its
    ``visit_id`` and its ``number`` within the report, from 0; ``meta`` names and values.

    Args:
        rows: ``{"visit": {...}, "evidence": [{...}, ...]}``; some hundreds at a time are held.
        path: the file; what is there is replaced.
        facts: rows of ``meta``.
        columns: of ``visits``.
    """
    path.unlink(missing_ok=True)
    types = {name: kind for name, kind, _ in columns}
    visits = _columns(types).replace("visit_id TEXT", "visit_id TEXT PRIMARY KEY NOT NULL", 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        # The file is made anew after any crash, and nobody sees it before it is whole.
        database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
            "CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);"
            f"CREATE TABLE visits ({visits});"
            f"CREATE TABLE evidence (visit_id TEXT NOT NULL REFERENCES visits, number INTEGER NOT NULL, "
            f"{_columns(EVIDENCE_TYPES)}, PRIMARY KEY (visit_id, number));"
        )
        database.executemany("INSERT INTO meta VALUES (?, ?)", sorted(facts.items()))
        while some := list(islice(rows, ROWS_AT_ONCE)):
            _insert(database, "visits", len(columns), (tuple(row["visit"].values()) for row in some))
            stretches = (
                (row["visit"]["visit_id"], number, *each.values())
                for row in some
                for number, each in enumerate(row["evidence"])
            )
            _insert(database, "evidence", len(EVIDENCE_TYPES) + 2, stretches)
        database.execute("COMMIT")


def _columns(types: Mapping[str, str]) -> str:
    return ", ".join(
        f'"{name}" {kind.upper()}' if name == "end" else f"{name} {kind.upper()}" for name, kind in types.items()
    )


def _insert(database: sqlite3.Connection, table: str, width: int, rows: Iterable[tuple[Any, ...]]) -> None:
    database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)
