"""The audit's store on a real PostgreSQL server, started in a folder of its own (Debian's package ``postgresql``)."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from audit_cases import *  # noqa: F403
from sqlalchemy import create_engine, text

from alliance_nlp.audit.store import open_store
from alliance_nlp.errors import BadAudit


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
    engine = create_engine(server.format("postgres").replace("://", "+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(words))
    engine.dispose()


@pytest.fixture
def address(server):
    statement(server, "CREATE DATABASE clinic")
    yield server.format("clinic")
    statement(server, "DROP DATABASE clinic WITH (FORCE)")


def test_store_names_a_database_without_an_audit(address):
    with pytest.raises(BadAudit, match="no audit in it"):
        open_store(address)


def test_log_is_not_emptied(act, store):
    act(reviews.rate, "goal", 3, version=0)  # noqa: F405
    with pytest.raises(DBAPIError, match="can only grow"), store.writing() as session:  # noqa: F405
        session.execute(text("TRUNCATE log"))


def test_audit_of_a_team_is_drawn_reported_and_exported(alliance, address, tmp_path):
    visits = tmp_path / "visits.jsonl"
    visits.write_text("".join(make_visit(f"v{n}").model_dump_json() + "\n" for n in range(20)))  # noqa: F405
    run = alliance("audit", "new", address, "--from", visits, "--n", 8)
    assert (run.code, "drew 8 of 20 visits" in run.err) == (0, True)
    store = open_store(address)
    with store.writing() as session:
        for name in ("Dana", "Lee"):
            reviewer = reviews.add_reviewer(session, name)  # noqa: F405
            for visit in session.scalars(select(SampledVisit)):  # noqa: F405
                for part in ("goal", "task", "bond"):
                    reviews.rate(session, visit, reviewer, part, 1 + visit.place % 5, version=0)  # noqa: F405
                reviews.reveal(session, visit, reviewer)  # noqa: F405
                reviews.finish(session, visit, reviewer)  # noqa: F405
    store.close()
    run = alliance("audit", "report", address)
    assert "Dana and Lee rated 8 of the 8 visits drawn from 20" in run.out
    run = alliance("audit", "export", address, "-o", tmp_path / "c.jsonl", "--keep-back", 0)
    assert "wrote 8 visits, 8 with codes and 8 with ratings" in run.err
    assert alliance("audit", "new", address, "--from", visits).code == 2
