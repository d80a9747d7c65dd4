"""What is saved: each form by the function of `reviews` and `decisions` of its name, all of a form or nothing of it.

The page's script sends the same forms in the background (it asks for JSON) and gets back the versions that stand now.
"""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from ...errors import BadAudit, ChangedMeanwhile
from ...records import PARTS
from .. import decisions, reviews
from ..tables import Review, Reviewer, SampledVisit
from .session import Asking, Audited, Browsing, Form, find_reviewer, find_visit

router = APIRouter()

Versions = dict[str, int]
_NOT_RATED = "none"
_STRETCH = re.compile(r"(\d+)-(\d+)")


@router.post("/name")
def save_name(browser: Browsing, form: Form, store: Audited) -> Response:
    """Take the name that was typed, or else chosen."""
    with store.writing() as session:
        name = reviews.add_reviewer(session, _text(form, "new") or _text(form, "name")).name
    browser.rename(name)
    return RedirectResponse("/", 303)


@router.post("/visit/{place}/blind")
def save_blind(request: Request, place: int, form: Form, who: Asking, store: Audited) -> Response:
    """Save the blind codes and ratings that the form has; with ``then=reveal`` show the tool's view after that."""
    with store.writing() as session:
        visit, reviewer = find_visit(session, place), find_reviewer(session, who.name)
        versions = _save_units(session, visit, reviewer, form) | _save_ratings(session, visit, reviewer, form)
    if form.get("then") == "reveal":
        with store.writing() as session:  # apart, so that what was rated stays if a part is missing
            reviews.reveal(session, find_visit(session, place), find_reviewer(session, who.name))
        return _done(request, f"/visit/{place}#tool", versions)
    return _done(request, f"/visit/{place}#rate", versions)


def _save_units(session: Session, visit: SampledVisit, reviewer: Reviewer, form: FormData) -> Versions:
    versions: Versions = {}
    for unit in visit.units:
        name = f"unit.{unit.id}"
        prefix = f"{name}.code."
        codes = []
        for key, code in form.multi_items():
            stretch = _STRETCH.fullmatch(key.removeprefix(prefix)) if key.startswith(prefix) else None
            if stretch and isinstance(code, str) and code:
                codes.append((code, int(stretch[1]), int(stretch[2])))
        if codes or form.get(f"{name}.done"):
            coding = reviews.code_unit(session, visit, reviewer, unit, codes, version=_version(form, name))
            versions[name] = coding.version
    return versions


def _save_ratings(session: Session, visit: SampledVisit, reviewer: Reviewer, form: FormData) -> Versions:
    versions: Versions = {}
    for part in PARTS:
        chosen = _text(form, part)
        if chosen:
            value = None if chosen == _NOT_RATED else _number(chosen)
            rating = reviews.rate(session, visit, reviewer, part, value, version=_version(form, part))
            versions[part] = rating.version
    return versions


@router.post("/visit/{place}/decide")
def save_decision(request: Request, place: int, form: Form, who: Asking, store: Audited) -> Response:
    """Accept or reject a piece of evidence, or take that back."""
    at = _number(_text(form, "evidence"))
    actions: dict[str, Any] = {"accept": "accept", "reject": "reject", "undecided": None}
    action = _text(form, "action")
    if action not in actions:
        raise BadAudit("the decision", "it is neither accept nor reject", "choose one of them")
    with store.writing() as session:
        visit, reviewer = find_visit(session, place), find_reviewer(session, who.name)
        version = _version(form, "decision")
        found = decisions.decide(session, visit, reviewer, at, actions[action], version=version)
    return _done(request, f"/visit/{place}#e{at}", {"decision": found.version})


@router.post("/visit/{place}/add")
def save_addition(request: Request, place: int, form: Form, who: Asking, store: Audited) -> Response:
    """Add a stretch as evidence: the one selected, or else the sentence chosen."""
    stretch = _STRETCH.fullmatch(_text(form, "selected")) or _STRETCH.fullmatch(_text(form, "sentence"))
    if stretch is None:
        raise BadAudit("the evidence to add", "no words are selected", "select some, or choose a sentence")
    with store.writing() as session:
        visit, reviewer = find_visit(session, place), find_reviewer(session, who.name)
        turn = None if visit.kind == "note" else _number(_text(form, "turn")) - 1
        start, end = int(stretch[1]), int(stretch[2])
        found = decisions.add_evidence(session, visit, reviewer, _text(form, "code"), turn, start, end)
    return _done(request, f"/visit/{place}#a{found.id}", {})


@router.post("/visit/{place}/take-back")
def save_taking_back(request: Request, place: int, form: Form, who: Asking, store: Audited) -> Response:
    """Take added evidence back."""
    with store.writing() as session:
        visit, reviewer = find_visit(session, place), find_reviewer(session, who.name)
        at = _number(_text(form, "addition"))
        decisions.take_back(session, visit, reviewer, at, version=_version(form, "addition"))
    return _done(request, f"/visit/{place}#add", {})


@router.post("/visit/{place}/comment")
def save_comment(request: Request, place: int, form: Form, who: Asking, store: Audited) -> Response:
    """Save the remark on a visit."""
    with store.writing() as session:
        versions = _save_comment(session, request, place, who.name, form)
    return _done(request, f"/visit/{place}#comment", versions)


@router.post("/visit/{place}/finish")
def save_finish(request: Request, place: int, form: Form, who: Asking, store: Audited) -> Response:
    """Save the remark, close the visit and go on to the next one that is open."""
    with store.writing() as session:
        _save_comment(session, request, place, who.name, form)
        visit, reviewer = find_visit(session, place), find_reviewer(session, who.name)
        reviews.finish(session, visit, reviewer)
        finished = select(Review.visit_key).where(Review.reviewer_key == reviewer.id, Review.finished_at.is_not(None))
        still = select(SampledVisit.place).where(SampledVisit.id.not_in(finished)).order_by(SampledVisit.place)
        left = session.scalars(still).all()
    following = next((at for at in left if at > place), left[0] if left else None)
    return _done(request, "/" if following is None else f"/visit/{following}", {})


def _save_comment(session: Session, request: Request, place: int, name: str, form: FormData) -> Versions:
    visit, reviewer = find_visit(session, place), find_reviewer(session, name)
    text, version = _text(form, "comment"), _version(form, "comment")
    if not text and not version:
        return {}
    try:
        return {"comment": reviews.comment(session, visit, reviewer, text, version=version).version}
    except ChangedMeanwhile:
        request.state.unsaved = text  # shown beside the message, so that it is not lost
        raise


def _done(request: Request, where: str, versions: Versions) -> Response:
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"versions": versions})
    return RedirectResponse(where, 303)


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _number(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise BadAudit("the form", "a number in it is none", "reload the page")
    return int(text)


def _version(form: FormData, name: str) -> int:
    return _number(_text(form, f"version.{name}") or "0")
