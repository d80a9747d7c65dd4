"""Outcomes -> files: the reports under the name asked for, the failures beside it, each only when it is whole."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import RunStopped
from .find import Found, InputChanged
from .formats import Format, errors_path, read_rows
from .outcome import Outcome
from .work import ERRORS, Work, input_changed

_FINAL = "final"


def write_outcomes(
    work: Work, outcomes: Iterable[tuple[Found, Outcome]], on_chunk: Callable[[], object] = lambda: None
) -> Iterator[tuple[Found, Outcome]]:
    """Add each outcome to the run as it comes and pass it on.

    Args:
        work: the run.
        outcomes: what is new.
        on_chunk: called after every chunk that is safe on the disk.

    Raises:
        RunStopped: the disk is full or failed; what is done is kept.
        RunRefused: an earlier run found other visits in the file where it stopped.
    """
    with _stopping(work):
        for found, outcome in outcomes:
            if work.add(found, outcome):
                on_chunk()
            yield found, outcome
        if not work.ended:
            work.commit(ended=True)
            on_chunk()


class Product(NamedTuple):
    """A file that a run makes."""

    path: Path
    form: Format


def finish(work: Work, products: Sequence[Product], facts: Mapping[str, str]) -> None:
    """Make the files of a run that has come to its end; its failures, if any, go beside its output.

    Args:
        work: the run.
        products: files to make; where they have the same render, each is made from it.
        facts: what a table says of itself.

    Raises:
        RunStopped: the disk is full or failed; what is done is kept.
    """
    failures = errors_path(work.output)
    with _stopping(work):
        pairs = []
        for number, (path, form) in enumerate(products):
            rendered = work.folder / form.render
            if form.assemble is not None and rendered.exists():
                final = work.folder / f"{_FINAL}{number}"
                form.assemble(read_rows(rendered), final, facts)
                with final.open("rb+") as file:
                    os.fsync(file.fileno())
                rendered = final
            pairs.append((rendered, path))
        if work.tally.failed:
            pairs.insert(0, (work.folder / ERRORS, failures))
        else:
            failures.unlink(missing_ok=True)
        work.finish(pairs)


@contextlib.contextmanager
def _stopping(work: Work) -> Iterator[None]:
    try:
        yield
    except InputChanged as error:
        raise input_changed(work.output, f"{error} has changed") from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise RunStopped(work.output, why, "see to the disk and go on with --resume") from None
    except sqlite3.Error as error:
        why = f"its database: {error}"
        raise RunStopped(work.output, why, "see to the disk and go on with --resume") from None
