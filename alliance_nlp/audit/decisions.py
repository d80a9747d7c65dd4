"""What a reviewer says of the tool's evidence, once its view was shown: accepted, rejected, added.

As in `reviews`: each change is logged, and ``version`` is that of the decision that the reviewer saw (0: none).
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy.orm import Session

from ..errors import BadAudit
from .reviews import check_stretch, check_version, log, own_row, shown_review
from .tables import Decision, Reviewer, SampledVisit


def decide(
    session: Session,
    visit: SampledVisit,
    reviewer: Reviewer,
    evidence: int,
    action: Literal["accept", "reject"] | None,
    *,
    version: int,
) -> Decision:
    """Accept or reject a piece of the tool's evidence, by its index in the report; None takes the decision back.

    Raises:
        BadAudit: the tool's view was not shown yet, or there is no such evidence.
        ChangedMeanwhile: another version stands there.
    """
    shown_review(session, visit, reviewer)
    pieces = visit.report.evidence
    if not 0 <= evidence < len(pieces):
        raise BadAudit(f"visit {visit.visit_id}", f"there is no evidence {evidence}", "reload the page")
    found = own_row(session, Decision, visit, reviewer, Decision.evidence == evidence)
    if found is not None and (found.action if found.standing else None) == action:
        return found
    check_version(found, version)
    was = found.action if found is not None and found.standing else None
    if found is None:
        piece = pieces[evidence]
        found = Decision(
            visit_key=visit.id, reviewer_key=reviewer.id, evidence=evidence, action="accept", code=piece.code
        )
        found.turn, found.start, found.end = piece.turn, piece.start, piece.end
        session.add(found)
    found.standing = action is not None
    found.action = action or found.action
    log(session, reviewer.name, "decide", visit, evidence=evidence, was=was, action=action)
    session.flush()
    return found


def add_evidence(
    session: Session, visit: SampledVisit, reviewer: Reviewer, code: str, turn: int | None, start: int, end: int
) -> Decision:
    """Add a stretch that the tool did not find; one that is there already is given back, standing again.

    Raises:
        BadAudit: the tool's view was not shown yet, or the code is not for who speaks.
        BadOffsets: the stretch is not within its turn.
    """
    shown_review(session, visit, reviewer)
    check_stretch(visit, code, turn, start, end)
    same = (Decision.code == code, Decision.turn == turn, Decision.start == start, Decision.end == end)
    found = own_row(session, Decision, visit, reviewer, Decision.action == "add", *same)
    if found is None:
        found = Decision(visit_key=visit.id, reviewer_key=reviewer.id, action="add", code=code, standing=False)
        found.turn, found.start, found.end = turn, start, end
        session.add(found)
    if not found.standing:
        found.standing = True
        log(session, reviewer.name, "add", visit, code=code, turn=turn, start=start, end=end)
    session.flush()
    return found


def take_back(session: Session, visit: SampledVisit, reviewer: Reviewer, decision: int, *, version: int) -> Decision:
    """Take an added stretch back, by the id of its `Decision`.

    Raises:
        BadAudit: the reviewer added no such stretch to this visit.
        ChangedMeanwhile: another version stands there.
    """
    found = own_row(session, Decision, visit, reviewer, Decision.id == decision, Decision.action == "add")
    if found is None:
        raise BadAudit(f"visit {visit.visit_id}", "there is no such added evidence", "reload the page")
    if found.standing:
        check_version(found, version)
        found.standing = False
        log(session, reviewer.name, "take back", visit, decision=decision)
        session.flush()
    return found
