"""What several files share: one browser for all pages (two in one process do not get on), one PostgreSQL server."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from browser import axe_source, chromium


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium, closed with its file: while it is open its thread runs no other event loop."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The script of axe-core."""
    return axe_source(tmp_path_factory.mktemp("axe"))


@pytest.fixture
def heard():
    """What pages asked the network for, logged or threw."""
    return []


@pytest.fixture
def show(browser, heard):
    """Opens a page file and waits ``until`` there is such an element; whatever is heard and stays fails the test."""
    contexts = []

    def opened(path, *, until="#visits tbody tr", width=1280, height=900, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda request: heard.append(request.url) if request.url != path.as_uri() else None)
        page.goto(path.as_uri(), wait_until="commit")
        page.wait_for_selector(until)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert heard == []


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
