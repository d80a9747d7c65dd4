"""Typed rows -> Parquet: one row a visit, its evidence as a list in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from ..report.typed import EVIDENCE_TYPES, VISIT_COLUMNS, Column

ROWS_AT_ONCE = 2048


def write_parquet(
    rows: Iterator[dict[str, Any]], path: Path, facts: Mapping[str, str], columns: Sequence[Column] = VISIT_COLUMNS
) -> None:
    """Write the columns with their types, then ``evidence``, a list of structs.

    Args:
        rows: ``{"visit": {...}, "evidence": [{...}, ...]}``; some thousands at a time are held.
        path: the file.
        facts: goes to the metadata of the schema; each column's meaning stands in the metadata of its field.
        columns: of the visits.
    """
    import pyarrow as pa
    from pyarrow import parquet

    types = {"text": pa.string(), "real": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_()}
    fields = [pa.field(name, types[kind], metadata={"description": meaning}) for name, kind, meaning in columns]
    evidence = pa.struct([pa.field(name, types[kind]) for name, kind in EVIDENCE_TYPES.items()])
    meaning = {"description": "What the scores rest on, in the order of the visit."}
    schema = pa.schema([*fields, pa.field("evidence", pa.list_(evidence), metadata=meaning)], metadata=dict(facts))
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while some := [{**row["visit"], "evidence": row["evidence"]} for row in islice(rows, ROWS_AT_ONCE)]:
            writer.write_table(pa.Table.from_pylist(some, schema))
