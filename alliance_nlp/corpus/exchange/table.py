"""CSV for spreadsheets: a row a coded stretch, and a row for each turn that has none.

A coder adds a row (or fills in the empty one) with ``code`` and either ``start`` and ``end`` or, in ``stretch``, the
words themselves. A cell that a spreadsheet would take for a formula gets an apostrophe before it, taken off again on
the way back.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...errors import BadCorpus
from ...records import PARTS
from ..coded import CodedVisit, checked_codes, coded_visit
from ..standoff import digest

COLUMNS = (
    "visit_id",
    "kind",
    "turn",
    "role",
    "speaker",
    "text",
    "code",
    "start",
    "end",
    "stretch",
    *PARTS,
    "sha256",
    "rest",
)
_FORMULA = tuple("=+-@\t\r'")
_SHARED = ("kind", "role", "text", "sha256")
_EXPORTED = "export the visits again and code that"


def write_table(visits: Iterable[CodedVisit], path: Path) -> None:
    """Write visits as CSV in UTF-8, with the mark by which spreadsheets know it.

    ``rest`` and the ratings stand in the first row of a visit; ``sha256`` is the digest of the turn's text.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(COLUMNS)
        for visit in visits:
            for row in _rows(visit):
                writer.writerow([row.get(column, "") for column in COLUMNS])


def read_table(path: Path) -> Iterator[CodedVisit]:
    """Visits of a CSV file as `write_table` wrote it and coders filled it in; rows of a visit need not stand together.

    Raises:
        BadCorpus: a column is missing, a text was changed, a code is unknown, or a stretch cannot be placed.
    """
    rows: dict[str, list[tuple[str, dict[str, str]]]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                raise BadCorpus(str(path), f"it has no column {missing[0]}", _EXPORTED)
            for number, row in enumerate(reader, 2):
                if None in row.values():
                    raise BadCorpus(f"{path}, row {number}", "it has too few cells", _EXPORTED)
                rows.setdefault(_unguarded(row["visit_id"]), []).append((f"{path}, row {number}", row))
    except (UnicodeDecodeError, csv.Error):
        raise BadCorpus(str(path), "it is no CSV in UTF-8", "save it as CSV in UTF-8") from None
    for visit_id, own in rows.items():
        yield _visit(visit_id, own)


def _rows(visit: CodedVisit) -> Iterator[dict[str, object]]:
    first: dict[str, object] = {
        **(visit.ratings or {}),
        "rest": json.dumps(
            {"coded": visit.coded, "about": visit.about, "turns_about": visit.turns_about}, ensure_ascii=False
        ),
    }
    whole: dict[str, object] = {"visit_id": _guarded(visit.visit_id), "kind": visit.kind}
    if not visit.turns:
        yield {**whole, **first}
    for index, (role, text) in enumerate(visit.turns):
        speaker = visit.turns_about[index].get("speaker") if visit.turns_about else None
        turn = {
            **whole,
            "turn": index,
            "role": role,
            "speaker": _guarded(str(speaker or "")),
            "text": _guarded(text),
            "sha256": digest(text),
        }
        stretches = [(code, start, end) for code, at, start, end in visit.codes if at == index]
        for code, start, end in stretches:
            stretch = _guarded(text[start:end])
            yield {**turn, "code": code, "start": start, "end": end, "stretch": stretch, **first}
            first = {}
        if not stretches:
            yield {**turn, **first}
            first = {}


def _visit(visit_id: str, rows: Sequence[tuple[str, dict[str, str]]]) -> CodedVisit:
    place, head = rows[0]
    turns: dict[int, tuple[str, str]] = {}
    for where, row in rows:
        if row["turn"]:
            turn, text = _whole(row["turn"], "turn", where), _unguarded(row["text"])
            if row["sha256"] != digest(text) or turns.setdefault(turn, (row["role"], text)) != (row["role"], text):
                raise BadCorpus(where, "role or text of the turn was changed", _EXPORTED)
    if sorted(turns) != list(range(len(turns))):
        raise BadCorpus(f"{place}, visit {visit_id}", "a turn is missing", _EXPORTED)
    spoken = tuple(turns[index] for index in range(len(turns)))
    codes: list[tuple[str, int, int, int]] = []
    for where, row in rows:
        if code := row["code"].strip():
            turn = _whole(row["turn"], "turn", where)
            one = (code, turn, *_bounds(row, spoken[turn][1], where))
            codes += checked_codes([one], spoken, where)
    rest = _rest(rows, place)
    record: dict[str, Any] = {"visit_id": visit_id, "kind": head["kind"], **rest["about"], "ratings": _ratings(rows)}
    if head["kind"] == "note":
        record["text"] = spoken[0][1] if spoken else ""
    else:
        further = rest["turns_about"] or [{}] * len(spoken)
        record["turns"] = [
            {**about, "role": role, "text": text} for (role, text), about in zip(spoken, further, strict=True)
        ]
    bare = coded_visit(record, place)
    ordered = checked_codes(codes, spoken, place)
    return replace(bare, codes=ordered, coded=rest["coded"] or bool(ordered))


def _bounds(row: dict[str, str], text: str, where: str) -> tuple[int, int]:
    """Where the stretch of a row is: by its offsets, or by its words where these stand once in the turn."""
    stretch = _unguarded(row["stretch"])
    if row["start"] or row["end"]:
        start, end = _whole(row["start"], "start", where), _whole(row["end"], "end", where)
        if stretch and text[start:end] != stretch:
            raise BadCorpus(where, "start and end are not those of the stretch", "empty start and end, or the stretch")
        return start, end
    if text.count(row["stretch"]) == 1:
        stretch = row["stretch"]  # a coder's own words may begin with an apostrophe
    if not stretch or text.count(stretch) != 1:
        why = "the stretch does not stand in the turn exactly once" if stretch else "the code has no stretch"
        raise BadCorpus(where, why, "give the exact words of the turn, or start and end")
    start = text.index(stretch)
    return start, start + len(stretch)


def _ratings(rows: Sequence[tuple[str, dict[str, str]]]) -> dict[str, int]:
    ratings: dict[str, int] = {}
    for part in PARTS:
        given = {_whole(row[part], part, where) for where, row in rows if row[part].strip()}
        if len(given) > 1:
            raise BadCorpus(rows[0][0], f"the visit has several ratings of {part}", "keep one")
        if given:
            ratings[part] = given.pop()
    return ratings


def _rest(rows: Sequence[tuple[str, dict[str, str]]], place: str) -> dict[str, Any]:
    try:
        rest = json.loads(next(row["rest"] for _, row in rows if row["rest"]))
        return {
            "coded": bool(rest["coded"]),
            "about": dict(rest["about"]),
            "turns_about": list(rest["turns_about"]),
        }
    except (StopIteration, ValueError, KeyError, TypeError):
        raise BadCorpus(place, "the column rest was changed", _EXPORTED) from None


def _whole(cell: str, column: str, where: str) -> int:
    try:
        return int(cell)
    except ValueError:
        raise BadCorpus(where, f"{column} is no whole number", "mend the row") from None


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _unguarded(cell: str) -> str:
    return cell.removeprefix("'")
