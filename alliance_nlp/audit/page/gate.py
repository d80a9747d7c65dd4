"""Who may come in: a one-time token in the address becomes a session cookie; forms carry a token of their session.

Everything is kept in memory: when the server ends, so do the sessions, while what was saved stays in the database.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest

from fastapi import Request, Response

from ...errors import AllianceError

HOST = "127.0.0.1"
_BYTES = 32


class Refused(AllianceError):
    """A request that is not let in; ``status`` is its HTTP status."""

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        super().__init__(why)


@dataclass
class Browser:
    """One browser that came in by a token: who sits there, and the token its forms carry."""

    reviewer: str | None
    form_token: str = field(default_factory=lambda: secrets.token_urlsafe(_BYTES))

    def rename(self, reviewer: str) -> None:
        """Someone else sits there: pages of the one before, in another tab, can save no more."""
        if reviewer != self.reviewer:
            self.reviewer, self.form_token = reviewer, secrets.token_urlsafe(_BYTES)


class Gate:
    """Tokens and sessions of one running page.

    Args:
        port: where it listens.
        announce: is given each new address, because the one before works once.
        reviewer: name that every browser starts with; without one it is asked for.
    """

    def __init__(self, port: int, announce: Callable[[str], None], reviewer: str | None = None) -> None:
        self.hosts = {f"{HOST}:{port}", f"localhost:{port}"}
        # Cookies are shared between the ports of a host: two audits at once need two names.
        self.cookie = f"alliance_audit_{port}"
        self._port, self._announce, self._reviewer = port, announce, reviewer
        self._browsers: dict[str, Browser] = {}
        self._token = ""

    def open(self) -> None:
        """Make a new one-time address and announce it."""
        self._token = secrets.token_urlsafe(_BYTES)
        self._announce(f"http://{HOST}:{self._port}/enter?token={self._token}")

    def enter(self, token: str, response: Response) -> None:
        """Exchange a token for a session cookie.

        Raises:
            Refused: the token is wrong or was used.
        """
        if not self._token or not compare_digest(token.encode(), self._token.encode()):
            raise Refused(403, "This address is not valid, or was used before. Take the newest one from the terminal.")
        key = secrets.token_urlsafe(_BYTES)
        self._browsers[key] = Browser(self._reviewer)
        response.set_cookie(self.cookie, key, httponly=True, samesite="strict", path="/")
        self.open()

    def knows(self, request: Request) -> bool:
        """Whether a request comes from a browser that is in already."""
        return request.cookies.get(self.cookie, "") in self._browsers

    def browser(self, request: Request) -> Browser:
        """The session of a request.

        Raises:
            Refused: it has none.
        """
        found = self._browsers.get(request.cookies.get(self.cookie, ""))
        if found is None:
            why = "This browser is not signed in. Open the newest address that the terminal shows."
            raise Refused(403, why + " What was saved before is kept.")
        return found

    def check_host(self, request: Request) -> None:
        """Refuse a request made for another host name, as a page that rebinds its own name to this machine would.

        Raises:
            Refused: the Host, or the Origin where there is one, is another.
        """
        origin = request.headers.get("origin")
        if request.headers.get("host", "") not in self.hosts:
            raise Refused(421, "This page answers to its own address alone.")
        if origin is not None and origin.removeprefix("http://") not in self.hosts:
            raise Refused(403, "This request comes from another page.")


def check_form(browser: Browser, token: object) -> None:
    """Refuse a form that was not made by this session's own page.

    Raises:
        Refused: its token is another.
    """
    if not isinstance(token, str) or not compare_digest(token.encode(), browser.form_token.encode()):
        raise Refused(
            403, "This form is not from this session, or the name was changed since. Reload the page and save again."
        )
