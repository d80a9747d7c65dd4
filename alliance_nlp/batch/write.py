"""Outcomes -> files: the reports under the name asked for, the failures beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from ..errors import BadOption
from ..records import VisitReport
from ..report.jsonl import json_line
from ..report.table import csv_header, csv_line
from .run import Failure, Outcome


class Format(NamedTuple):
    """How reports are written: the text that opens the file, and one report as text."""

    header: Callable[[], str]
    render: Callable[[VisitReport], str]


FORMATS: dict[str, Format] = {".jsonl": Format(str, json_line), ".csv": Format(csv_header, csv_line)}


class Tally(NamedTuple):
    """How many visits (or unreadable files) of a run ended how."""

    scored: int = 0
    abstained: int = 0
    failed: int = 0
    repeated: int = 0
    """Visits whose id came before in the run; they count above, too."""

    def counted(self, outcome: Outcome[Any]) -> Tally:
        """The tally with one more outcome.

        >>> Tally().counted(Failure("a.txt", None, "NoVisits", "..."))
        Tally(scored=0, abstained=0, failed=1, repeated=0)
        """
        if isinstance(outcome, Failure):
            return self._replace(failed=self.failed + 1)
        if outcome.repeats is not None:
            return self._replace(repeated=self.repeated + 1).counted(outcome._replace(repeats=None))
        if outcome.status == "abstained":
            return self._replace(abstained=self.abstained + 1)
        return self._replace(scored=self.scored + 1)


def format_of(output: Path) -> Format:
    """The format that the suffix of ``output`` asks for.

    Raises:
        BadOption: the suffix is unknown, or the file cannot be made there.
    """
    if output.suffix.lower() not in FORMATS:
        raise BadOption("--output", str(output), f"give a file name that ends in {' or '.join(FORMATS)}")
    for path in (output, errors_path(output)):
        if path.is_dir():
            raise BadOption("--output", str(path), "this is a folder; give another file name")
    if not output.parent.is_dir():
        raise BadOption("--output", str(output), "its folder does not exist; make it first")
    if not os.access(output.parent, os.W_OK):
        raise BadOption("--output", str(output), "its folder cannot be written to; choose another")
    return FORMATS[output.suffix.lower()]


def errors_path(output: Path) -> Path:
    """Where the failures of a run go.

    >>> errors_path(Path("scores/may.csv")).as_posix()
    'scores/may.errors.jsonl'
    """
    return output.with_suffix(".errors.jsonl")


def write_outcomes(outcomes: Iterable[Outcome[str]], output: Path, header: str = "") -> Iterator[Outcome[str]]:
    """Write each outcome as it comes and pass it on.

    Both files grow under temporary names in their folder and get their own only at the end, so a run cut short
    leaves an earlier result as it was. Without a failure there is no file of failures, an earlier one included.

    Args:
        outcomes: what `score_files` gives, rendered as text.
        output: file for the reports; `errors_path` of it gets the failures.
        header: text that opens the file.
    """
    failed = False
    with _growing(errors_path(output)) as failures, _growing(output) as reports:
        reports.write(header)
        for outcome in outcomes:
            if isinstance(outcome, Failure):
                failed = True
                failures.write(outcome.json_line())
            else:
                reports.write(outcome.rendered)
            yield outcome
    if not failed:
        errors_path(output).unlink()


@contextmanager
def _growing(path: Path) -> Iterator[IO[str]]:
    """A file open for writing that takes the name ``path`` when all went well and vanishes when it did not."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        opened = temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="")
    except OSError as error:
        raise BadOption("--output", str(path), f"{error.strerror}; give a file that can be written") from None
    try:
        with opened as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
