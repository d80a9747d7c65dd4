"""How far a run is: visits, rate and time left, on a terminal that watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from ..batch.find import Found
    from ..batch.run import Done


def share_read(found: Found, total_bytes: int) -> float | None:
    """What share of the input is behind an outcome (0-1); None where that cannot be told.

    A file with a visit a line counts by its lines, any other as a whole once the next one begins.
    """
    part = min((found.place.number + 1) / found.content.visits, 1.0) if found.content.visits else 0.0
    done = found.before + part * max(found.file.size, 0)
    return done / total_bytes if done and total_bytes else None


def with_progress(
    done: Iterable[Done],
    total_bytes: int,
    console: Console | None = None,
    *,
    before: int = 0,
    after_s: float = 2.0,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Done]:
    """Pass ``done`` on; where it takes long and stderr is a terminal, show how many came, how fast, and what is left.

    Args:
        done: what is counted.
        total_bytes: size of the whole input.
        console: where to show it; stderr by default.
        before: visits that an earlier run had done.
        after_s: seconds before anything is shown.
        clock: gives the time in seconds.
    """
    if console is None:
        if not sys.stderr.isatty():
            yield from done
            return
        from rich.console import Console

        console = Console(stderr=True)
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(bar_width=30),
        TextColumn("{task.fields[visits]:,} visits"),
        TextColumn("{task.fields[rate]} a second"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    start = clock()
    first: float | None = None
    progress = Progress(*columns, console=console, transient=True, get_time=clock)
    task = progress.add_task("visits", total=None, rate="-", left="", visits=before)
    try:
        for n, each in enumerate(done, start=1):
            share = share_read(each[0], total_bytes)
            first = share if first is None else first
            passed_s = clock() - start
            if passed_s >= after_s:
                progress.start()
                left = _left(first or 0.0, share, passed_s)
                rate = f"{n / passed_s:.1f}"
                total = None if share is None else 1.0
                progress.update(task, completed=share or 0.0, total=total, visits=before + n, rate=rate, left=left)
            yield each
    finally:
        progress.stop()


def _left(first: float, share: float | None, passed_s: float) -> str:
    """Time left in words, from how fast the share grew.

    >>> _left(0.0, 0.25, 60.0), _left(0.5, 0.5, 60.0), _left(0.0, None, 60.0)
    ('about 0:03:00 left', '', '')
    """
    if share is None or share <= first:
        return ""
    seconds = round((1.0 - share) * passed_s / (share - first))
    return f"about {seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02} left"
