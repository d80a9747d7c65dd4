"""The public files as they were downloaded or cloned: found by name in a folder and in the zip archives in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile

from ...errors import BadCorpus

_PASSED_OVER = {".git", "__MACOSX"}


@dataclass(frozen=True)
class Original:
    """One file: its path within the folder (an archive's name is part of it) and how to read it."""

    path: PurePosixPath
    read: Callable[[], bytes]


class Originals:
    """Files of a folder and of the zip archives directly in it or below; archives within archives are not opened.

    Raises:
        BadCorpus: there is no such folder, or an archive is broken.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise BadCorpus(str(folder), "there is no such folder", "give the folder with the public files")
        self.folder = folder
        self._files = sorted(_files(folder), key=lambda original: original.path)

    def matching(self, pattern: str) -> list[Original]:
        """Files whose whole path, with ``/`` between folders, ends in ``pattern``, a regular expression."""
        ending = re.compile(rf"(?:.*/)?{pattern}")
        return [original for original in self._files if ending.fullmatch(original.path.as_posix())]

    def find(self, *paths: str) -> bytes | None:
        """Content of the file whose path ends in the first of ``paths`` that any has; None where none has.

        Raises:
            BadCorpus: several files that differ have it.
        """
        for path in paths:
            contents = {original.read() for original in self.matching(re.escape(path))}
            if len(contents) > 1:
                why = f"it holds several files {path} that differ"
                raise BadCorpus(str(self.folder), why, "give a folder with the public files only")
            if contents:
                return contents.pop()
        return None

    def table(self, *paths: str, columns: Sequence[str]) -> list[dict[str, str]] | None:
        """Rows of the CSV file found by ``paths``; None where there is none.

        Raises:
            BadCorpus: it is no CSV file, or a column is missing.
        """
        content = self.find(*paths)
        if content is None:
            return None
        place = f"{self.folder}, {paths[0]}"
        try:
            reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace"), newline=""))
            if missing := [name for name in columns if name not in (reader.fieldnames or ())]:
                raise BadCorpus(place, f"it has no column {missing[0]}", "download it again from its public home")
            return [row for row in reader if all(row[name] is not None for name in columns)]
        except csv.Error:
            raise BadCorpus(place, "it is no CSV file", "download it again from its public home") from None

    def missing(self, what: str) -> BadCorpus:
        """The error for files that are not there."""
        return BadCorpus(str(self.folder), f"it holds no {what}", "give the folder with the public files")


def _files(folder: Path) -> Iterator[Original]:
    for path in folder.rglob("*"):
        within = PurePosixPath(path.relative_to(folder).as_posix())
        if _passed_over(within) or not path.is_file():
            continue
        if path.suffix.lower() == ".zip":
            yield from _members(path, within)
        else:
            yield Original(within, path.read_bytes)


def _members(archive: Path, within: PurePosixPath) -> Iterator[Original]:
    try:
        with ZipFile(archive) as opened:
            names = [info.filename for info in opened.infolist() if not info.is_dir()]
    except BadZipFile:
        raise BadCorpus(str(archive), "the archive is broken", "download it again") from None
    for name in names:
        path = within / name
        if not _passed_over(path):
            yield Original(path, partial(_read_member, archive, name))


def _read_member(archive: Path, name: str) -> bytes:
    try:
        with ZipFile(archive) as opened:
            return opened.read(name)
    except (BadZipFile, RuntimeError, NotImplementedError):
        raise BadCorpus(f"{archive}, {name}", "it cannot be unpacked", "download the archive again") from None


def _passed_over(path: PurePosixPath) -> bool:
    """Version control, and the shadow files that macOS puts in archives."""
    return not _PASSED_OVER.isdisjoint(path.parts) or path.name.startswith("._")
