"""Files -> what is found in them, one visit at a time, each with its place in the input and a name of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import AllianceError
from ..read import Roster, read_files
from ..records import Role, Visit
from .inputs import Content, Input, look_into
from .outcome import Failure, failure
from .seen import Seen


class Place(NamedTuple):
    """Where in the input something was found; `NOWHERE` is before the first."""

    file: int
    """Index of the file in the list."""
    number: int
    """Index within its file; what cannot be read counts, too."""


NOWHERE = Place(-1, 0)


class Found(NamedTuple):
    """A visit, or why there is none."""

    place: Place
    what: Visit | Failure
    source: str
    came_as: str | None
    """The id the visit came with; None for a failure."""
    file: Input
    content: Content
    """What its file held when it was opened."""
    before: int
    """Bytes of the files before its own."""
    said: Visit | None = None
    """Of a note that is compared: the transcript of its visit."""

    @property
    def repeats(self) -> str | None:
        """The id the visit came with, where it had to be given another."""
        changed = isinstance(self.what, Visit) and self.what.visit_id != self.came_as
        return self.came_as if changed else None


class InputChanged(Exception):
    """A file no longer holds the visits that an earlier run found in it."""


class Earlier(NamedTuple):
    """What an earlier run found before it stopped."""

    last: Place = NOWHERE
    n: int = 0
    """How many things it found."""
    ids: Iterable[str | None] = ()
    """Their ids as they came, None for failures."""


def find_visits(
    inputs: Iterable[Input],
    *,
    roster: Roster | None = None,
    roles: Mapping[str, Role] | None = None,
    earlier: Earlier = Earlier(),  # noqa: B008
    named: Callable[[Visit], Visit] = lambda visit: visit,
) -> Iterator[Found]:
    """Everything that ``inputs`` hold, in their order.

    A visit whose id came before in the run is kept apart as ``id#2``, ``id#3`` ..., with a warning that goes to its
    report.

    Args:
        inputs: the list of files.
        roster: who the patients are, from `alliance_nlp.read.read_roster`.
        roles: speaker label -> role.
        earlier: only what comes after it is given.
        named: gives a visit another id before it is looked whether that came before.

    Raises:
        InputChanged: the file at which the earlier run stopped holds other visits now.
    """
    seen = Seen()
    ids = iter(earlier.ids)
    for came_as in itertools.islice(ids, earlier.n - earlier.last.number - 1 if earlier.n else 0):
        if came_as is not None:
            seen.new_name(came_as)
    before = size = 0
    for index, file in enumerate(inputs):
        before, size = before + size, max(file.size, 0)
        if index < earlier.last.file:
            continue
        content = look_into(file) if file.failure is None else Content("", None)
        place = Place(index, -1)
        for number, what in enumerate(read_input(file, roster, roles)):
            place = Place(index, number)
            if isinstance(what, Visit):
                what = named(what)
            came_as = what.visit_id if isinstance(what, Visit) else None
            if isinstance(what, Visit):
                what = _named_apart(what, seen)
            if place > earlier.last:
                yield Found(place, what, file.path, came_as, file, content, before)
            elif came_as != next(ids, None):
                raise InputChanged(file.path)
        if place < earlier.last:
            raise InputChanged(file.path)


def read_input(file: Input, roster: Roster | None, roles: Mapping[str, Role] | None) -> Iterator[Visit | Failure]:
    """What one file of the list holds."""
    if file.failure is not None:
        yield file.failure
        return
    path = Path(file.path)
    try:
        for found in read_files([path], roster=roster, roles=roles):
            yield failure(path, None, found) if isinstance(found, AllianceError) else found
    except Exception as error:  # the files after it are still read
        yield failure(path, None, error)


def _named_apart(visit: Visit, seen: Seen) -> Visit:
    name = seen.new_name(visit.visit_id)
    if name == visit.visit_id:
        return visit
    warning = f"the visit_id {visit.visit_id} came before in this run; this visit is kept apart as {name}"
    return visit.model_copy(update={"visit_id": name, "warnings": (*visit.warnings, warning)})
