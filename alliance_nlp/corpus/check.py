"""`alliance corpus check`: every fault of a corpus, named by place and never by its words.

Four kinds of folder are known by what is in them: ``visits.tsv`` is stand-off gold, ``gold`` a data folder with
fetched visits, ``names_*.jsonl`` stretches coded for names alone, other ``*.jsonl`` coded visits with ``split.tsv``
beside them. Folders in a folder that is none of these,
``rehab`` and ``public`` before all, are checked each by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..codes import CODES, NAME_CODES
from ..errors import BadCorpus, NoVisits
from ..parse import sentence_ends, split_note
from ..records import PARTS, Visit
from .faults import fault_of
from .rows import read_objects, read_rows

_ROLES = {**{code.name: code.roles for code in CODES}, **{name: ("provider",) for name in NAME_CODES}}

_BEFORE = ".?!…:;\n\"'”’)]"
_AFTER = ".?!…;\"'”’)]"
_PAUSE = ("...", "…")
_NO_CORPUS = {"gold", "originals"}  # parts of a data folder


@dataclass(frozen=True)
class Problem:
    """What is wrong and where, without the words of any visit.

    >>> str(Problem("split.tsv, visit v1", "is not in the corpus"))
    'split.tsv, visit v1: is not in the corpus'
    """

    place: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.why}"


def check_corpus(path: Path) -> list[Problem]:
    """Every problem of a corpus; an empty list where there is none.

    Checked are: codes known and allowed for the role, offsets within the text and on sentence bounds (in ``asr``
    visits clauses are allowed), names in provider turns and notes only, ratings there and from 1 to 5 (a note of a
    visit may be without both), no patient, pair, note or video in two splits or folds, pairs complete, the visits of
    notes there, hashes where there are, no soft labels of test visits; of ``concordance.tsv`` kinds, statuses, which
    places are filled, and that they lie within texts that are at hand.

    Args:
        path: a folder, or a file of coded visits.

    Raises:
        NoVisits: there is nothing to check.
    """
    from .check_public import check_data, check_standoff
    from .named import PATTERN, check_named

    if path.is_file():
        return list(_check_coded([path], None))
    files = sorted(path.glob("*.jsonl"))
    if (path / "visits.tsv").exists():
        return list(_caught(check_standoff(path)))
    found: list[Problem] = []
    if (path / "gold").is_dir():
        found += _caught(check_data(path))
    elif named := sorted(path.glob(PATTERN)):
        found += [problem for file in named for problem in _caught(check_named(file))]
    elif files:
        found += _check_coded(files, path / "split.tsv")
    inner = [folder for folder in sorted(path.glob("*/")) if _is_corpus(folder)]
    if not (files or inner or (path / "gold").is_dir()):
        raise NoVisits(path)
    found += _caught(_check_soft_labels(path))
    return found + [problem for folder in inner for problem in check_corpus(folder)]


def check_stretch(
    place: str, code: str, role: str, start: int, end: int, length: int | None = None
) -> Iterator[Problem]:
    """Problems of one coded stretch by itself; without ``length`` of the text its end is not looked at."""
    if code not in _ROLES:
        yield Problem(place, f"unknown code {code[:40]}")
    elif role not in _ROLES[code]:
        yield Problem(place, f"{code} is not for the role {role}")
    if not 0 <= start < end or (length is not None and end > length):
        yield Problem(place, f"characters {start} to {end} of {code[:40]} are not within the text")


def check_ratings(place: str, ratings: object) -> Iterator[Problem]:
    """Problems of a visit's ratings, given by part as numbers or as cells of a table."""
    for part in PARTS:
        rating = ratings.get(part) if isinstance(ratings, Mapping) else None
        if rating is None:
            yield Problem(place, f"the rating of {part} is missing")
        elif isinstance(rating, bool) or str(rating) not in {"1", "2", "3", "4", "5"}:
            yield Problem(place, f"the rating of {part} is no whole number from 1 to 5")


def check_together(
    what: str, groups: Mapping[str, Collection[str]], parts: Mapping[str, str], part: str
) -> Iterator[Problem]:
    """Problems of visits that belong together and stand apart.

    Args:
        what: what they share, e.g. ``patient``.
        groups: ids of the visits that share it, by its name.
        parts: split or fold by visit.
        part: what the parts are called.
    """
    for name, visit_ids in groups.items():
        apart = sorted({parts[visit_id] for visit_id in visit_ids if visit_id in parts})
        if len(apart) > 1:
            yield Problem(f"{what} {name}", f"stands in more than one {part}: {', '.join(apart)}")


def _is_corpus(folder: Path) -> bool:
    if folder.name in _NO_CORPUS:
        return False
    return (folder / "visits.tsv").exists() or (folder / "gold").is_dir() or any(folder.glob("*.jsonl"))


def _caught(problems: Iterator[Problem]) -> Iterator[Problem]:
    """The problems, and a file that cannot be read as one more."""
    try:
        yield from problems
    except BadCorpus as error:
        yield Problem(error.place, error.why)


def _check_soft_labels(path: Path) -> Iterator[Problem]:
    """Soft labels of visits that nothing may learn from, by the splits of the folder's parts."""
    from .soft_labels import FILE, read_soft_labels

    split = {row["visit_id"]: row["split"] for file in sorted(path.glob("*/split.tsv")) for row in read_rows(file)}
    for visit_id in read_soft_labels(path):
        if split.get(visit_id, "train") != "train":
            yield Problem(f"{FILE}, visit {visit_id}", f"has soft labels and is of the split {split[visit_id]}")


def _check_coded(files: Sequence[Path], split: Path | None) -> Iterator[Problem]:
    """Coded visits: each by itself, then what they have to do with each other."""
    from .check_pairs import check_coded_pairs

    visits: dict[str, dict[str, Any]] = {}
    for file in files:
        number = 0
        try:
            for number, data in read_objects(file):
                place = f"{file}, line {number}"
                try:
                    visit = Visit.model_validate(data)
                except ValidationError as error:
                    yield Problem(place, f"is no visit: {fault_of(error)}")
                    continue
                if visit.visit_id in visits:
                    yield Problem(place, f"visit {visit.visit_id} is there twice")
                visits[visit.visit_id] = data
                yield from _check_visit(f"{file.name}, visit {visit.visit_id}", visit, data)
        except BadCorpus as error:
            yield Problem(error.place, error.why)
        else:
            if not number:
                yield Problem(str(file), "holds no visit")
    for visit_id, data in visits.items():
        yield from _check_relations(visit_id, data, visits)
    if split is not None:
        yield from _caught(check_coded_pairs(split.parent, visits))
    if split is not None and split.exists():
        yield from _caught(_check_split(split, visits))


def _check_visit(place: str, visit: Visit, data: Mapping[str, Any]) -> Iterator[Problem]:
    if visit.kind == "note" and data.get("of") and not data.keys() & {"codes", "ratings"}:
        return  # it stands beside its transcript for the comparison alone
    yield from check_ratings(place, data.get("ratings"))
    if visit.kind == "note":
        yield from _check_codes(place, data.get("codes"), "provider", visit.text or "", split_note(visit.text or ""))
        return
    for index, (turn, written) in enumerate(zip(visit.turns, data["turns"], strict=True)):
        where = f"{place}, turn {index}"
        if written.get("i", index) != index:
            yield Problem(where, "has another number in i")
        bounds = None if data.get("asr") else sentence_ends(turn.text)
        yield from _check_codes(where, written.get("codes"), turn.role, turn.text, bounds)


def _check_codes(
    place: str, codes: object, role: str, text: str, bounds: Sequence[tuple[int, int]] | None
) -> Iterator[Problem]:
    """Codes of one turn or note; without ``bounds`` of its sentences, clauses are allowed."""
    if not isinstance(codes, list):
        yield Problem(place, "has no list of codes")
        return
    for number, written in enumerate(codes):
        match written:
            case [str(code), int(start), int(end)]:
                pass
            case _:
                yield Problem(place, f"code {number} is not of the form [code, start, end]")
                continue
        wrong = list(check_stretch(place, code, role, start, end, len(text)))
        if not wrong and text[start:end] != text[start:end].strip():
            wrong.append(Problem(place, f"the stretch of {code} has white space at its edge"))
        if not wrong and written in codes[:number]:
            wrong.append(Problem(place, f"{code} is there twice on the same stretch"))
        if not wrong and bounds is not None and code not in NAME_CODES and not _is_sentence(text, start, end, bounds):
            wrong.append(Problem(place, f"characters {start} to {end} of {code} are not one sentence"))
        yield from wrong


def _is_sentence(text: str, start: int, end: int, bounds: Sequence[tuple[int, int]]) -> bool:
    """Whether a stretch is one sentence as a reader sees it, also after a heading, a label, a pause or ``incl.``

    The splitter keeps ``P: Pt chose mornings.`` in one piece and cuts ``I want... the stairs.`` in two; coders do not.

    >>> text = "P: Pt chose mornings. Call... Friday."
    >>> [_is_sentence(text, *at, [(0, 21), (22, 29), (30, 37)]) for at in [(3, 21), (22, 37), (6, 21), (3, 37)]]
    [True, True, False, False]
    """
    before, after = text[:start], text[end:]
    begins = not before.strip() or before.rstrip(" ")[-1] in _BEFORE
    ends = not after.strip() or text[end - 1] in _AFTER or after[0] == "\n"
    inner = [stop for _, stop in bounds if start < stop < end]
    return begins and ends and all(text[:stop].endswith(_PAUSE) or text[stop:].lstrip()[0].islower() for stop in inner)


def _check_relations(visit_id: str, data: Mapping[str, Any], visits: Mapping[str, dict[str, Any]]) -> Iterator[Problem]:
    """Contrast pairs complete and ordered as they say; a note's visit there."""
    place = f"visit {visit_id}"
    of, pair = data.get("of"), data.get("pair")
    if of is not None and of not in visits:
        yield Problem(place, f"is a note of {of}, which is not in the corpus")
    if pair is None:
        if data.get("expect_lower"):
            yield Problem(place, "expects lower ratings than a pair that it does not name")
        return
    other = visits.get(pair)
    if other is None or other.get("pair") != visit_id:
        yield Problem(place, f"its pair {pair} is not in the corpus" if other is None else f"{pair} is no pair of it")
    elif bool(data.get("expect_lower")) == bool(other.get("expect_lower")):
        yield Problem(place, f"not exactly one of it and its pair {pair} says in expect_lower where it is lower")
    else:
        for part in data.get("expect_lower") or ():
            own, others = ((one.get("ratings") or {}).get(part) for one in (data, other))
            if part not in PARTS or not (isinstance(own, int) and isinstance(others, int) and own < others):
                yield Problem(place, f"is not rated lower in {str(part)[:10]} than its pair {pair}")


def _check_split(path: Path, visits: Mapping[str, dict[str, Any]]) -> Iterator[Problem]:
    """Every visit in one split; a patient, a pair, and a note with its visit in the same."""
    rows = [(row["visit_id"], row["split"]) for row in read_rows(path, ("visit_id", "split"))]
    splits = dict(rows)
    for (visit_id, _), (after, _) in pairwise(sorted(rows)):
        if visit_id == after:
            yield Problem(f"{path.name}, visit {visit_id}", "is there twice")
    for visit_id in visits.keys() - splits.keys():
        yield Problem(f"{path.name}, visit {visit_id}", "is missing")
    for visit_id in splits.keys() - visits.keys():
        yield Problem(f"{path.name}, visit {visit_id}", "is not in the corpus")
    patients: dict[str, list[str]] = defaultdict(list)
    families: dict[str, list[str]] = defaultdict(list)
    for visit_id, data in visits.items():
        if patient_id := (data.get("patient") or {}).get("id"):
            patients[patient_id].append(visit_id)
        for key in ("pair", "of"):
            if other := data.get(key):
                families[" and ".join(sorted((visit_id, other)))] += [visit_id, other]
    yield from check_together("patient", patients, splits, "split")
    yield from check_together("visits", families, splits, "split")
