"""The audit's page over SQLite, the default; ``tests/system`` runs the same over PostgreSQL and in a real browser."""

import pytest
from audit_page_cases import *  # noqa: F403

from alliance_nlp.audit.page.serve import serve_audit
from alliance_nlp.errors import BadAudit


@pytest.fixture
def address(tmp_path):
    return str(tmp_path / "audit.db")


def test_page_refuses_an_audit_that_is_not_there(tmp_path):
    with pytest.raises(BadAudit, match="no such file"):
        serve_audit(str(tmp_path / "none.db"), say=print)
