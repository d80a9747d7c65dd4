"""What the reviewers left in an audit's database, as arrays: the input of `measure` and `export`.

Counted are reviews in which the tool's view was shown, for only there do the blind ratings stand fast. Visits are shown
in random order, so those that have been rated so far are a random part of the sample, and their weights hold.
"""

from __future__ import annotations

import math
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..codes import CODE_NAMES
from ..records import PARTS, Evidence, VisitReport
from ..train.sentences import overlaps
from .tables import Audit, Decision, Rating, Review, Reviewer, SampledVisit, UnitCoding
from .weights import Array, Weighing, weigh

#: What is rated: the three parts and their mean.
RATED = (*PARTS, "alliance")


class Stretch(NamedTuple):
    """A coded stretch, where it stands, and by whom it was coded."""

    code: str
    turn: int | None
    start: int
    end: int
    reviewer: int

    def meets(self, other: Evidence | Stretch) -> bool:
        """Whether another stretch codes the same: it shares at least half of either."""
        same = (self.code, self.turn) == (other.code, other.turn)
        return same and overlaps((self.start, self.end), (other.start, other.end))


class Unit(NamedTuple):
    """A unit that a reviewer coded blind."""

    turn: int | None
    start: int
    end: int
    weight: float
    reviewer: int
    codes: tuple[Stretch, ...]


@dataclass(frozen=True)
class Reviewed:
    """One visit that somebody has reviewed.

    ``accepted``: reviewer -> index of evidence -> whether accepted, those that were decided; ``added``: what reviewers
    added with the tool's view before them; ``units``: what they coded blind; ``finished``: who is done with the visit.
    """

    row: SampledVisit
    report: VisitReport
    accepted: dict[int, dict[int, bool]]
    added: tuple[Stretch, ...]
    units: tuple[Unit, ...]
    finished: frozenset[int]


@dataclass(frozen=True)
class Reviews:
    """An audit's reviews: visits by reviewers by `RATED`; ``nan`` where there is no rating, or the tool gives none."""

    audit: Audit
    drawn: int
    reviewers: tuple[str, ...]
    visits: tuple[Reviewed, ...]
    ratings: Array
    tool: Array
    weighing: Weighing

    @property
    def together(self) -> Array:
        """The reviewers' mean ratings, (visits, rated)."""
        return mean_known(self.ratings)


def read_reviews(session: Session) -> Reviews:
    """Everything reviewed so far."""
    audit = session.scalars(select(Audit)).one()
    people = session.scalars(select(Reviewer).order_by(Reviewer.name)).all()
    shown = session.scalars(select(Review).where(Review.revealed_at.is_not(None))).all()
    active = [person for person in people if any(review.reviewer_key == person.id for review in shown)]
    at = {person.id: place for place, person in enumerate(active)}
    open_to: dict[int, dict[int, Review]] = defaultdict(dict)
    for review in shown:
        open_to[review.visit_key][at[review.reviewer_key]] = review
    rows = session.scalars(select(SampledVisit).order_by(SampledVisit.place)).all()
    taken = [row for row in rows if row.id in open_to]
    visits = [_reviewed(session, row, open_to[row.id], at) for row in taken]
    ratings = np.full((len(taken), len(active), len(RATED)), np.nan)
    place_of = {row.id: place for place, row in enumerate(taken)}
    for rating in session.scalars(select(Rating)):
        who = at.get(rating.reviewer_key, -1)
        if rating.value is not None and who in open_to.get(rating.visit_key, ()):
            ratings[place_of[rating.visit_key], who, PARTS.index(rating.part)] = rating.value
    ratings[..., -1] = ratings[..., :-1].mean(axis=-1)
    tool = np.array([scores_of(visit.report) for visit in visits], float).reshape(-1, len(RATED))
    weighing = weigh(np.array([row.weight for row in taken], float), seed=_seed(taken))
    return Reviews(audit, len(rows), tuple(each.name for each in active), tuple(visits), ratings, tool, weighing)


def scores_of(report: VisitReport) -> list[float]:
    """Goal, task, bond and alliance of a report; nan where it gives none."""
    if report.scores is None:
        return [math.nan] * len(RATED)
    values = [getattr(report.scores, part).value for part in RATED]
    return [math.nan if value is None else value for value in values]


def mean_known(ratings: Array) -> Array:
    """Mean over the second axis of what is there; nan where nothing is."""
    there = ~np.isnan(ratings)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(there, ratings, 0.0).sum(axis=1) / there.sum(axis=1))


def found_in(unit: Unit, report: VisitReport) -> list[Evidence]:
    """The tool's evidence that lies in a unit, at least by half."""
    return [
        each
        for each in report.evidence
        if each.code in CODE_NAMES
        and each.turn == unit.turn
        and 2 * (min(each.end, unit.end) - max(each.start, unit.start)) >= each.end - each.start
    ]


def _seed(rows: Sequence[SampledVisit]) -> int:
    """Another for other visits, so that the resamples of two audits have nothing to do with each other."""
    return zlib.crc32("\n".join(row.visit_id for row in rows).encode())


def _reviewed(session: Session, row: SampledVisit, shown: dict[int, Review], at: dict[int, int]) -> Reviewed:
    decisions = session.scalars(select(Decision).where(Decision.visit_key == row.id, Decision.standing)).all()
    accepted: dict[int, dict[int, bool]] = defaultdict(dict)
    added = []
    for each in decisions:
        who = at.get(each.reviewer_key, -1)
        if who not in shown:
            continue
        if each.evidence is None:
            added.append(Stretch(each.code, each.turn, each.start, each.end, who))
        else:
            accepted[who][each.evidence] = each.action == "accept"
    return Reviewed(
        row=row,
        report=row.report,
        accepted=dict(accepted),
        added=tuple(added),
        units=tuple(_units(session, row, shown, at)),
        finished=frozenset(who for who, review in shown.items() if review.finished_at is not None),
    )


def _units(session: Session, row: SampledVisit, shown: dict[int, Review], at: dict[int, int]) -> Sequence[Unit]:
    units = {unit.id: unit for unit in row.units}
    codings = session.scalars(select(UnitCoding).where(UnitCoding.unit_key.in_(units))).all()
    coded = []
    for each in codings:
        who = at.get(each.reviewer_key, -1)
        if who in shown:
            unit = units[each.unit_key]
            stretches = tuple(Stretch(code, unit.turn, start, end, who) for code, start, end in each.codes)
            coded.append(Unit(unit.turn, unit.start, unit.end, unit.weight, who, stretches))
    return coded
