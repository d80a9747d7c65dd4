"""What several files share: one browser for all pages (two in one process do not get on), one PostgreSQL server."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from browser import chromium


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium, closed with its file: while it is open its thread runs no other event loop."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def server():
    """Address, without a database, of a server on a socket in a temporary folder."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))[-1]
    folder = Path(tempfile.mkdtemp(prefix="alliance_pg_"))
    data, socket = folder / "data", folder / "socket"
    socket.mkdir()
    user = {"user": "postgres"} if os.geteuid() == 0 else {}
    if user:  # the server refuses to run as root
        for path in (folder, socket):
            shutil.chown(path, "postgres")

    def run(program, *arguments):
        command = [str(binaries / program), *arguments]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **user)

    run("initdb", "-D", str(data), "-U", "auditor", "--auth=trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{socket}' -c fsync=off"
    run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    yield f"postgresql://auditor@/{{}}?host={socket}"
    run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    shutil.rmtree(folder)


def statement(server, words):
    from sqlalchemy import create_engine, text

    engine = create_engine(server.format("postgres").replace("://", "+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(words))
    engine.dispose()


@pytest.fixture
def address(server):
    """Address of a database of its own on the server, gone after the test."""
    statement(server, "CREATE DATABASE clinic")
    yield server.format("clinic")
    statement(server, "DROP DATABASE clinic WITH (FORCE)")
