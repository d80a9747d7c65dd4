"""The audit's store on SQLite, the default; ``tests/system`` runs the same on PostgreSQL."""

import sqlite3
import stat

import pytest
from audit_cases import *  # noqa: F403

from alliance_nlp.audit.store import create_store, open_store, store_url
from alliance_nlp.errors import BadAudit


@pytest.fixture
def address(tmp_path):
    return str(tmp_path / "audit.db")


def test_store_file_is_for_its_owner_and_logs_ahead(store, address, tmp_path):
    assert stat.S_IMODE((tmp_path / "audit.db").stat().st_mode) == 0o600
    with sqlite3.connect(address) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize(
    "target", ["mysql://host/db", "postgresql://host", "nonsense://", "postgresql://h:port/db", "sqlite://"]
)
def test_store_names_an_address_that_is_none(target):
    with pytest.raises(BadAudit, match="no address"):
        store_url(target)


def test_store_shows_no_password():
    with pytest.raises(BadAudit) as error:
        open_store("postgresql://dana:geheim@localhost:1/audit")
    assert "geheim" not in str(error.value)
    assert "***" in str(error.value)


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 100], ids=["missing", "empty", "other"])
def test_store_names_a_file_that_is_no_audit(tmp_path, content):
    path = tmp_path / "a.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadAudit, match=r"a\.db: "):
        open_store(path)


def test_store_names_an_audit_of_another_version(tmp_path):
    path = tmp_path / "a.db"
    store = create_store(path)
    store.close()
    with pytest.raises(BadAudit, match="not drawn to its end"):
        open_store(path)


def test_store_names_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(BadAudit, match="no such folder"):
        create_store(tmp_path / "none" / "a.db")
