"""Tab-separated tables and JSON Lines of a corpus, read with errors that name the place."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import BadCorpus

_MEND = "mend or remove the line"


def read_rows(path: Path, columns: Sequence[str] = ()) -> list[dict[str, str]]:
    """Rows of a table by its header; none where there is no such file.

    Args:
        path: tab-separated, with a header, quoted as `csv` does.
        columns: columns that the table must have.

    Raises:
        BadCorpus: the table is no UTF-8, a column is missing, or a row is shorter or longer than the header.
    """
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines, delimiter="\t", strict=True)
            if missing := [name for name in columns if name not in (reader.fieldnames or ())]:
                raise BadCorpus(str(path), f"it has no column {missing[0]}", "fetch or export it again")
            rows = list(reader)
    except (UnicodeDecodeError, csv.Error):
        raise BadCorpus(str(path), "it is no tab-separated table in UTF-8", "fetch or export it again") from None
    for number, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise BadCorpus(f"{path}, row {number}", "it has fewer or more cells than the header", _MEND)
    return rows


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table that `read_rows` reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, delimiter="\t", lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def read_objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """JSON objects of a JSON Lines file with the number of their line; blank lines are passed over.

    Raises:
        BadCorpus: a line is no JSON object, or the path is a pipe or a device, which may never end.
    """
    if path.exists() and not path.is_file():
        raise BadCorpus(str(path), "it is no file but a folder, a pipe or a device", "give a file")
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                data = json.loads(line)
                if not isinstance(data, dict):
                    raise BadCorpus(f"{path}, line {number}", "it is no JSON object", _MEND)
                yield number, data
    except UnicodeDecodeError:
        raise BadCorpus(str(path), "it is no UTF-8 text", "save it as UTF-8") from None
    except (ValueError, RecursionError):
        raise BadCorpus(f"{path}, line {number}", "it is no JSON", _MEND) from None


def write_objects(path: Path, objects: Iterable[dict[str, Any]]) -> int:
    """Write one JSON object a line and say how many; a file of that name appears only when all is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    count = 0
    with part.open("w", encoding="utf-8", newline="\n") as lines:
        for each in objects:
            lines.write(json.dumps(each, ensure_ascii=False) + "\n")
            count += 1
    part.replace(path)
    return count
