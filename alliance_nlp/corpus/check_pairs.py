"""Checks of ``concordance.tsv``: items of a note beside its transcript, within both texts where these are at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_args

from ..concord.records import ItemKind, ItemStatus
from .check import Problem
from .pairs import COLUMNS
from .rows import read_rows
from .standoff import Fingerprint, digest

_PERSON, _MISMATCH = "person", "mismatch"
_KINDS, _STATUSES = (*get_args(ItemKind), _PERSON), (*get_args(ItemStatus), _MISMATCH)
_HASHES = ("note_sha256", "turn_sha256")
#: Whether an item of the status has a place in the transcript, and one in the note; None: it may have.
_FILLED: dict[str, tuple[bool | None, bool | None]] = {
    "both": (True, True),
    "said_only": (True, False),
    "note_only": (False, True),
    _MISMATCH: (None, True),
}
_ALSO = re.compile(r"t(\d+):(\d+)-(\d+)|n(\d+)-(\d+)")


class Texts(NamedTuple):
    """What is known of the two texts: how long they are (None: not at hand), and hashes where there are any.

    ``turns``: a length for each turn; ``hashes``: of each turn.
    """

    turns: tuple[int | None, ...]
    note: int | None
    hashes: tuple[str, ...] = ()
    note_hash: str = ""


def check_coded_pairs(folder: Path, visits: Mapping[str, dict[str, Any]]) -> Iterator[Problem]:
    """Problems of the tables beside coded visits, where a note is a visit of its own.

    Args:
        folder: with ``concordance.tsv`` and, if kept, both readings of it.
        visits: the coded visits by id.
    """
    for path in sorted(folder.glob("concordance*.tsv")):
        yield from _check_twice(path)
        for place, row in _rows(path, (*COLUMNS, "note_id")):
            visit, note = visits.get(row["visit_id"], {}), visits.get(row["note_id"], {})
            turns = visit.get("turns")
            if not isinstance(turns, list) or not isinstance(note.get("text"), str):
                yield Problem(place, "has no transcript or no note of these ids in the corpus")
                continue
            if note.get("of") != row["visit_id"]:
                yield Problem(place, "is a pair that the note does not name in of")
            lengths = tuple(len(turn["text"]) for turn in turns)
            yield from _check_item(place, row, Texts(lengths, len(note["text"])))


def check_standoff_pairs(path: Path, visits: Mapping[str, Fingerprint]) -> Iterator[Problem]:
    """Problems of the table of public pairs, whose texts are not at hand."""
    yield from _check_twice(path)
    for place, row in _rows(path, (*COLUMNS, *_HASHES)):
        known = visits.get(row["visit_id"])
        if known is None or not known.note:
            yield Problem(place, "has no note in visits.tsv")
        else:
            texts = Texts((None,) * len(known.turns), None, known.turns, known.note)
            yield from _check_item(place, row, texts)


def check_fetched_pairs(path: Path, visits: Mapping[str, dict[str, Any]]) -> Iterator[Problem]:
    """Problems of the table of public pairs beside the fetched visits, each with its note."""
    yield from _check_twice(path)
    for place, row in _rows(path, (*COLUMNS, *_HASHES)):
        data = visits.get(row["visit_id"])
        if data is None or not data.get("note"):
            yield Problem(place, "has no note in the folder")
            continue
        turns = [turn["text"] for turn in data["turns"]]
        hashes = tuple(digest(text) for text in turns)
        texts = Texts(tuple(len(text) for text in turns), len(data["note"]), hashes, digest(data["note"]))
        yield from _check_item(place, row, texts)


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows, each with its place."""
    for number, row in enumerate(read_rows(path, columns), 2):
        yield f"{path.name}, row {number}, visit {row['visit_id']}", row


def _check_twice(path: Path) -> Iterator[Problem]:
    first: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(read_rows(path), 2):
        if first.setdefault(tuple(row.values()), number) != number:
            yield Problem(f"{path.name}, row {number}, visit {row['visit_id']}", "is there twice")


def _check_item(place: str, row: Mapping[str, str], texts: Texts) -> Iterator[Problem]:
    kind, status = row["kind"], row["status"]
    if kind not in _KINDS:
        yield Problem(place, f"unknown kind {kind[:40]}")
    if status not in _STATUSES:
        yield Problem(place, f"unknown status {status[:40]}")
        return
    if (kind == _PERSON) != (status == _MISMATCH):
        yield Problem(place, f"{kind[:40]} does not go with {status}")
    said = [row[name] for name in ("turn", "start", "end")]
    note = [row[name] for name in ("note_start", "note_end")]
    for cells, filled, what in zip((said, note), _FILLED[status], ("transcript", "note"), strict=True):
        if any(cells) != all(cells):
            yield Problem(place, f"its place in the {what} is half empty")
        elif filled is not None and any(cells) != filled:
            yield Problem(place, f"is {status} and has {'no' if filled else 'a'} place in the {what}")
    if all(said):
        wrong = list(_check_said(place, said, texts))
        if not wrong and texts.hashes and row["turn_sha256"] != texts.hashes[int(said[0])]:
            wrong.append(Problem(place, "the turn has another hash"))
        yield from wrong
    if all(note):
        yield from _check_note(place, note, texts)
    if texts.note_hash and row["note_sha256"] != texts.note_hash:
        yield Problem(place, "the note has another hash")
    for also in row["also"].split():
        match = _ALSO.fullmatch(also)
        if match is None:
            yield Problem(place, "a further place is not of the form t3:0-20 or n0-20")
        elif match[1]:
            yield from _check_said(place, [match[1], match[2], match[3]], texts)
        else:
            yield from _check_note(place, [match[4], match[5]], texts)


def _check_said(place: str, cells: list[str], texts: Texts) -> Iterator[Problem]:
    turn = int(cells[0]) if cells[0].isdecimal() else len(texts.turns)
    if turn >= len(texts.turns):
        yield Problem(place, f"there is no turn {cells[0][:40]}")
    elif not _within(cells[1:], texts.turns[turn]):
        yield Problem(place, f"characters {cells[1][:40]} to {cells[2][:40]} are not within turn {turn}")


def _check_note(place: str, cells: list[str], texts: Texts) -> Iterator[Problem]:
    if not _within(cells, texts.note):
        yield Problem(place, f"characters {cells[0][:40]} to {cells[1][:40]} are not within the note")


def _within(cells: list[str], length: int | None) -> bool:
    if not all(cell.isdecimal() for cell in cells):
        return False
    start, end = map(int, cells)
    return start < end and (length is None or end <= length)
