"""Pairs of a note and its transcript with gold on what agrees: ``concordance.tsv`` and the texts it points into."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import BadCorpus, BadOption
from ..records import Visit
from .rows import read_objects, read_rows

#: Splits that the comparison learns from.
TRAINING_SPLITS = ("train", "public")
#: File of the notes that were written to fail.
WRITTEN = "pair_notes.jsonl"
COLUMNS = ("visit_id", "kind", "status", "turn", "start", "end", "note_start", "note_end", "also")
"""Columns of ``concordance.tsv``, beside ``note_id`` or hashes."""
_SAID, _NOTE = re.compile(r"t(\d+):(\d+)-(\d+)"), re.compile(r"n(\d+)-(\d+)")


class GoldItem(NamedTuple):
    """One item; ``said``: places (turn, start, end) in the transcript, the best first; ``note``: (start, end)."""

    kind: str
    status: str
    said: tuple[tuple[int, int, int], ...]
    note: tuple[tuple[int, int], ...]


class GoldPair(NamedTuple):
    """A transcript, the text of its note and their items; ``split``: train, test, test_2, or public.

    ``written``: the note was written to fail in known ways, so that such failures could be learnt.
    """

    visit: Visit
    note: Visit
    split: str
    items: tuple[GoldItem, ...]
    written: bool = False


def read_pairs(folders: Sequence[Path], splits: Sequence[str] | None = None) -> list[GoldPair]:
    """Every coded pair whose texts are in the folders, in the order of the tables.

    Args:
        folders: a corpus folder with ``rehab/`` and ``public/``, and the folder `alliance corpus fetch` filled.
        splits: those to take; None takes all.

    Raises:
        BadCorpus: a table lacks a column or a row points nowhere.
        BadOption: there is no such pair.
    """
    texts = dict(_texts(folders))
    made = [folder / "rehab" / WRITTEN for folder in folders]
    written = {str(data["visit_id"]) for path in made if path.exists() for _, data in read_objects(path)}
    split = {r["visit_id"]: r["split"] for folder in folders for r in read_rows(folder / "rehab" / "split.tsv")}
    items: dict[tuple[str, str], list[GoldItem]] = {}
    for folder in folders:
        for path in (folder / "rehab" / "concordance.tsv", folder / "public" / "concordance.tsv"):
            for row in read_rows(path, COLUMNS):
                key = (row["visit_id"], row.get("note_id") or row["visit_id"])
                items.setdefault(key, []).append(_item(row, path))
    found = []
    for (visit_id, note_id), gold in items.items():
        if visit_id in texts and note_id in texts:
            visit, note = _visit(texts[visit_id]), _note(texts[note_id], own=note_id != visit_id)
            where = split.get(visit_id, "public")
            pair = GoldPair(visit, note, where, tuple(dict.fromkeys(gold)), note_id in written)
            if splits is None or pair.split in splits:
                found.append(pair)
    if not found:
        why = "no coded pair of note and transcript is there; give the corpus folder"
        raise BadOption("--data", str(folders[0]), why)
    return found


def _texts(folders: Sequence[Path]) -> Iterator[tuple[str, dict[str, Any]]]:
    for folder in folders:
        for path in sorted([*folder.glob("*.jsonl"), *(folder / "rehab").glob("*.jsonl")]):
            for _, data in read_objects(path):
                if "visit_id" in data:
                    yield str(data["visit_id"]), data


def _visit(data: dict[str, Any]) -> Visit:
    return Visit.model_validate(data | {"kind": "transcript", "text": None})


def _note(data: dict[str, Any], *, own: bool) -> Visit:
    text, suffix = (data.get("text"), "") if own else (data.get("note"), "-note")
    return Visit(visit_id=f"{data['visit_id']}{suffix}", kind="note", text=text or "")


def _item(row: dict[str, str], path: Path) -> GoldItem:
    said, note = [], []
    try:
        if row["turn"]:
            said.append((int(row["turn"]), int(row["start"]), int(row["end"])))
        if row["note_start"]:
            note.append((int(row["note_start"]), int(row["note_end"])))
    except ValueError:
        raise BadCorpus(str(path), "an offset is no number", "mend or remove the row") from None
    said += [(int(a), int(b), int(c)) for a, b, c in _SAID.findall(row["also"])]
    note += [(int(a), int(b)) for a, b in _NOTE.findall(row["also"])]
    return GoldItem(row["kind"], row["status"], tuple(said), tuple(note))
