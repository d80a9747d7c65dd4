"""A clinic's own visits for training and measuring: JSON Lines, each visit coded, rated, or both.

The form is that of ``corpus/rehab``, which ``alliance corpus import`` writes. A visit in which no ``codes`` key stands
anywhere was not coded by anyone: it tells what alliance is worth which rating, never that a sentence carries no code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..codes import CODES, NAME_CODES
from ..errors import BadCorpus, NoVisits
from ..records import PARTS, Visit
from .coded import CodedVisit, coded_visit
from .gold import GoldVisit
from .rows import read_objects

SOURCE = "added"
_ROLES = {**{code.name: code.roles for code in CODES}, **{name: ("provider",) for name in NAME_CODES}}


def read_added(paths: Sequence[Path], beside: Sequence[GoldVisit] = ()) -> list[GoldVisit]:
    """Visits of a clinic's files.

    Visits of one patient (``patient.id``), a contrast pair (``pair``) and a note with its visit (``of``) form a group,
    which is never parted between training and measuring; one that belongs to a visit of ``beside`` shares its fold.

    Args:
        paths: JSON Lines.
        beside: visits that they are used with.

    Raises:
        BadCorpus: a visit is neither coded nor rated, is rated in part, breaks a rule of the codebook, has the id or
            the words of another, or belongs to a test visit.
        NoVisits: a file holds none.
    """
    added: list[GoldVisit] = []
    links: list[set[str]] = []
    known = {gold.visit.visit_id: gold for gold in beside}
    said = {gold.sha256(): gold.visit.visit_id for gold in beside}
    for path in paths:
        before = len(added)
        for number, record in read_objects(path):
            place = f"{path}, line {number}"
            gold = _gold_visit(record, place)
            visit_id, sha256 = gold.visit.visit_id, gold.sha256()
            if visit_id in known:
                raise BadCorpus(place, f"another visit is called {visit_id}", "give it an id of its own")
            if sha256 in said:
                raise BadCorpus(place, f"it says the same as visit {said[sha256]}", "leave one of them out")
            known[visit_id], said[sha256] = gold, visit_id
            added.append(gold)
            links.append(_links(gold, record))
        if len(added) == before:
            raise NoVisits(path)
    return _grouped(added, links, {gold.visit.visit_id: gold for gold in beside})


def count_added(added: Sequence[GoldVisit]) -> dict[str, int]:
    """How many visits there are, how many of them coded, coded with no code found, rated, and merely rated."""
    return {
        "visits": len(added),
        "coded": sum(gold.coded for gold in added),
        "coded_empty": sum(gold.coded and not gold.codes for gold in added),
        "rated": sum(bool(gold.ratings) for gold in added),
        "merely_rated": sum(not gold.coded for gold in added),
    }


def _gold_visit(record: Mapping[str, Any], place: str) -> GoldVisit:
    coded = coded_visit(record, place)
    place = f"{place}, visit {coded.visit_id}"
    if not coded.coded and not coded.ratings:
        raise BadCorpus(place, "it is neither coded nor rated", "code it, rate it, or leave it out")
    if coded.ratings and len(coded.ratings) < len(PARTS):
        raise BadCorpus(place, "it is not rated in every part", "rate goal, task and bond, or none of them")
    _check_roles(coded, place)
    return GoldVisit(
        visit=Visit.model_validate(record),
        source=SOURCE,
        codes=tuple(each for each in coded.codes if each[0] not in NAME_CODES),
        names=tuple(each for each in coded.codes if each[0] in NAME_CODES),
        ratings=coded.ratings,
        discipline=record.get("discipline"),
        coded=coded.coded,
    )


def _check_roles(coded: CodedVisit, place: str) -> None:
    for code, turn, _, _ in coded.codes:
        role = coded.turns[turn][0]
        if role not in _ROLES[code]:
            why = f"{code} is not for the role {role}"
            raise BadCorpus(f"{place}, turn {turn}", why, "see CODEBOOK.md and code it again")


def _links(gold: GoldVisit, record: Mapping[str, Any]) -> set[str]:
    """What a visit shares with those of its group: their ids, and the patient."""
    patient = gold.visit.patient
    links = {gold.visit.visit_id, *(str(record[key]) for key in ("of", "pair") if record.get(key))}
    return links | ({f"patient {patient.id}"} if patient and patient.id else set())


def _grouped(added: Sequence[GoldVisit], links: Sequence[set[str]], beside: Mapping[str, GoldVisit]) -> list[GoldVisit]:
    """The visits with their groups: all that hang together by their links, named by the first of them."""
    above: dict[str, str] = {}

    def top(link: str) -> str:
        while above.setdefault(link, link) != link:
            link = above[link]
        return link

    for own in links:
        first, *others = sorted({top(link) for link in own})
        for other in others:
            above[other] = first
    homes: dict[str, list[GoldVisit]] = defaultdict(list)
    for visit_id in sorted(set(above) & set(beside)):
        homes[top(visit_id)].append(beside[visit_id])
    grouped = []
    for gold in added:
        group = top(gold.visit.visit_id)
        if of := homes.get(group):
            if len({(each.split, each.group) for each in of}) > 1 or of[0].split != "train":
                why = f"it belongs to {of[-1].visit.visit_id}, which is measured on or kept apart"
                raise BadCorpus(f"added visit {gold.visit.visit_id}", why, "leave it out")
            gold = replace(gold, fold=of[0].fold, strict_fold=of[0].strict_fold)
            group = of[0].group
        grouped.append(replace(gold, group=group))
    return grouped
