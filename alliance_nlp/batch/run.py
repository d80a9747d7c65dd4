"""Paths -> one outcome a visit, in the order of the input; what fails becomes an outcome too."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar

from ..errors import AllianceError, BadOption, NoVisits
from ..read import Roster, list_files, read_files
from ..records import Role, Status, Visit, VisitReport

T = TypeVar("T")


class Scorer(Protocol):
    """What a run needs of a model; `AllianceModel` is one."""

    def score(self, visit: Visit, *, text: bool = True) -> VisitReport:
        """Score one visit."""


class Scored(NamedTuple, Generic[T]):
    """A visit that was scored, or that the model abstained from, ready to be written."""

    visit_id: str
    status: Status
    rendered: T
    repeats: str | None
    """The id the visit came with, where another visit of the run had it already; else None."""


class Failure(NamedTuple):
    """A file that could not be read, or a visit that could not be scored; holds no text of a visit."""

    source: str
    visit_id: str | None
    error: str
    """Type of the error, such as ``UnreadableFile``."""
    message: str

    def json_line(self) -> str:
        r"""The failure as a line of JSON.

        >>> Failure("a.txt", None, "NoVisits", "a.txt: no visit.").json_line()
        '{"source": "a.txt", "visit_id": null, "error": "NoVisits", "message": "a.txt: no visit."}\n'
        """
        return json.dumps(self._asdict()) + "\n"


Outcome = Scored[T] | Failure


def find_files(paths: Iterable[Path], *, leave_out: Iterable[Path] = ()) -> Iterator[Path | Failure]:
    """The files to read, each once: a folder stands for the files in it that may hold visits, sorted by name.

    Args:
        paths: files and folders.
        leave_out: files not to read, such as the output of this run.

    Raises:
        BadOption: a path does not exist. It is raised before the first file is given.
    """
    paths = list(paths)
    for path in paths:
        if not os.path.exists(path):  # a name that is too long is none, too
            raise BadOption("PATH", str(path), "there is no such file or folder; check the spelling")
    taken = {os.path.realpath(path) for path in leave_out}
    return _expanded(paths, taken)


def score_files(
    files: Iterable[Path | Failure],
    model: Scorer,
    render: Callable[[VisitReport], T],
    *,
    roster: Roster | None = None,
    roles: Mapping[str, Role] | None = None,
    text: bool = True,
) -> Iterator[Outcome[T]]:
    """Read, score and render every visit of ``files``, one at a time and in their order.

    A visit whose id came before in the run is kept apart as ``id#2``, ``id#3`` ..., with a warning in its report.

    Args:
        files: what `find_files` gave.
        model: scores the visits.
        render: report -> what is written or shown; a report it fails on counts as failed.
        roster: who the patients are, from `alliance_nlp.read.read_roster`.
        roles: speaker label -> role.
        text: whether evidence carries its words.
    """
    seen: dict[str, int] = {}
    for file in files:
        if isinstance(file, Failure):
            yield file
            continue
        for visit in _read(file, roster, roles):
            if isinstance(visit, Failure):
                yield visit
                continue
            name = _unused_id(visit.visit_id, seen)
            repeats = None if name == visit.visit_id else visit.visit_id
            if repeats is not None:
                warning = f"the visit_id {repeats} came before in this run; this visit is kept apart as {name}"
                visit = visit.model_copy(update={"visit_id": name, "warnings": (*visit.warnings, warning)})
            yield _score(visit, model, render, text=text, source=file, repeats=repeats)


def _expanded(paths: list[Path], taken: set[str]) -> Iterator[Path | Failure]:
    for path in paths:
        found = False
        try:
            for file in list_files(path) if path.is_dir() else [path]:
                found = True
                if (real := os.path.realpath(file)) not in taken:
                    taken.add(real)
                    yield file
        except OSError as error:
            yield _failure(path, None, error)
            continue
        if not found:
            yield _failure(path, None, NoVisits(path))


def _read(file: Path, roster: Roster | None, roles: Mapping[str, Role] | None) -> Iterator[Visit | Failure]:
    try:
        for found in read_files([file], roster=roster, roles=roles):
            yield _failure(file, None, found) if isinstance(found, AllianceError) else found
    except Exception as error:  # the files after it are still read
        yield _failure(file, None, error)


def _score(
    visit: Visit, model: Scorer, render: Callable[[VisitReport], T], *, text: bool, source: Path, repeats: str | None
) -> Outcome[T]:
    try:
        report = model.score(visit, text=text)
        return Scored(visit.visit_id, report.status, render(report), repeats)
    except Exception as error:  # one visit must not cost the others
        return _failure(source, visit.visit_id, error)


def _failure(source: Path, visit_id: str | None, error: Exception) -> Failure:
    """Says what went wrong; of an error this package did not write itself only the type, for its text may quote."""
    place = str(source) if visit_id is None else f"{source}, visit {visit_id}"
    if isinstance(error, AllianceError):
        message = str(error) if str(source) in str(error) else f"{place}: {error}"
    elif isinstance(error, OSError) and error.strerror:
        message = f"{place}: {error.strerror}; check that the file can be opened."
    else:
        message = f"{place}: unexpected {type(error).__name__}; please report it, without the visit."
    return Failure(str(source), visit_id, type(error).__name__, message)


def _unused_id(visit_id: str, seen: dict[str, int]) -> str:
    """``visit_id``, or the first of ``id#2``, ``id#3`` ... that the run has not used."""
    name = visit_id
    while name in seen:
        seen[visit_id] += 1
        name = f"{visit_id}#{seen[visit_id]}"
    seen[name] = 1
    return name
