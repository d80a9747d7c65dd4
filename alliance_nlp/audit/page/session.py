"""What a route needs to know of a request: the audit, the browser's session, who sits there, which visit is meant."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from ...errors import BadAudit
from ..store import Store
from ..tables import Reviewer, SampledVisit
from .gate import Browser, Gate, check_form


class Person(NamedTuple):
    """Who asks: the browser's session, and the name that was chosen there."""

    browser: Browser
    name: str


def browser_of(request: Request) -> Browser:
    """The request's session; raises `gate.Refused` without one."""
    gate: Gate = request.app.state.gate
    return gate.browser(request)


def person_of(browser: Annotated[Browser, Depends(browser_of)]) -> Person:
    """Who sits there; a browser without a name is sent to choose one."""
    if browser.reviewer is None:
        raise HTTPException(303, headers={"Location": "/name"})
    return Person(browser, browser.reviewer)


async def form_of(request: Request, browser: Annotated[Browser, Depends(browser_of)]) -> FormData:
    """The request's form, if it came from this session's own page."""
    form = await request.form()
    check_form(browser, form.get("form_token"))
    return form


def store_of(request: Request) -> Store:
    """The open audit."""
    store: Store = request.app.state.store
    return store


Browsing = Annotated[Browser, Depends(browser_of)]
Asking = Annotated[Person, Depends(person_of)]
Form = Annotated[FormData, Depends(form_of)]
Audited = Annotated[Store, Depends(store_of)]


def find_visit(session: Session, place: int) -> SampledVisit:
    """The visit shown at a place of the sample, from 1.

    Raises:
        BadAudit: there is none.
    """
    found = session.scalar(select(SampledVisit).where(SampledVisit.place == place))
    if found is None:
        raise BadAudit(f"place {place}", "the sample has no such visit", "choose one from the list")
    return found


def find_reviewer(session: Session, name: str) -> Reviewer:
    """The reviewer of a name that was chosen before.

    Raises:
        BadAudit: there is none.
    """
    found = session.scalar(select(Reviewer).where(Reviewer.name == name))
    if found is None:
        raise BadAudit("the reviewer", "the name is not known to this audit", "choose a name again")
    return found


def page(request: Request, template: str, browser: Browser, **shown: Any) -> HTMLResponse:
    """A page of the templates, with what every page needs."""
    found = request.app.state.templates.get_template(template)
    return HTMLResponse(found.render(form_token=browser.form_token, reviewer=browser.reviewer, **shown))
