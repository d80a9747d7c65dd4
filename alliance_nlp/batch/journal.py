"""Files that grow together, a chunk at a time: after a crash each is cut back to the last whole chunk.

A chunk is appended to every file and synced to the disk; only then is its line appended to the journal, with the
length of every file, a checksum of what the chunk added and a checksum of the line itself, and synced too. So
whatever the journal tells of is there, and whatever it does not tell of is not yet part of the result.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

JOURNAL = "journal"


class Mark(NamedTuple):
    """The end of a chunk."""

    chunks: int
    lengths: dict[str, int]
    """Bytes of every file up to here."""
    facts: dict[str, Any]
    """What the writer wanted to remember."""


class Journal:
    """The files ``names`` in ``folder``, open for appending; what a crash left behind the last chunk is cut off.

    Args:
        folder: where they are.
        names: of the files, not the journal's.
        may_be_gone: whether a file that is not there has been moved to its last place, and is not missed.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Journal(Path(folder), ["a"]) as journal:
    ...         journal.append("a", b"one")
    ...         journal.commit({"n": 1})
    ...         journal.append("a", b"lost")
    ...     with Journal(Path(folder), ["a"]) as journal:
    ...         journal.last.facts, Path(folder, "a").read_bytes()
    ({'n': 1}, b'one')
    """

    def __init__(self, folder: Path, names: Sequence[str], *, may_be_gone: bool = False) -> None:
        if may_be_gone:
            names = [name for name in names if (folder / name).exists()]
        self._names = tuple(names)
        self.usable = True
        """Whether `commit` may be called: not after one was cut short, for that left half a chunk behind."""
        self.last = Mark(0, dict.fromkeys(names, 0), {})
        end = 0
        for mark, length in whole_chunks(folder, self._names):
            self.last, end = mark, length
        self._waiting: dict[str, list[bytes]] = {name: [] for name in names}
        self._files: dict[str, IO[bytes]] = {}
        try:
            for name, length in {**self.last.lengths, JOURNAL: end}.items():
                if name in (*names, JOURNAL):
                    self._files[name] = _cut_open(folder / name, length)
            sync_folder(folder)
        except BaseException:
            self.close()
            raise

    def append(self, name: str, data: bytes) -> None:
        """Add to the next chunk."""
        self._waiting[name].append(data)

    def commit(self, facts: dict[str, Any]) -> None:
        """Make what was added a chunk.

        Args:
            facts: what `last` of a later `Journal` says of the whole up to here, as JSON can hold it.
        """
        self.usable = False
        lengths, digests = dict(self.last.lengths), {}
        for name in self._names:
            data = b"".join(self._waiting[name])
            self._waiting[name].clear()
            lengths[name] += len(data)
            digests[name] = _checksum(data)
            if data:
                _write(self._files[name], data)
        mark = Mark(self.last.chunks + 1, lengths, facts)
        line = json.dumps([*mark, digests]).encode()
        _write(self._files[JOURNAL], _checksum(line).encode() + b" " + line + b"\n")
        self.last = mark
        self.usable = True

    def close(self) -> None:
        """Close the files; what was added and not committed is forgotten."""
        self.usable = False
        for file in self._files.values():
            file.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def whole_chunks(folder: Path, names: Sequence[str]) -> Iterator[tuple[Mark, int]]:
    """Chunks from the first up to the first damaged one, each with the length of the journal up to there.

    Every byte is read and checked.
    """
    journal = folder / JOURNAL
    if not journal.exists():
        return
    before = dict.fromkeys(names, 0)
    end = 0
    files = {name: (folder / name).open("rb") for name in names if (folder / name).exists()}
    if len(files) < len(names):
        for file in files.values():
            file.close()
        return
    try:
        with journal.open("rb") as lines:
            for line in lines:
                said = _parsed(line)
                if said is None:
                    return
                mark, digests = said
                for name, file in files.items():
                    if _checksum(file.read(mark.lengths[name] - before[name])) != digests[name]:
                        return
                end += len(line)
                before = mark.lengths
                yield mark, end
    finally:
        for file in files.values():
            file.close()


def last_facts(folder: Path) -> dict[str, Any] | None:
    """What the last line of the journal that is whole says; nothing else is checked. None where there is none."""
    found = None
    if (folder / JOURNAL).exists():
        with (folder / JOURNAL).open("rb") as lines:
            for line in lines:
                said = _parsed(line)
                if said is None:
                    break
                found = said[0].facts
    return found


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut; where folders cannot be synced (Windows) nothing is done."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _cut_open(path: Path, length: int) -> IO[bytes]:
    file = path.open("ab", buffering=0)
    if file.tell() != length:
        file.truncate(length)
        file.seek(length)
    return file


def _write(file: IO[bytes], data: bytes) -> None:
    rest = memoryview(data)
    while rest:  # an unbuffered write may take less than it was given
        rest = rest[file.write(rest) :]
    os.fsync(file.fileno())


def _checksum(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _parsed(line: bytes) -> tuple[Mark, dict[str, str]] | None:
    """A line of the journal, or None where it is not whole."""
    checksum, _, rest = line.rstrip(b"\n").partition(b" ")
    if not line.endswith(b"\n") or checksum.decode("latin-1") != _checksum(rest):
        return None
    chunks, lengths, facts, digests = json.loads(rest)
    return Mark(chunks, lengths, facts), digests
