"""Opens an audit's database: a SQLite file, or ``postgresql://...`` for a team.

>>> import tempfile
>>> from alliance_nlp.audit.reviews import add_reviewer
>>> with tempfile.TemporaryDirectory() as folder:
...     store = create_store(f"{folder}/audit.db")
...     with store.writing() as session:
...         name = add_reviewer(session, "Dana").name
...     store.close()
>>> name
'Dana'
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from ..errors import BadAudit, ChangedMeanwhile, MissingExtra
from .tables import SCHEMA_VERSION, Audit, Table

#: How long a writer waits for another one on SQLite.
WAIT_S = 30
_IMMEDIATE = "alliance_immediate"


@dataclass(frozen=True)
class Store:
    """An open database of an audit; safe to share between threads, its sessions are not."""

    engine: Engine
    name: str
    """The file, or the address without its password."""

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read in."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are kept together at the end, or dropped together where an error leaves it.

        Raises:
            ChangedMeanwhile: someone else saved the same thing at the same moment.
        """
        # A transaction that begins as a reader and then writes could be refused half-way, so SQLite locks at its start.
        engine = self.engine.execution_options(**{_IMMEDIATE: True})
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
        except StaleDataError:
            raise ChangedMeanwhile() from None
        except IntegrityError as error:
            if not _is_double(error):
                raise
            raise ChangedMeanwhile() from None

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def create_store(target: Path | str) -> Store:
    """Make the tables of a new audit.

    Raises:
        BadAudit: there is one already, or the database cannot be reached.
        MissingExtra: PostgreSQL without its driver.
    """
    url, name = store_url(target)
    if url.database and url.drivername == "sqlite":
        if not os.path.isdir(os.path.dirname(url.database) or "."):
            raise BadAudit(name, "there is no such folder", "make it first")
        if os.path.exists(url.database):
            raise BadAudit(name, "there is such a file already", "give another name")
        # Words of patients stand in it: for its owner's eyes alone.
        os.close(os.open(url.database, os.O_CREAT | os.O_WRONLY, 0o600))
    engine = _engine(url)
    with _reachable(name, engine):
        if inspect(engine).has_table(Audit.__tablename__):
            with Session(engine) as session:
                if session.scalar(select(Audit.id)) is not None:
                    raise BadAudit(name, "there is an audit in it already", "use another database, or another schema")
        Table.metadata.create_all(engine)
    return Store(engine, name)


def open_store(target: Path | str) -> Store:
    """Open the database of an audit that `alliance audit new` made.

    Raises:
        BadAudit: there is none, it is of another version, or the database cannot be reached.
        MissingExtra: PostgreSQL without its driver.
    """
    url, name = store_url(target)
    if url.drivername == "sqlite" and not os.path.exists(url.database or ""):
        raise BadAudit(name, "there is no such file", "check the spelling, or make one with alliance audit new")
    engine = _engine(url)
    with _reachable(name, engine):
        if not inspect(engine).has_table(Audit.__tablename__):
            raise BadAudit(name, "there is no audit in it", "make one with alliance audit new")
        with Session(engine) as session:
            version = session.scalar(select(Audit.schema_version))
    if version != SCHEMA_VERSION:
        engine.dispose()
        why = "the audit was not drawn to its end" if version is None else f"its tables are of version {version}"
        raise BadAudit(name, why, "make a new one with alliance audit new, or use the alliance_nlp it was made with")
    return Store(engine, name)


def store_url(target: Path | str) -> tuple[URL, str]:
    """Address of a database for SQLAlchemy, and its name to show.

    >>> store_url("audit.db")[0].drivername, store_url("postgresql://dana:secret@db/audits")[1]
    ('sqlite', 'postgresql+psycopg://dana:***@db/audits')
    """
    text = str(target)
    if "://" not in text:
        return URL.create("sqlite", database=text), text
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BadAudit("the audit's address", "it is no address of a database", _ADDRESSES) from None
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg") or not url.database:
        raise BadAudit(url.render_as_string(hide_password=True), "it is no address of a database", _ADDRESSES)
    return url, url.render_as_string(hide_password=True)


_ADDRESSES = "give a file name or postgresql://user@host/database"


def _engine(url: URL) -> Engine:
    if url.drivername != "sqlite":
        try:
            return create_engine(url, pool_pre_ping=True)
        except ImportError:
            raise MissingExtra("an audit on PostgreSQL", "postgresql") from None
    engine = create_engine(url, connect_args={"timeout": WAIT_S})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # begin is ours to say
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    immediate = connection.get_execution_options().get(_IMMEDIATE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _is_double(error: IntegrityError) -> bool:
    """Whether two wrote the first version of the same row."""
    driver = error.orig
    sqlite, postgresql = getattr(driver, "sqlite_errorname", None), getattr(driver, "sqlstate", None)
    return sqlite == "SQLITE_CONSTRAINT_UNIQUE" or postgresql == "23505"


@contextmanager
def _reachable(name: str, engine: Engine) -> Iterator[None]:
    """Gives the connections back where something goes wrong."""
    try:
        yield
    except DBAPIError as error:  # its text may hold the address with the password
        engine.dispose()
        why = f"the database does not answer as it should ({type(error.orig).__name__})"
        raise BadAudit(name, why, "check that it is a database of an audit and can be reached") from None
    except BadAudit:
        engine.dispose()
        raise
