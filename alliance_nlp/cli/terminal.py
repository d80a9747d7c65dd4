"""Where commands print: colours only on a terminal that wants them, nothing cut where the output goes to a file."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")

_WIDE = 240  # columns of a table that goes to a file or a pipe: rows stay on one line


def standard_output() -> Console:
    """The console on stdout: plain where it is no terminal or NO_COLOR is set, and never reading text as markup."""
    from rich.console import Console

    plain = bool(os.environ.get("NO_COLOR"))
    console = Console(
        file=sys.stdout, markup=False, emoji=False, highlight=False, color_system=None if plain else "auto"
    )
    if not console.is_terminal:
        console.width = _WIDE
    return console


def with_progress(
    outcomes: Iterable[T],
    console: Console | None = None,
    *,
    after_s: float = 2.0,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[T]:
    """Pass ``outcomes`` on; where they take long and stderr is a terminal, show how many came and how fast.

    Args:
        outcomes: what is counted.
        console: where to show it; stderr by default.
        after_s: seconds before anything is shown.
        clock: gives the time in seconds.
    """
    if console is None:
        if not sys.stderr.isatty():
            yield from outcomes
            return
        from rich.console import Console

        console = Console(stderr=True)
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    start = clock()
    done = 0
    columns = (
        SpinnerColumn(),
        TextColumn("{task.completed:,.0f} visits"),
        TextColumn("{task.fields[rate]} a second"),
        TimeElapsedColumn(),
    )
    progress = Progress(*columns, console=console, transient=True, get_time=clock)
    task = progress.add_task("visits", total=None, rate="-")
    try:
        for outcome in outcomes:
            done += 1
            passed_s = clock() - start
            if passed_s >= after_s:
                progress.start()
                progress.update(task, completed=done, rate=f"{done / passed_s:.1f}")
            yield outcome
    finally:
        progress.stop()
