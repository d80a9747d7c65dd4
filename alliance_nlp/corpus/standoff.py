"""Stand-off gold of the public corpora: codes by visit, turn and offsets, and hashes in place of the texts.

The folder (``corpus/public`` in the checkout, inside the package in the wheel) holds no text. ``visits.tsv`` has a row
a visit: the role of each turn as a letter, the first 16 hex digits of the SHA-256 of each turn's text, of the note and
of the coding units. 16 digits (64 bits) are enough to tell by accident changed texts apart. The publishers give no
checksums of their files that could be kept here, so these hashes are what a fetched visit is checked against.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BadCorpus
from ..records import PARTS
from .rows import read_objects, read_rows, write_rows

LETTERS = {"provider": "p", "patient": "c", "other": "o"}
_PARTS = list(PARTS)
_VISITS = ("visit_id", "source", "roles", "units", "note", "turns")
_FOLDER = Path(__file__).parent / "public"
_CHECKOUT = Path(__file__).parents[2] / "corpus" / "public"


@dataclass(frozen=True)
class Fingerprint:
    """What is known of a public visit without its text; hashes are those of `digest`.

    ``roles``: a letter of `LETTERS` a turn; ``note``: empty where the visit has none.
    """

    visit_id: str
    source: str
    roles: str
    units: str
    note: str
    turns: tuple[str, ...]

    def difference(self, record: Mapping[str, Any]) -> str | None:
        """Where a visit is not the one that was coded, in words that quote nothing; None where it is the same.

        Args:
            record: the visit with ``turns``, each with role, text and ``sents``. Its note is not looked at.
        """
        turns = record["turns"]
        if len(turns) != len(self.turns):
            return f"has {len(turns)} turns in place of {len(self.turns)}"
        for index, (turn, letter, text) in enumerate(zip(turns, self.roles, self.turns, strict=True)):
            if LETTERS[turn["role"]] != letter:
                return f"has another role in turn {index}"
            if digest(turn["text"]) != text:
                return f"has another text in turn {index}"
        if digest_units([turn["sents"] for turn in turns]) != self.units:
            return "is cut into other sentences"
        return None

    def row(self) -> tuple[str, ...]:
        """The visit's row in ``visits.tsv``."""
        return (self.visit_id, self.source, self.roles, self.units, self.note, " ".join(self.turns))


def digest(text: str) -> str:
    """First 16 hex digits of the SHA-256 of a text in UTF-8.

    >>> digest("")
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def digest_units(units: Sequence[Sequence[Sequence[int]]]) -> str:
    """Digest of the bounds of a visit's coding units, turn by turn."""
    bounds = [[list(unit) for unit in turn] for turn in units]
    return digest(json.dumps(bounds, separators=(",", ":")))


def standoff_folder() -> Path:
    """The stand-off gold that comes with the package.

    Raises:
        BadCorpus: this installation has none.
    """
    for folder in (_FOLDER, _CHECKOUT):
        if (folder / "visits.tsv").exists():
            return folder
    raise BadCorpus("the stand-off gold", "it is not part of this installation", "name its folder with --gold")


def read_fingerprints(folder: Path) -> dict[str, Fingerprint]:
    """Visits of a stand-off folder (or of the ``gold`` folder of fetched visits) by id, in its order.

    Raises:
        BadCorpus: there is no ``visits.tsv``, or it is broken.
    """
    path = folder / "visits.tsv"
    if not path.exists():
        raise BadCorpus(str(folder), "there is no visits.tsv", "name a folder with stand-off gold")
    return {
        row["visit_id"]: Fingerprint(
            row["visit_id"], row["source"], row["roles"], row["units"], row["note"], tuple(row["turns"].split())
        )
        for row in read_rows(path, _VISITS)
    }


def write_gold(standoff: Path, into: Path) -> None:
    """Put the gold of the fetched visits beside them, in the form that `read_gold` reads.

    Args:
        standoff: folder with stand-off gold.
        into: data folder with fetched visits (``*.jsonl``); its ``gold`` folder, ``folds.tsv`` and
            ``annomi_groups.tsv`` are written anew for all visits that it holds.

    Raises:
        BadCorpus: a coded stretch is no sentence of its visit.
    """
    visits = {data["visit_id"]: data for path in sorted(into.glob("*.jsonl")) for _, data in read_objects(path)}
    known = read_fingerprints(standoff)
    fetched = {visit_id: visits[visit_id] for visit_id in known if visit_id in visits}
    gold = into / "gold"
    write_rows(gold / "visits.tsv", _VISITS, [known[visit_id].row() for visit_id in fetched])
    _write_codes(standoff, gold, fetched)
    names = [
        (*_cells(row, "visit_id", "turn", "start", "end"), _name(row, fetched), row["code"])
        for row in _of(standoff / "names.tsv", fetched)
    ]
    write_rows(gold / "names.tsv", ("visit_id", "turn", "start", "end", "name", "code"), names)
    _write_ratings(standoff / "ratings.tsv", gold / "ratings.tsv", fetched)
    noted = {visit_id: data for visit_id, data in fetched.items() if data.get("note")}
    stretches: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for row in _of(standoff / "notes_codes.tsv", noted):
        stretches[row["visit_id"], int(row["start"]), int(row["end"])].append(row["code"])
    joined = [(*place, ",".join(codes)) for place, codes in stretches.items()]
    write_rows(gold / "notes_codes.tsv", ("visit_id", "start", "end", "codes"), joined)
    note_names = [
        (*_cells(row, "visit_id", "start", "end"), _name(row, noted), row["code"])
        for row in _of(standoff / "notes_names.tsv", noted)
    ]
    write_rows(gold / "notes_names.tsv", ("visit_id", "start", "end", "name", "code"), note_names)
    _write_ratings(standoff / "notes_ratings.tsv", gold / "notes_ratings.tsv", noted)
    beside, within = ("folds.tsv", "annomi_groups.tsv"), ("known_faults.tsv", "concordance.tsv")
    for name, folder in (*((name, into) for name in beside), *((name, gold) for name in within)):
        if rows := _of(standoff / name, fetched):
            write_rows(folder / name, list(rows[0]), [list(row.values()) for row in rows])


def _of(path: Path, visits: Mapping[str, object]) -> list[dict[str, str]]:
    return [row for row in read_rows(path, ("visit_id",)) if row["visit_id"] in visits]


def _cells(row: Mapping[str, str], *columns: str) -> list[str]:
    return [row[column] for column in columns]


def _name(row: Mapping[str, str], visits: Mapping[str, dict[str, Any]]) -> str:
    """The name itself, which the stand-off gold leaves out."""
    data = visits[row["visit_id"]]
    text: str = data["turns"][int(row["turn"])]["text"] if "turn" in row else data["note"]
    return text[int(row["start"]) : int(row["end"])]


def _write_codes(standoff: Path, gold: Path, visits: Mapping[str, dict[str, Any]]) -> None:
    """Offsets to the index of the sentence that has them; codes of one sentence joined by commas."""
    sentences: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for row in _of(standoff / "codes.tsv", visits):
        turn = int(row["turn"])
        units = [tuple(unit) for unit in visits[row["visit_id"]]["turns"][turn]["sents"]]
        bounds = (int(row["start"]), int(row["end"]))
        if bounds not in units:
            place = f"codes.tsv, visit {row['visit_id']}, turn {turn}"
            raise BadCorpus(place, "a coded stretch is no sentence", "install the package again")
        sentences[row["visit_id"], turn, units.index(bounds)].append(row["code"])
    rows = [(*place, ",".join(codes)) for place, codes in sentences.items()]
    write_rows(gold / "codes.tsv", ("visit_id", "turn", "sentence", "codes"), rows)


def _write_ratings(source: Path, target: Path, visits: Mapping[str, object]) -> None:
    columns = ["visit_id", *_PARTS]
    write_rows(target, columns, [_cells(row, *columns) for row in _of(source, visits)])
