"""What is shown: the entry, the list of visits, a visit before and after its blind ratings, its coaching sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...errors import BadAudit
from ...records import PARTS, Evidence, Visit, VisitReport
from ...report.coach import as_html, coaching_sheet, content_policy
from ...report.printable import printable
from ..reviews import find_review, own_row, ratings_of
from ..tables import Comment, Decision, Review, Reviewer, SampledVisit, UnitCoding
from .gate import Gate
from .session import Asking, Audited, Browsing, find_reviewer, find_visit, page
from .shown import Mark, codes_for, shown_turns
from .timeline import draw_timeline

router = APIRouter()


@router.get("/enter")
def enter(request: Request, token: str = "") -> Response:
    """Exchange the token of the address for a session, and take it out of the address."""
    gate: Gate = request.app.state.gate
    response = RedirectResponse("/", 303)
    if not gate.knows(request):
        gate.enter(token, response)
    return response


@router.get("/name")
def choose_name(request: Request, browser: Browsing, store: Audited) -> HTMLResponse:
    """Ask who rates; names that were used before are offered."""
    with store.reading() as session:
        names = session.scalars(select(Reviewer.name).order_by(Reviewer.name)).all()
    return page(request, "name.html.jinja", browser, names=names)


@router.get("/")
def list_visits(request: Request, who: Asking, store: Audited) -> HTMLResponse:
    """The sample in its order, with how far this reviewer has come; nothing that the tool thinks of it."""
    with store.reading() as session:
        reviewer = find_reviewer(session, who.name)
        reviews = {
            review.visit_key: review
            for review in session.scalars(select(Review).where(Review.reviewer_key == reviewer.id))
        }
        columns = (SampledVisit.id, SampledVisit.place, SampledVisit.visit_id, SampledVisit.kind, SampledVisit.words)
        rows = [
            {"place": place, "visit_id": visit_id, "kind": kind, "words": n, "state": state_of(reviews.get(key))}
            for key, place, visit_id, kind, n in session.execute(select(*columns).order_by(SampledVisit.place))
        ]
    left = [row["place"] for row in rows if row["state"] != "done"]
    return page(request, "visits.html.jinja", who.browser, rows=rows, next=left[0] if left else None, left=len(left))


def state_of(review: Review | None) -> str:
    """How far a review has come, in a word or two."""
    if review is None:
        return "not begun"
    return "done" if review.finished_at else "rated, evidence open" if review.revealed_at else "begun"


@router.get("/visit/{place}")
def show_visit(request: Request, place: int, who: Asking, store: Audited, turn: int | None = None) -> HTMLResponse:
    """A visit: before its blind ratings without the tool's view, after them with it."""
    with store.reading() as session:
        visit, reviewer = find_visit(session, place), find_reviewer(session, who.name)
        review = find_review(session, visit, reviewer)
        shown = {
            "place": place,
            "visit": visit.visit,
            "state": state_of(review),
            "ratings": ratings_of(session, visit, reviewer),
            "comment": own_row(session, Comment, visit, reviewer),
        }
        if review is None or review.revealed_at is None:
            return page(request, "blind.html.jinja", who.browser, **shown, **_blind(session, visit, reviewer))
        shown |= _revealed(session, visit, reviewer, turn)
    return page(request, "review.html.jinja", who.browser, **shown)


def _blind(session: Session, visit: SampledVisit, reviewer: Reviewer) -> dict[str, Any]:
    """The text, and the turns to code blind with what was coded in them so far."""
    turns = shown_turns(visit.visit)
    coded = {
        coding.unit_key: coding
        for coding in session.scalars(select(UnitCoding).where(UnitCoding.reviewer_key == reviewer.id))
    }
    units = []
    for unit in visit.units:
        turn = turns[unit.turn or 0]
        coding = coded.get(unit.id)
        lines = [line for line in turn.sentences if unit.start <= line[0] and line[1] <= unit.end]
        units.append(
            {
                "id": unit.id,
                "turn": turn,
                "lines": lines,
                "codes": codes_for(turn.role),
                "chosen": {line[:2]: _chosen(coding, line[:2]) for line in lines},
                "done": coding is not None,
                "version": coding.version if coding else 0,
            }
        )
    return {"turns": turns, "units": units, "to_code": {unit.turn for unit in visit.units}}


def _chosen(coding: UnitCoding | None, stretch: tuple[int, int]) -> list[str]:
    return [] if coding is None else [code for code, *at in coding.codes if tuple(at) == stretch]


def _revealed(session: Session, visit: SampledVisit, reviewer: Reviewer, turn: int | None) -> dict[str, Any]:
    """The tool's scores and evidence, what the reviewer decided, and the turn in which evidence is to be added."""
    report, said = visit.report, visit.visit
    decisions = _decisions(session, visit, reviewer)
    by_evidence = {one.evidence: one for one in decisions if one.evidence is not None}
    added = [one for one in decisions if one.action == "add" and one.standing]
    marks = [Mark(f"e{at}", e.code, e.turn, e.start, e.end) for at, e in enumerate(report.evidence)]
    marks += [Mark(f"a{one.id}", one.code, one.turn, one.start, one.end) for one in added]
    turns = shown_turns(said, marks)
    chosen = turns[0] if said.kind == "note" else None
    if turn is not None and said.kind != "note" and 1 <= turn <= len(turns):
        chosen = turns[turn - 1]
    rated = [one.value for one in ratings_of(session, visit, reviewer).values() if one.value is not None]
    return {
        "report": report,
        "mean": sum(rated) / len(rated) if len(rated) == len(PARTS) else None,
        "turns": turns,
        "numbers": {mark.key: at for at, mark in enumerate(marks, 1)},
        "items": [(mark, _words(said, mark)) for mark in marks],
        "decisions": {f"e{at}": one for at, one in by_evidence.items()},
        "added": {f"a{one.id}": one for one in added},
        "timeline": draw_timeline(said, marks),
        "chosen": chosen,
        "codes": {role: codes_for(role) for role in ("provider", "patient", "other")},
        "parts": PARTS,
    }


def _decisions(session: Session, visit: SampledVisit, reviewer: Reviewer) -> Sequence[Decision]:
    own = (Decision.visit_key == visit.id, Decision.reviewer_key == reviewer.id)
    return session.scalars(select(Decision).where(*own).order_by(Decision.id)).all()


def _corrected(report: VisitReport, decisions: Sequence[Decision], name: str) -> VisitReport:
    """The report without what the reviewer rejected, and with what was added."""
    standing = [one for one in decisions if one.standing]
    rejected = {one.evidence for one in standing if one.action == "reject"}
    added = [
        Evidence(code=one.code, turn=one.turn, start=one.start, end=one.end, p=1.0, why="reviewer")
        for one in standing
        if one.action == "add"
    ]
    if not standing:
        return report
    kept = [piece for at, piece in enumerate(report.evidence) if at not in rejected]
    return report.model_copy(
        update={"evidence": (*kept, *added), "model": f"{report.model} and corrected by {printable(name)}"}
    )


def _words(said: Visit, mark: Mark) -> str:
    text = (said.text or "") if mark.turn is None else said.turns[mark.turn].text
    return text[mark.start : mark.end]


@router.get("/visit/{place}/sheet")
def show_sheet(place: int, who: Asking, store: Audited) -> HTMLResponse:
    """The visit's coaching sheet, once the reviewer has rated it, with the evidence as the reviewer left it."""
    with store.reading() as session:
        visit, reviewer = find_visit(session, place), find_reviewer(session, who.name)
        review = find_review(session, visit, reviewer)
        if review is None or review.revealed_at is None:
            raise BadAudit(f"visit {visit.visit_id}", "it was not rated blind yet", "rate it first")
        sheet = coaching_sheet(visit.visit, _corrected(visit.report, _decisions(session, visit, reviewer), who.name))
    return HTMLResponse(as_html(sheet), headers={"Content-Security-Policy": content_policy()})
