"""Runs the page on this machine alone."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

from ...errors import BadOption, MissingExtra
from ..reviews import add_reviewer
from ..store import open_store


def serve_audit(target: str, *, port: int = 0, reviewer: str | None = None, say: Callable[[str], None]) -> None:
    """Serve an audit's page on 127.0.0.1 until it is stopped.

    Args:
        target: file or address of the audit.
        port: where to listen; 0 takes a free one.
        reviewer: name that browsers start with; without one each is asked.
        say: is given each one-time address.

    Raises:
        BadAudit: there is no such audit.
        BadOption: the port is taken or may not be used.
        MissingExtra: a package is not installed.
    """
    try:
        import uvicorn

        from .app import create_app
        from .gate import HOST, Gate
    except ImportError:
        raise MissingExtra("the audit's page", "audit") from None

    store = open_store(target)
    try:
        if reviewer is not None:
            with store.writing() as session:
                reviewer = add_reviewer(session, reviewer).name
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        with listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listening.bind((HOST, port))
            except (OSError, OverflowError):
                raise BadOption(
                    "--port", str(port), "it is taken or may not be used; leave it out or give another"
                ) from None
            gate = Gate(listening.getsockname()[1], say, reviewer)
            # The access log would hold the one-time tokens.
            config = uvicorn.Config(
                create_app(store, gate), log_level="warning", access_log=False, server_header=False, lifespan="off"
            )
            listening.listen()
            gate.open()
            with suppress(KeyboardInterrupt):  # the way to stop it
                uvicorn.Server(config).run(sockets=[listening])
    finally:
        store.close()
