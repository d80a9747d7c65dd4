"""Checks of the public gold: as stand-off codes without texts, and in a data folder with the fetched visits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .check import Problem, check_ratings, check_stretch, check_together
from .check_pairs import check_fetched_pairs, check_standoff_pairs
from .rows import read_objects, read_rows
from .standoff import LETTERS, Fingerprint, digest, read_fingerprints

_ROLES = {letter: role for role, letter in LETTERS.items()}
_STRETCH = ("visit_id", "start", "end", "code")


def check_standoff(folder: Path) -> Iterator[Problem]:
    """Problems of stand-off gold; sentence bounds need the texts and are checked once these are fetched.

    Faults that are known and kept, because the gold is what it is, stand in ``known_faults.tsv`` and are passed over.
    """
    visits = read_fingerprints(folder)
    known = _known_faults(folder)
    for visit in visits.values():
        if len(visit.roles) != len(visit.turns) or not set(visit.roles) <= set(_ROLES):
            yield Problem(f"visits.tsv, visit {visit.visit_id}", "has not one role and one hash a turn")
    for name in ("codes.tsv", "names.tsv"):
        for row in read_rows(folder / name, (*_STRETCH, "turn", "sha256")):
            place = f"{name}, visit {row['visit_id']}, turn {row['turn']}"
            one = visits.get(row["visit_id"])
            turn = _number(row["turn"])
            if one is None or turn is None or turn >= min(len(one.turns), len(one.roles)):
                yield Problem(place, "is not in visits.tsv")
            elif row["sha256"] != one.turns[turn]:
                yield Problem(place, "has another hash than in visits.tsv")
            elif (row["visit_id"], row["turn"], row["code"]) not in known:
                yield from _check_row(place, row, _ROLES.get(one.roles[turn], ""))
    for name in ("notes_codes.tsv", "notes_names.tsv", "notes_codes_settled.tsv"):
        for row in read_rows(folder / name, (*_STRETCH, "sha256")):
            place = f"{name}, visit {row['visit_id']}"
            one = visits.get(row["visit_id"])
            if one is None or row["sha256"] != one.note:
                yield Problem(place, "has another hash than in visits.tsv")
            else:
                yield from _check_row(place, row, "provider")
    noted = [visit_id for visit_id, visit in visits.items() if visit.note]
    yield from check_standoff_pairs(folder / "concordance.tsv", visits)
    yield from _check_rated(folder / "ratings.tsv", visits, complete=True)
    for name in ("notes_ratings.tsv", "notes_ratings_settled.tsv"):
        yield from _check_rated(folder / name, noted, complete=False)
    yield from _check_folds(folder, visits)


def check_data(folder: Path) -> Iterator[Problem]:
    """Problems of a data folder with fetched visits and ``gold``."""
    visits: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, data in read_objects(path):
            if not _is_visit(data):
                yield Problem(f"{path}, line {number}", "is no visit with turns, each with role, text and sents")
            elif data["visit_id"] in visits:
                yield Problem(f"{path}, line {number}", f"visit {data['visit_id']} is there twice")
            else:
                visits[data["visit_id"]] = data
    gold = folder / "gold"
    known = _known_faults(gold)
    if (gold / "visits.tsv").exists():
        yield from _check_hashes(read_fingerprints(gold), visits)
    for row in read_rows(gold / "codes.tsv", ("visit_id", "turn", "sentence", "codes")):
        place = f"codes.tsv, visit {row['visit_id']}, turn {row['turn']}"
        turn = _turn(visits.get(row["visit_id"]), row["turn"])
        sentence = _number(row["sentence"])
        if turn is None or sentence is None or sentence >= len(turn["sents"]):
            yield Problem(place, f"sentence {row['sentence']} is not there")
            continue
        start, end = turn["sents"][sentence]
        for code in row["codes"].split(","):
            if (row["visit_id"], row["turn"], code) not in known:
                yield from check_stretch(place, code, turn["role"], start, end, len(turn["text"]))
    for row in read_rows(gold / "names.tsv", (*_STRETCH, "turn")):
        place = f"names.tsv, visit {row['visit_id']}, turn {row['turn']}"
        turn = _turn(visits.get(row["visit_id"]), row["turn"])
        if turn is None:
            yield Problem(place, "is not there")
        else:
            yield from _check_row(place, row, turn["role"], len(turn["text"]))
    yield from _check_notes(gold, visits)
    yield from check_fetched_pairs(gold / "concordance.tsv", visits)
    yield from _check_rated(gold / "ratings.tsv", visits, complete=True)
    yield from _check_folds(folder, visits)


def _known_faults(folder: Path) -> set[tuple[str, str, str]]:
    """Visit, turn and code of faults that are kept."""
    rows = read_rows(folder / "known_faults.tsv", ("visit_id", "turn", "code"))
    return {(row["visit_id"], row["turn"], row["code"]) for row in rows}


def _check_notes(gold: Path, visits: Mapping[str, dict[str, Any]]) -> Iterator[Problem]:
    for name, column in (("notes_codes.tsv", "codes"), ("notes_names.tsv", "code")):
        for row in read_rows(gold / name, ("visit_id", "start", "end", column)):
            place = f"{name}, visit {row['visit_id']}"
            note = visits.get(row["visit_id"], {}).get("note")
            if not note:
                yield Problem(place, "has no note")
                continue
            for code in row[column].split(","):
                yield from _check_row(place, {**row, "code": code}, "provider", len(note))
    noted = [visit_id for visit_id, data in visits.items() if data.get("note")]
    yield from _check_rated(gold / "notes_ratings.tsv", noted, complete=False)


def _check_hashes(expected: Mapping[str, Fingerprint], visits: Mapping[str, dict[str, Any]]) -> Iterator[Problem]:
    for visit_id, data in visits.items():
        place = f"visit {visit_id}"
        if visit_id not in expected:
            yield Problem(place, "is not in gold/visits.tsv")
            continue
        if difference := expected[visit_id].difference(data):
            yield Problem(place, difference)
        if data.get("note") and digest(data["note"]) != expected[visit_id].note:
            yield Problem(place, "has another note")
    for visit_id in expected.keys() - visits.keys():
        yield Problem(f"gold/visits.tsv, visit {visit_id}", "is not in the folder")


def _check_rated(path: Path, visits: Iterable[str], *, complete: bool) -> Iterator[Problem]:
    """Ratings of visits that are there, from 1 to 5; of all of them where they must be complete."""
    rated = set()
    known = set(visits)
    for row in read_rows(path, ("visit_id",)):
        place = f"{path.name}, visit {row['visit_id']}"
        if row["visit_id"] not in known or row["visit_id"] in rated:
            yield Problem(place, "is there twice" if row["visit_id"] in rated else "is not in the corpus")
        rated.add(row["visit_id"])
        yield from check_ratings(place, row)
    for visit_id in sorted(known - rated) if complete else ():
        yield Problem(f"{path.name}, visit {visit_id}", "has no ratings")


def _check_folds(folder: Path, visits: Iterable[str]) -> Iterator[Problem]:
    """Every visit in a fold, a video's visits in one fold, a producer's in one strict fold."""
    rows = {row["visit_id"]: row for row in read_rows(folder / "folds.tsv", ("visit_id", "fold", "strict_fold"))}
    for visit_id in sorted(set(visits) - rows.keys()):
        yield Problem(f"folds.tsv, visit {visit_id}", "has no fold")
    groups = read_rows(folder / "annomi_groups.tsv", ("visit_id", "video_group", "producer_group"))
    for what, fold in (("video", "fold"), ("video", "strict_fold"), ("producer", "strict_fold")):
        together = defaultdict(list)
        for row in groups:
            together[row[f"{what}_group"]].append(row["visit_id"])
        folds = {visit_id: row[fold] for visit_id, row in rows.items()}
        yield from check_together(what, together, folds, fold)


def _check_row(place: str, row: Mapping[str, str], role: str, length: int | None = None) -> Iterator[Problem]:
    start, end = _number(row["start"]), _number(row["end"])
    if start is None or end is None:
        yield Problem(place, "start or end is no whole number")
    else:
        yield from check_stretch(place, row["code"], role, start, end, length)


def _number(cell: str) -> int | None:
    return int(cell) if cell.isdecimal() else None


def _turn(data: Mapping[str, Any] | None, cell: str) -> dict[str, Any] | None:
    number = _number(cell)
    if data is None or number is None or number >= len(data["turns"]):
        return None
    turn: dict[str, Any] = data["turns"][number]
    return turn


def _is_visit(data: Mapping[str, Any]) -> bool:
    turns = data.get("turns")
    return (
        isinstance(data.get("visit_id"), str)
        and isinstance(turns, list)
        and all(isinstance(turn, dict) and _is_turn(turn) for turn in turns)
    )


def _is_turn(turn: Mapping[str, Any]) -> bool:
    sents = turn.get("sents")
    return (
        turn.get("role") in LETTERS
        and isinstance(turn.get("text"), str)
        and isinstance(sents, list)
        and all(isinstance(sent, list) and [type(at) for at in sent] == [int, int] for sent in sents)
    )
