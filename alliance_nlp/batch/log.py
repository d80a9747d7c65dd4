"""What a run did, for machines: one JSON object a line, and no text of a visit."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from ..errors import BadOption
from .inputs import Totals
from .outcome import Failure, Tally


class Log:
    r"""Appends the events ``start``, ``chunk``, ``failure`` and ``end`` to a file as they happen.

    Args:
        path: the file; None logs nothing.
        clock: gives the time in seconds.

    Raises:
        BadOption: the file cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Log(Path(folder, "log")) as log:
    ...         log.say("start", files=3)
    ...     sorted(json.loads(Path(folder, "log").read_text()))
    ['elapsed_s', 'event', 'files', 'time']
    """

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._start = clock, clock()
        try:
            self._stream: IO[str] | None = None if path is None else path.open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            raise BadOption("--log-json", str(path), f"{error.strerror}; give a file that can be written") from None

    def say(self, event: str, **facts: Any) -> None:
        """Write one event with its time (UTC) and the seconds since the start."""
        if self._stream is not None:
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            elapsed_s = round(self._clock() - self._start, 3)
            self._stream.write(json.dumps({"event": event, "time": now, "elapsed_s": elapsed_s, **facts}) + "\n")

    def start(
        self, model: str, jobs: int, totals: Totals, *, output: Path | None = None, resumed_after: int = 0
    ) -> None:
        """What is about to be done."""
        name = None if output is None else str(output)
        self.say("start", model=model, jobs=jobs, **totals._asdict(), output=name, resumed_after=resumed_after)

    def failure(self, failed: Failure) -> None:
        """A visit or file that failed."""
        self.say("failure", **failed._asdict())

    def tally(self, event: str, tally: Tally, **facts: Any) -> None:
        """An event with the counts so far."""
        self.say(event, visits=tally.visits, **tally._asdict(), **facts)

    def __enter__(self) -> Log:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()
