"""Notes and transcripts of one run, mixed in any order and far apart -> each note with its transcript, memory flat.

Before anything is scored all files are read once for their ids alone, and those that hold a transcript of which there
is a note a second time: these transcripts, and no other text, wait packed in a file without a name in the folder that
the run grows in, readable by nobody else and gone with the process, even one that is killed. So a note finds its
transcript wherever it lies, by one read of the disk; a run that goes on with ``--resume`` begins by the same pass; and
since it is one process that pairs and sends both texts along, who scores (`crew`) makes no difference.
"""

from __future__ import annotations

import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import IO

from ..concord.pairing import NOTE_SUFFIX, transcript_ids
from ..records import Visit
from .find import Found
from .inputs import Input
from .outcome import Failure

Read = Callable[[Input], Iterable[Visit | Failure]]


class Pairs:
    """The transcripts of a run's notes; of several with one id the first in the order of the input counts.

    Args:
        inputs: the list of files, gone through twice.
        read: what a file holds.
        folder: where the texts wait; None is the system's place for temporary files.
    """

    def __init__(self, inputs: Iterable[Input], read: Read, folder: Path | None = None) -> None:
        self._ids = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._ids.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000;"
            "CREATE TABLE transcripts (id TEXT PRIMARY KEY, file INTEGER, number INTEGER, times INTEGER) WITHOUT ROWID;"
            "CREATE TABLE wanted (id TEXT PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TABLE kept (id TEXT PRIMARY KEY, start INTEGER, size INTEGER) WITHOUT ROWID;"
            "BEGIN"  # never ended: nothing here outlives the run
        )
        self._texts: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed by `close`
        try:
            self._learn_ids(inputs, read)
            self._keep(inputs, read)
        except BaseException:
            self.close()
            raise

    def named(self, visit: Visit) -> Visit:
        """A note under the id of a transcript as ``ID-note`` of it, as tables with both in a row have it; else itself.

        So neither is taken for the other come again.
        """
        if visit.kind != "note" or self._times(visit.visit_id) == 0:
            return visit
        of = visit.visit_id if visit.of is None else visit.of
        return visit.model_copy(update={"visit_id": f"{visit.visit_id}{NOTE_SUFFIX}", "of": of})

    def joined(self, found: Iterable[Found]) -> Iterator[Found]:
        """What was found, each note with its transcript if the run has it."""
        for each in found:
            note = each.what
            said = self._transcript_of(note) if isinstance(note, Visit) and note.kind == "note" else None
            if said is None or not isinstance(note, Visit):
                yield each
                continue
            if (times := self._times(said.visit_id)) > 1:
                warning = f"{times} transcripts of this run are of visit {said.visit_id}; it is compared with the first"
                note = note.model_copy(update={"warnings": (*note.warnings, warning)})
            yield each._replace(what=note, said=said)

    def close(self) -> None:
        """Forget ids and texts."""
        self._texts.close()
        self._ids.close()

    def __enter__(self) -> Pairs:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _learn_ids(self, inputs: Iterable[Input], read: Read) -> None:
        for index, file in enumerate(inputs):
            for number, what in enumerate(read(file)):
                if isinstance(what, Failure):
                    continue
                if what.kind == "note":
                    wanted = [(name,) for name in transcript_ids(what)]
                    self._ids.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", wanted)
                else:
                    self._ids.execute(
                        "INSERT INTO transcripts VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1",
                        (what.visit_id, index, number),
                    )

    def _keep(self, inputs: Iterable[Input], read: Read) -> None:
        """Keep the transcripts that a note wants; of the files only theirs are read."""
        files = enumerate(inputs)
        rows = self._ids.execute("SELECT file, number FROM transcripts JOIN wanted USING (id) ORDER BY file, number")
        for index, places in groupby(rows, key=lambda row: int(row[0])):
            file = next(file for at, file in files if at == index)
            numbers = {number for _, number in places}
            for number, what in enumerate(read(file)):
                if number in numbers and isinstance(what, Visit) and what.kind == "transcript":
                    packed = zlib.compress(what.model_dump_json().encode(), 1)
                    place = (what.visit_id, self._texts.tell(), len(packed))
                    self._ids.execute("INSERT OR IGNORE INTO kept VALUES (?, ?, ?)", place)
                    self._texts.write(packed)

    def _times(self, name: str) -> int:
        """How many transcripts of the run have an id."""
        row = self._ids.execute("SELECT times FROM transcripts WHERE id = ?", (name,)).fetchone()
        return 0 if row is None else int(row[0])

    def _transcript_of(self, note: Visit) -> Visit | None:
        for name in transcript_ids(note):
            if place := self._ids.execute("SELECT start, size FROM kept WHERE id = ?", (name,)).fetchone():
                self._texts.seek(place[0])
                return Visit.model_validate_json(zlib.decompress(self._texts.read(place[1])))
        return None
