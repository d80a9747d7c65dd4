"""The audit's store on a real PostgreSQL server, started in a folder of its own (Debian's package ``postgresql``)."""

import pytest
from audit_cases import *  # noqa: F403
from sqlalchemy import text

from alliance_nlp.audit.store import open_store
from alliance_nlp.errors import BadAudit


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
