"""What a reviewer does with a visit, as functions of a session; each change is logged with it.

A reviewer rates and codes blind, then the tool's view is shown (`reveal`), and what was blind stands fast. Two
reviewers never share a row. Whoever saves gives the ``version`` that they saw (0: nothing was there); saving over
another version raises `ChangedMeanwhile`, saving what stands there already changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..codes import CODES, NAME_CODES
from ..errors import BadAudit, BadOffsets, ChangedMeanwhile
from ..records import PARTS, Part
from .tables import BlindUnit, Comment, Decision, LogEntry, Rating, Review, Reviewer, SampledVisit, UnitCoding

Row = TypeVar("Row", Review, Rating, Decision, Comment)
#: Roles that may carry a code.
ROLES: dict[str, tuple[str, ...]] = {
    **{code.name: code.roles for code in CODES},
    **{name: ("provider",) for name in NAME_CODES},
}


def add_reviewer(session: Session, name: str) -> Reviewer:
    """The reviewer of that name, who is new if nobody had it.

    Raises:
        BadAudit: the name is empty.
    """
    name = " ".join(name.replace("\0", "").split())
    if not name:
        raise BadAudit("the reviewer", "the name is empty", "give a name or initials")
    reviewer = session.scalar(select(Reviewer).where(Reviewer.name == name))
    if reviewer is None:
        reviewer = Reviewer(name=name)
        session.add(reviewer)
        log(session, name, "reviewer")
        session.flush()
    return reviewer


def begin(session: Session, visit: SampledVisit, reviewer: Reviewer) -> Review:
    """The reviewer's review of a visit, begun now if it was not."""
    review = find_review(session, visit, reviewer)
    if review is None:
        review = Review(visit_key=visit.id, reviewer_key=reviewer.id, begun_at=now())
        session.add(review)
        log(session, reviewer.name, "begin", visit)
        session.flush()
    return review


def find_review(session: Session, visit: SampledVisit, reviewer: Reviewer) -> Review | None:
    """The reviewer's review of a visit, where there is one."""
    return own_row(session, Review, visit, reviewer)


def rate(
    session: Session, visit: SampledVisit, reviewer: Reviewer, part: Part, value: int | None, *, version: int
) -> Rating:
    """Rate one part blind.

    Args:
        session: one to write in.
        visit: the visit.
        reviewer: who rates.
        part: goal, task or bond.
        value: 1 to 5; None where it cannot be rated, such as what a note does not document.
        version: of the rating that the reviewer saw; 0 for none.

    Raises:
        BadAudit: the tool's view was shown already, or the value is not on the scale.
        ChangedMeanwhile: another version stands there.
    """
    if part not in PARTS or not (value is None or (type(value) is int and 1 <= value <= 5)):
        raise BadAudit(f"visit {visit.visit_id}", "the rating is no whole number from 1 to 5", "rate it again")
    _still_blind(session, visit, reviewer)
    rating = own_row(session, Rating, visit, reviewer, Rating.part == part)
    if rating is not None and rating.value == value:
        return rating
    check_version(rating, version)
    was = None if rating is None else rating.value
    if rating is None:
        rating = Rating(visit_key=visit.id, reviewer_key=reviewer.id, part=part)
        session.add(rating)
    rating.value = value
    log(session, reviewer.name, "rate", visit, part=part, was=was, value=value)
    session.flush()
    return rating


def code_unit(
    session: Session,
    visit: SampledVisit,
    reviewer: Reviewer,
    unit: BlindUnit,
    codes: Sequence[tuple[str, int, int]],
    *,
    version: int,
) -> UnitCoding:
    """Code one of the visit's random turns (sentences of a note) blind; without codes: nothing is there.

    Args:
        session: one to write in.
        visit: the visit.
        reviewer: who codes.
        unit: one of ``visit.units``.
        codes: (code, start, end), characters of the turn or note.
        version: of the coding that the reviewer saw; 0 for none.

    Raises:
        BadAudit: the tool's view was shown already, or the code is not for who speaks.
        BadOffsets: a stretch is not within the unit.
        ChangedMeanwhile: another version stands there.
    """
    _still_blind(session, visit, reviewer)
    for code, start, end in codes:
        if not unit.start <= start < end <= unit.end:
            raise BadOffsets(visit.visit_id, unit.turn, start, end)
        check_stretch(visit, code, unit.turn, start, end)
    wanted: list[list[Any]] = sorted(([code, start, end] for code, start, end in set(codes)), key=lambda one: one[1:])
    found = session.scalar(
        select(UnitCoding).where(UnitCoding.unit_key == unit.id, UnitCoding.reviewer_key == reviewer.id)
    )
    if found is not None and found.codes == wanted:
        return found
    check_version(found, version)
    was = None if found is None else found.codes
    if found is None:
        found = UnitCoding(unit_key=unit.id, reviewer_key=reviewer.id)
        session.add(found)
    found.codes = wanted
    log(session, reviewer.name, "code", visit, unit=unit.id, was=was, codes=wanted)
    session.flush()
    return found


def reveal(session: Session, visit: SampledVisit, reviewer: Reviewer) -> Review:
    """Show the tool's view: from now on the reviewer's blind ratings and codes of this visit stand fast.

    Raises:
        BadAudit: a part is not rated yet.
    """
    review = begin(session, visit, reviewer)
    if review.revealed_at is None:
        rated = {rating.part for rating in ratings_of(session, visit, reviewer).values()}
        if missing := [part for part in PARTS if part not in rated]:
            raise BadAudit(
                f"visit {visit.visit_id}", f"{missing[0]} is not rated yet", "rate it before the tool's view"
            )
        review.revealed_at = now()
        log(session, reviewer.name, "reveal", visit)
        session.flush()
    return review


def comment(session: Session, visit: SampledVisit, reviewer: Reviewer, text: str, *, version: int) -> Comment:
    """Write the reviewer's remark on a visit over the one before.

    Raises:
        ChangedMeanwhile: another version stands there.
    """
    text = text.replace("\0", "").replace("\r\n", "\n")
    found = own_row(session, Comment, visit, reviewer)
    if found is not None and found.text == text:
        return found
    check_version(found, version)
    if found is None:
        found = Comment(visit_key=visit.id, reviewer_key=reviewer.id)
        session.add(found)
    found.text = text
    log(session, reviewer.name, "comment", visit, text=text)
    session.flush()
    return found


def finish(session: Session, visit: SampledVisit, reviewer: Reviewer) -> Review:
    """Say that the reviewer is done with a visit; from here on evidence without a decision was looked at and left.

    Raises:
        BadAudit: the tool's view was not shown yet.
    """
    review = shown_review(session, visit, reviewer)
    if review.finished_at is None:
        review.finished_at = now()
        log(session, reviewer.name, "finish", visit)
        session.flush()
    return review


def ratings_of(session: Session, visit: SampledVisit, reviewer: Reviewer) -> dict[Part, Rating]:
    """The reviewer's ratings of a visit by part."""
    found = session.scalars(
        select(Rating).where(Rating.visit_key == visit.id, Rating.reviewer_key == reviewer.id)
    ).all()
    return {part: rating for part in PARTS for rating in found if rating.part == part}


def log(session: Session, who: str | None, what: str, visit: SampledVisit | None = None, **detail: Any) -> None:
    """Add a line to the log, kept or dropped together with the change that it tells of."""
    session.add(LogEntry(at=now(), who=who, what=what, visit_key=visit and visit.id, detail=detail))


def now() -> str:
    """The time in UTC, ISO 8601 with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def own_row(session: Session, table: type[Row], visit: SampledVisit, reviewer: Reviewer, *further: Any) -> Row | None:
    """The reviewer's row on a visit in one of the tables, of those that fit the further conditions."""
    own = (table.visit_key == visit.id, table.reviewer_key == reviewer.id)
    return session.scalar(select(table).where(*own, *further))


def check_version(row: Row | UnitCoding | None, version: int) -> None:
    """Refuse to save over another version than the one that was seen (0: none was there).

    Raises:
        ChangedMeanwhile: it is another.
    """
    if (0 if row is None else row.version) != version:
        raise ChangedMeanwhile()


def _still_blind(session: Session, visit: SampledVisit, reviewer: Reviewer) -> None:
    if begin(session, visit, reviewer).revealed_at is not None:
        why = "the tool's view was shown already, so the blind ratings and codes stand fast"
        raise BadAudit(f"visit {visit.visit_id}", why, "write what you would change as a comment")


def shown_review(session: Session, visit: SampledVisit, reviewer: Reviewer) -> Review:
    """The reviewer's review of a visit, in which the tool's view was shown.

    Raises:
        BadAudit: it was not shown yet.
    """
    review = find_review(session, visit, reviewer)
    if review is None or review.revealed_at is None:
        raise BadAudit(f"visit {visit.visit_id}", "it was not rated blind yet", "rate goal, task and bond first")
    return review


def check_stretch(visit: SampledVisit, code: str, turn: int | None, start: int, end: int) -> None:
    """Refuse a code where it cannot stand.

    Raises:
        BadAudit: the code is not for who speaks, or there is no such code.
        BadOffsets: the stretch is not within its turn.
    """
    said = visit.visit
    note = said.kind == "note"
    if note != (turn is None) or not (note or 0 <= (turn or 0) < len(said.turns)):
        raise BadOffsets(visit.visit_id, turn, start, end)
    text = (said.text or "") if turn is None else said.turns[turn].text
    if not 0 <= start < end <= len(text):
        raise BadOffsets(visit.visit_id, turn, start, end)
    role = "provider" if turn is None else said.turns[turn].role
    if role not in ROLES.get(code, ()):
        known = f"{code} is not for the role {role}" if code in ROLES else "there is no such code"
        raise BadAudit(f"visit {visit.visit_id}", known, "see the codebook and choose another")
