"""What a row of the table of formats says of one format."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from ..errors import UnreadableFile
from .draft import Draft
from .objects import Dialect, Place
from .source import Source

Sniff = Callable[[Source], bool]
Read = Callable[[Source, Collection[str]], Iterator[Draft | UnreadableFile]]
Unpack = Callable[[Source], Iterator[Source | UnreadableFile]]
ReadObject = Callable[[Any, Place], Iterable[Draft | UnreadableFile]]


@dataclass(frozen=True)
class Format:
    """One row; exactly one of ``read``, ``unpack`` and ``dialect`` is given."""

    name: str
    """Short and unique."""
    what: str
    """What it is and who writes it, for `alliance formats`."""
    speaker: str
    """What tells who speaks."""
    suffixes: tuple[str, ...]
    """Usual ones, in lower case with the dot; a hint, and what files of a folder are picked by."""
    sniff: Sniff | None = None
    """Whether content is in this format; None where nothing but the suffix tells."""
    read: Read | None = None
    """Drafts of a source; the second argument is the labels that the user has named, in lower case."""
    unpack: Unpack | None = None
    """Sources in a source."""
    dialect: Dialect | None = None
    """The form of JSON objects it is; `objects` finds and reads them."""
    extra: str | None = None
    """The extra of this package that it needs."""
    packages: tuple[str, ...] = ()
    """Modules of that extra."""

    @property
    def installed(self) -> bool:
        """Whether what it needs is there."""
        return all(find_spec(package) for package in self.packages)
