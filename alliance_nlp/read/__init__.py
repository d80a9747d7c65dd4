"""Files -> Visits: `read_visits` for one path, `read_files` for a batch in which some files are bad.

Flow: file -> ``source`` (text) -> the reader of its format -> ``draft`` -> ``assemble`` (roster, roles) -> Visit.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

from ..errors import AllianceError, NoVisits, UnreadableFile
from ..records import Role, Visit
from .assemble import to_visit
from .captions import read_srt, read_vtt
from .draft import Draft
from .json_visits import read_json, read_jsonl
from .labelled import read_text
from .roles import parse_roles
from .roster import Roster, read_roster
from .source import Source
from .tables import read_table

__all__ = ["Roster", "list_files", "read_files", "read_roster", "read_visits"]

Reader = Callable[[Source, Collection[str]], Iterator[Draft | UnreadableFile]]

_READERS: dict[str, Reader] = {
    ".json": lambda source, _: read_json(source),
    ".jsonl": lambda source, _: read_jsonl(source),
    ".ndjson": lambda source, _: read_jsonl(source),
    ".txt": read_text,
    ".md": read_text,
    ".vtt": read_vtt,
    ".srt": read_srt,
    ".csv": lambda source, _: read_table(source),
    ".tsv": lambda source, _: read_table(source),
}
_BEGINNINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"WEBVTT\b"), ".vtt"),
    (re.compile(r"\d+\s*\n\s*\d+:\d{2}:\d{2}[,.]\d+\s*-->"), ".srt"),
    (re.compile(r"\{\s*\"[^\n]*\}\s*\n\s*\{"), ".jsonl"),
    (re.compile(r"\{\s*\"|\[\s*\{\s*\""), ".json"),
)
_SPREAD = re.compile(r"\{\s*\n\s*\"|\[\s*\n\s*\{")  # JSON over several lines, whatever its suffix says
_SNIFFED = {"", ".txt", ".md"}
_LINES = {".jsonl", ".ndjson"}
_NOT_VISITS = {"readme", "license", "licence", "changelog", "codebook", "notice"}


def read_visits(
    path: Path | str, *, roster: Path | str | Roster | None = None, roles: Mapping[str, str] | str | None = None
) -> Iterator[Visit]:
    """Visits of a file, or of all files of a folder and its folders in sorted order, one at a time.

    Args:
        path: a file or a folder; in a folder, hidden files, files of no known format, READMEs and the like are passed
            over, and links to folders are not followed.
        roster: a roster, or the path of its table (see `read_roster`).
        roles: role by speaker label, as a mapping or as ``"Dana=provider,Martha=patient"``.

    Raises:
        UnreadableFile: at the first file or line that cannot be read.
        NoVisits: the folder holds no visit.
        BadOption: ``roles`` makes no sense.
        MissingExtra: a format needs a package that is not installed.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "v1.txt").write_text("Therapist: Any pain?\\nPatient: A little.\\n")
    ...     [(visit.visit_id, visit.turns[1].role) for visit in read_visits(folder)]
    [('v1', 'patient')]
    """
    for found in read_files([path], roster=roster, roles=roles):
        if isinstance(found, AllianceError):
            raise found
        yield found


def read_files(
    paths: Iterable[Path | str],
    *,
    roster: Path | str | Roster | None = None,
    roles: Mapping[str, str] | str | None = None,
) -> Iterator[Visit | AllianceError]:
    """As `read_visits` over many paths, but what cannot be read comes as its error in place of the visit.

    A bad line of a ``.jsonl`` or a bad entry of a list costs only itself.

    Raises:
        UnreadableFile: the roster cannot be read.
        BadOption: ``roles`` makes no sense.
    """
    role_map = parse_roles(roles)
    known = read_roster(roster) if isinstance(roster, str | Path) else roster
    leave_out = os.path.realpath(roster) if isinstance(roster, str | Path) else None
    for path in map(Path, paths):
        if not path.is_dir():
            yield from _read_file(path, known, role_map)
            continue
        empty = True
        try:
            for file in list_files(path):
                if os.path.realpath(file) != leave_out:
                    empty = False
                    yield from _read_file(file, known, role_map)
        except UnreadableFile as error:
            yield error
        else:
            if empty:
                yield NoVisits(path)


def _read_file(path: Path, roster: Roster | None, role_map: Mapping[str, Role]) -> Iterator[Visit | AllianceError]:
    source = Source(path)
    empty = True
    try:
        for draft in _find_reader(source)(source, role_map.keys()):
            empty = False
            if isinstance(draft, UnreadableFile):
                yield draft
                continue
            try:
                visit = to_visit(draft, source, roster, role_map)
            except UnreadableFile as error:
                yield error
            else:
                yield visit
        if empty:
            yield source.error("there is no visit in the file", "export the visits again")
    except AllianceError as error:
        yield error


def _find_reader(source: Source) -> Reader:
    """By suffix; by how the text begins where the suffix says little or nothing."""
    suffix = source.path.suffix.lower()
    if suffix in _LINES:
        return _READERS[".json" if _SPREAD.match(source.head()) else suffix]
    if suffix in _READERS and suffix not in _SNIFFED:
        return _READERS[suffix]
    head = source.head()
    return next((_READERS[form] for beginning, form in _BEGINNINGS if beginning.match(head)), read_text)


def list_files(folder: Path) -> Iterator[Path]:
    """Files of a folder that may hold visits (see `read_visits`), sorted by name in each folder.

    A link that leads nowhere counts as a file, so that reading it says so. The names of one folder at a time are held
    in memory.

    Raises:
        UnreadableFile: a folder cannot be listed.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        raise UnreadableFile(folder, "the folder cannot be listed", "check its permissions") from None
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from list_files(path)
        elif path.suffix.lower() in _READERS and path.stem.lower() not in _NOT_VISITS and not path.is_dir():
            yield path
