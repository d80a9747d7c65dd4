"""What a run reads: the list of its files, made once at its start, and whether they are still the same later."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import AllianceError, BadOption, NoVisits
from ..read import first_of_pair, list_files
from ..read.stdin import STDIN
from .outcome import Failure, failure
from .seen import Seen

_BLOCK = 1 << 20
_A_VISIT_A_LINE = {".jsonl", ".ndjson"}


class Input(NamedTuple):
    """One line of the list: a file, or why a folder could not be listed."""

    path: str
    size: int
    """Bytes; -1 where it is no file that can be read twice."""
    mtime_ns: int
    failure: Failure | None = None


class Totals(NamedTuple):
    """How much there is to read."""

    files: int
    bytes: int


class Content(NamedTuple):
    """What a file held when it was opened."""

    digest: str
    """BLAKE2b of its bytes; empty where it is no file that can be read twice."""
    visits: int | None
    """Its lines, where each holds a visit."""


def find_files(paths: Iterable[Path], *, leave_out: Iterable[Path] = ()) -> Iterator[Path | Failure]:
    """The files to read, each once: a folder stands for the files in it that may hold visits, sorted by name.

    Args:
        paths: files and folders; ``-`` is standard input.
        leave_out: files not to read, such as the output of this run.

    Raises:
        BadOption: a path does not exist. It is raised before the first file is given.
    """
    paths = list(paths)
    for path in paths:
        if str(path) != STDIN and not os.path.exists(path):  # a name that is too long is none, too
            raise BadOption("PATH", str(path), "there is no such file or folder; check the spelling")
    taken = Seen()
    for path in leave_out:
        taken.add(os.path.realpath(path))
    return _expanded(paths, taken)


def write_list(found: Iterable[Path | Failure], place: Path) -> Totals:
    """Write the list of what `find_files` gave, one line each."""
    files = size = 0
    with place.open("w", encoding="ascii") as lines:
        for each in look_up(found):
            lines.write(json.dumps(each) + "\n")
            files += 1
            size += max(each.size, 0)
        lines.flush()
        os.fsync(lines.fileno())
    return Totals(files, size)


class InputList:
    """The lines of a list, read anew each time it is gone through.

    Args:
        place: where `write_list` wrote it.
    """

    def __init__(self, place: Path) -> None:
        self.place = place

    def __iter__(self) -> Iterator[Input]:
        with self.place.open(encoding="ascii") as lines:
            for line in lines:
                path, size, mtime_ns, failed = json.loads(line)
                yield Input(path, size, mtime_ns, Failure(*failed) if failed else None)


def look_up(found: Iterable[Path | Failure]) -> Iterator[Input]:
    """Size and time of each file."""
    for each in found:
        if isinstance(each, Failure):
            yield Input(each.source, 0, 0, each)
            continue
        try:
            state = os.stat(each)
            regular = stat.S_ISREG(state.st_mode)
            yield Input(str(each), state.st_size if regular else -1, state.st_mtime_ns if regular else 0)
        except OSError:  # it is named when it is read
            yield Input(str(each), -1, 0)


def look_into(file: Input) -> Content:
    """Digest and lines of a file; of one that cannot be read, nothing."""
    lines, last = 0, b"\n"
    digest = hashlib.blake2b(digest_size=16)
    try:
        if file.size < 0:
            return Content("", None)
        with open(file.path, "rb", buffering=0) as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
                lines += block.count(b"\n")
                last = block[-1:]
    except OSError:
        return Content("", None)
    lines += last != b"\n"
    return Content(digest.hexdigest(), lines if Path(file.path).suffix.lower() in _A_VISIT_A_LINE else None)


def first_change(then: Iterable[Input], now: Iterable[Input], digests: Iterable[str]) -> str | None:
    """What is no longer as it was, in words; None where all is.

    Args:
        then: the list of the run.
        now: what is there today.
        digests: of the files that were opened, in order; the content of these is what counts, the size and time of
            the others.
    """
    opened = iter(digests)
    for old, new in itertools.zip_longest(then, now):
        if old is None:
            return f"{new.path} is new"
        if new is None:
            return f"{old.path} is gone"
        digest = next(opened, None)
        if old.path != new.path:
            return f"{old.path} is gone, or {new.path} is new"
        if (old.size, old.failure) != (new.size, new.failure):
            return f"{old.path} has changed"
        if digest is None:
            if old.mtime_ns != new.mtime_ns:
                return f"{old.path} has changed"
        elif digest != look_into(new).digest:
            return f"{old.path} has changed"
    return None


def _expanded(paths: list[Path], taken: Seen) -> Iterator[Path | Failure]:
    for path in paths:
        found = False
        try:
            for file in list_files(path) if path.is_dir() else [first_of_pair(path)]:
                found = True
                if str(path) == STDIN or taken.add(os.path.realpath(file)):
                    yield file
        except (OSError, AllianceError) as error:
            yield failure(path, None, error)
            continue
        if not found:
            yield failure(path, None, NoVisits(path))
