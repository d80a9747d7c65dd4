"""Which note belongs to which transcript: by the note's key `of`, by visit_id, or by a table of pairs."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from ..errors import AllianceError, BadOption, UnreadableFile
from ..records import Visit

NOTE_SUFFIX = "-note"
"""Ends the id of a note that came with its transcript, as from a table with both in one row."""

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


def transcript_ids(note: Visit) -> tuple[str, ...]:
    """Ids that the transcript of a note may have, the likeliest first.

    >>> transcript_ids(Visit(visit_id="n1", text="HEP.", of="v1")), transcript_ids(Visit(visit_id="v1-note", text=""))
    (('v1',), ('v1-note', 'v1'))
    """
    if note.of is not None:
        return (note.of,)
    stem = note.visit_id.removesuffix(NOTE_SUFFIX)
    return (note.visit_id,) if stem in ("", note.visit_id) else (note.visit_id, stem)


def pair_up(found: Iterable[Visit | AllianceError]) -> Paired:
    """Pair notes with transcripts; of transcripts with one id the first counts.

    Args:
        found: what `read_files` gives.

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
        visit = next((visits[name] for name in transcript_ids(note) if name in visits), None)
        if visit is None:
            alone.append(note.visit_id)
        else:
            pairs.append(Pair(note, visit))
    return Paired(pairs, errors, alone)


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
