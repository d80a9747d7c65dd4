"""Which note belongs to which transcript: by the same visit_id, by the note's key `of`, or by a table of pairs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import AllianceError, BadOption, UnreadableFile
from ..read import list_files
from ..records import Visit

_COLUMNS = ("note", "transcript")


class Pair(NamedTuple):
    """A note and its transcript."""

    note: Visit
    visit: Visit


class Paired(NamedTuple):
    """Pairs in the order of the notes, what could not be read, and the ids of notes without a transcript."""

    pairs: list[Pair]
    errors: list[AllianceError]
    alone: list[str]


class PairFiles(NamedTuple):
    """Files of one row of a table of pairs; ``earlier`` may be missing."""

    note: Path
    transcript: Path
    earlier: Path | None


def pair_up(found: Iterable[Visit | AllianceError], of: Mapping[str, str] | None = None) -> Paired:
    """Pair notes with transcripts.

    Args:
        found: what `read_files` gives.
        of: id of the transcript by id of the note, where the data says so; else both have the same id.

    >>> note, visit = Visit(visit_id="v", text="HEP."), Visit(visit_id="v")
    >>> len(pair_up([note, visit]).pairs)
    1
    """
    notes: list[Visit] = []
    visits: dict[str, Visit] = {}
    errors: list[AllianceError] = []
    for one in found:
        if isinstance(one, AllianceError):
            errors.append(one)
        elif one.kind == "note":
            notes.append(one)
        else:
            visits.setdefault(one.visit_id, one)
    pairs, alone = [], []
    for note in notes:
        visit = visits.get((of or {}).get(note.visit_id, note.visit_id))
        if visit is None:
            alone.append(note.visit_id)
        else:
            pairs.append(Pair(note, visit))
    return Paired(pairs, errors, alone)


def read_of(path: Path) -> dict[str, str]:
    """The key `of` of every visit in the JSON Lines of a file or folder, by visit_id; other files have none."""
    out: dict[str, str] = {}
    files = list_files(path) if path.is_dir() else [path]
    for file in files:
        if Path(file).suffix.lower() != ".jsonl":
            continue
        for line in Path(file).read_text("utf-8", errors="replace").splitlines():
            try:
                data = json.loads(line)
            except ValueError:
                continue  # the reader of visits names this line
            if isinstance(data, dict) and isinstance(data.get("of"), str) and isinstance(data.get("visit_id"), str):
                out[data["visit_id"]] = data["of"]
    return out


def read_table(path: Path) -> list[PairFiles]:
    """Rows of a CSV with the columns note, transcript and, if wanted, earlier: files, relative to the table.

    Raises:
        UnreadableFile: it is no such table.
        BadOption: it has no row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (UnicodeDecodeError, csv.Error):
        raise UnreadableFile(path, "it is no CSV in UTF-8", "save it as CSV UTF-8") from None
    if not rows:
        raise BadOption("--pairs", str(path), "the table has no row; give columns note and transcript")
    out = []
    for number, row in enumerate(rows, 2):
        if any(not row.get(name) for name in _COLUMNS):
            raise UnreadableFile(path, "note or transcript is missing", "fill both columns", line=number)
        earlier = row.get("earlier")
        out.append(
            PairFiles(
                path.parent / row["note"],
                path.parent / row["transcript"],
                path.parent / earlier if earlier else None,
            )
        )
    return out
