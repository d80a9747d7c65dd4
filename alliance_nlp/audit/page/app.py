"""Joins the page: its routes, what every answer carries, and how errors are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from traceback import extract_tb

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from ...errors import AllianceError, ChangedMeanwhile
from ..store import Store
from . import saving, views
from .gate import Gate, Refused
from .shown import family, label, words

_HERE = Path(__file__).parent
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def create_app(store: Store, gate: Gate) -> FastAPI:
    """The page over an open audit.

    Args:
        store: the audit.
        gate: who may come in.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.store, app.state.gate, app.state.templates = store, gate, _templates()
    app.mount("/static", StaticFiles(directory=_HERE / "static"))
    app.include_router(views.router)
    app.include_router(saving.router)
    app.add_exception_handler(AllianceError, _tell)
    app.add_exception_handler(HTTPException, _tell_http)
    app.add_exception_handler(RequestValidationError, _tell_http)
    app.middleware("http")(_guard)
    return app


def _templates() -> Environment:
    page = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FileSystemLoader(_HERE / "templates"),
    )
    page.globals.update(label=label, family=family, words=words())
    return page


async def _guard(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Check what a request was made for before anything else, and put the headers on every answer."""
    gate: Gate = request.app.state.gate
    try:
        gate.check_host(request)
        response = await answer(request)
    except Refused as error:
        response = _tell(request, error)
    except Exception as error:  # left alone, its traceback or message would bring words of a visit into the log
        place = extract_tb(error.__traceback__)[-1]
        why = (
            f"Nothing was saved: unexpected {type(error).__name__} at {Path(place.filename).name}, line {place.lineno}."
        )
        response = _tell(request, Refused(500, f"{why} Please report it."))
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _tell(request: Request, error: Exception) -> Response:
    """An error as a page that leads back, or as JSON for the page's own script; nothing of a visit is in it."""
    status = error.status if isinstance(error, Refused) else 409 if isinstance(error, ChangedMeanwhile) else 400
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"error": str(error)}, status)
    place = request.path_params.get("place")
    page = request.app.state.templates.get_template("error.html.jinja").render(
        message=str(error),
        back=None if status in (403, 421) else f"/visit/{place}" if place and status != 404 else "/",
        unsaved=getattr(request.state, "unsaved", None),
    )
    return HTMLResponse(page, status)


def _tell_http(request: Request, error: Exception) -> Response:
    """What the framework refuses, in the page's own manner; a redirection stays one."""
    if isinstance(error, HTTPException) and error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    status = error.status_code if isinstance(error, HTTPException) else 404
    return _tell(request, Refused(status, "There is no such page."))
