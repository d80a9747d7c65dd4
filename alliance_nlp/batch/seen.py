"""Names a run has met, kept on disk once they are many, so that memory does not grow with the visits."""

from __future__ import annotations

import sqlite3


class Seen:
    """Exact and unordered; SQLite keeps the newest in memory and the rest in a nameless temporary file.

    >>> seen = Seen()
    >>> [seen.new_name(name) for name in ("v1", "v1", "v1#2", "v1")]
    ['v1', 'v1#2', 'v1#2#2', 'v1#3']
    """

    def __init__(self) -> None:
        self._names = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._names.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000;"
            "CREATE TABLE names (name BLOB PRIMARY KEY, times INTEGER) WITHOUT ROWID;"
            "BEGIN"  # never ended: nothing here outlives the run
        )

    def add(self, name: str) -> bool:
        """Whether ``name`` is new; it is not, the next time."""
        return self._names.execute("INSERT OR IGNORE INTO names VALUES (?, 1)", (_key(name),)).rowcount == 1

    def new_name(self, name: str) -> str:
        """``name``, or the first of ``name#2``, ``name#3`` ... that was not met before; it counts as met now."""
        given = name
        while not self.add(given):
            self._names.execute("UPDATE names SET times = times + 1 WHERE name = ?", (_key(name),))
            ((times,),) = self._names.execute("SELECT times FROM names WHERE name = ?", (_key(name),)).fetchall()
            given = f"{name}#{times}"
        return given


def _key(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")
