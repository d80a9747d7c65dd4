"""The folder beside an output in which a run grows, and in which a later one with ``--resume`` goes on.

``.NAME.parts/`` holds ``lock`` (who has it writes), ``plan.json`` (options, model), ``inputs`` (the list of files) and
the growing files of `alliance_nlp.batch.journal`: what each render made, ``errors``, ``ids`` (as they came) and
``digests`` (of the files opened). It goes when the output is whole.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ..errors import BadOption, RunRefused
from .find import NOWHERE, Earlier, Found, Place
from .inputs import InputList, Totals, first_change, look_up, write_list
from .journal import Journal, last_facts, sync_folder
from .outcome import Failure, Outcome, Tally

ERRORS, IDS, DIGESTS = "errors", "ids", "digests"
CHUNK_VISITS, CHUNK_S = 256, 2.0

_LOCK, _PLAN, _LIST = "lock", "plan.json", "inputs"
_BY_HAND = "go on with --resume, or start anew with --restart"


def work_folder(output: Path) -> Path:
    """Where a run grows.

    >>> work_folder(Path("scores/may.csv")).as_posix()
    'scores/.may.csv.parts'
    """
    return output.with_name(f".{output.name}.parts")


class Work:
    """A run on its way to ``output``; holds its lock until it is closed.

    Args:
        output: what the run will write.
        streams: names of the growing files, and the text each begins with.
        facts: what has to be the same when a later run goes on.
        find: lists what is to be read.
        resume: go on where an earlier run stopped (True), start anew (False), or refuse if there is such a run (None).

    Raises:
        BadOption: the folder cannot be made.
        RunRefused: another run is at it; an earlier one stopped there; or options, model or input have changed.
    """

    def __init__(
        self,
        output: Path,
        streams: Mapping[str, str],
        facts: Mapping[str, Any],
        find: Callable[[], Iterable[Path | Failure]],
        *,
        resume: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.output, self.folder = output, work_folder(output)
        self._clock = clock
        self._lock = FileLock(self.folder / _LOCK, blocking=False)
        try:
            self.folder.mkdir(exist_ok=True)
            self._lock.acquire()
        except Timeout:
            raise RunRefused(output, "another run is writing it", "wait for it or give another name") from None
        except OSError as error:
            raise BadOption("--output", str(output), f"{error.strerror}; give a file that can be written") from None
        try:
            names = [*streams, ERRORS, IDS, DIGESTS]
            self.totals, self._journal = self._begin(json.loads(json.dumps(facts)), find, resume, names)
        except BaseException:
            self._lock.release()
            self._leave()
            raise
        said = self._journal.last.facts
        self.tally = Tally(*said["tally"]) if said else Tally()
        self.ended = bool(said and said["ended"])
        self._place = Place(*said["place"]) if said else NOWHERE
        self._n = self._n_whole = self.n_before = said["n"] if said else 0
        self._since = clock()
        if not said:
            for name, text in streams.items():
                self._journal.append(name, encoded(text))

    def inputs(self) -> InputList:
        """What is to be read, in order."""
        return InputList(self.folder / _LIST)

    def earlier(self) -> Earlier:
        """What the run that stopped had found."""
        return Earlier(self._place, self._n, itertools.islice(map(json.loads, _lines(self.folder / IDS)), self._n))

    def add(self, found: Found, outcome: Outcome) -> bool:
        """Add what became of ``found``; whether a chunk became whole by it."""
        append = self._journal.append
        append(IDS, json.dumps(found.came_as).encode() + b"\n")
        if found.place.number == 0:
            append(DIGESTS, found.content.digest.encode() + b"\n")
        if isinstance(outcome, Failure):
            append(ERRORS, encoded(outcome.json_line()))
        else:
            for name, text in outcome.rendered.items():
                append(name, encoded(text))
        self.tally = self.tally.counted(outcome)
        self._place, self._n = found.place, self._n + 1
        if self._n - self._n_whole < CHUNK_VISITS and self._clock() - self._since < CHUNK_S:
            return False
        self.commit()
        return True

    def commit(self, *, ended: bool = False) -> None:
        """Make what was added a chunk."""
        self._journal.commit({"place": self._place, "n": self._n, "tally": self.tally, "ended": ended})
        self._n_whole, self._since, self.ended = self._n, self._clock(), ended

    def finish(self, assembled: Sequence[tuple[Path, Path]]) -> None:
        """Give the files their names and remove the folder; may be done again after a crash in the middle.

        Args:
            assembled: pairs of a file in the folder and the name it gets; those of them that are gone have theirs.
        """
        self._journal.close()
        for file, name in assembled:
            if file.exists():
                os.replace(file, name)
                sync_folder(name.parent)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Work:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Keep what is done, and let others at it; where nothing is done, leave nothing."""
        try:
            if self._journal.usable and self._n > self._n_whole:
                self.commit()
        finally:
            self._journal.close()
            self._lock.release()
            self._leave()

    def _begin(
        self,
        facts: dict[str, Any],
        find: Callable[[], Iterable[Path | Failure]],
        resume: bool | None,
        names: Sequence[str],
    ) -> tuple[Totals, Journal]:
        plan = _read_plan(self.folder / _PLAN)
        done = last_facts(self.folder) if plan else None
        if plan is None or done is None or resume is False:
            return self._plan_anew(facts, find), Journal(self.folder, names)
        if resume is None:
            raise RunRefused(self.output, f"an earlier run stopped (visits done: {done['n']:,})", _BY_HAND)
        changed = [name for name in facts if plan["facts"].get(name) != facts[name]]
        if changed:
            why = f"the run that stopped had another {' and '.join(changed)}"
            raise RunRefused(self.output, why, "give the same as then, or start anew with --restart")
        journal = Journal(self.folder, names, may_be_gone=done["ended"])
        if not done["ended"]:
            digests = (line.strip() for line in _lines(self.folder / DIGESTS))
            change = first_change(self.inputs(), look_up(find()), digests)
            if change:
                journal.close()
                raise input_changed(self.output, change)
        return Totals(*plan["totals"]), journal

    def _plan_anew(self, facts: dict[str, Any], find: Callable[[], Iterable[Path | Failure]]) -> Totals:
        for entry in self.folder.iterdir():
            if entry.name != _LOCK:
                entry.unlink()
        totals = write_list(find(), self.folder / _LIST)
        temporary = self.folder / f"{_PLAN}.new"
        with temporary.open("w", encoding="ascii") as file:
            json.dump({"facts": facts, "totals": totals}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.folder / _PLAN)
        sync_folder(self.folder)
        sync_folder(self.folder.parent)
        return totals

    def _leave(self) -> None:
        """Remove the folder unless something in it is worth going on with."""
        with contextlib.suppress(OSError):
            if last_facts(self.folder) is None:
                shutil.rmtree(self.folder)


def input_changed(output: Path, change: str) -> RunRefused:
    """The refusal to go on with another input than the one the run began with."""
    return RunRefused(output, f"{change} since the run began", "bring it back, or start anew with --restart")


def encoded(text: str) -> bytes:
    """Text as it is written: UTF-8, half characters as an escape."""
    return text.encode("utf-8", "backslashreplace")


def _read_plan(path: Path) -> dict[str, Any] | None:
    try:
        plan = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return plan if isinstance(plan, dict) else None


def _lines(path: Path) -> Iterator[str]:
    if path.exists():
        with path.open(encoding="ascii") as lines:
            yield from lines
