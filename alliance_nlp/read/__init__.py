"""Files -> Visits: `read_visits` for one path, `read_files` for a batch in which some files are bad.

Flow: file -> ``source`` -> the reader of its row in ``formats`` -> ``draft`` -> ``assemble`` (roster, roles) -> Visit.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..errors import AllianceError, NoVisits, UnreadableFile
from ..records import Role, Visit
from .assemble import to_visit
from .formats import find_format, is_readable
from .roles import parse_roles
from .roster import Roster, read_roster
from .source import Source
from .stdin import STDIN, read_stdin
from .textgrid import PAIRED, first_half

__all__ = ["Roster", "first_of_pair", "list_files", "read_files", "read_roster", "read_source", "read_visits"]


def read_visits(
    path: Path | str, *, roster: Path | str | Roster | None = None, roles: Mapping[str, str] | str | None = None
) -> Iterator[Visit]:
    """Visits of a file, or of all files of a folder and its folders in sorted order, one at a time.

    Args:
        path: a file, a folder, or ``-`` for standard input; in a folder, hidden files, files of no known format,
            READMEs and the like are passed over, and links to folders are not followed.
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
    pairs: set[Path] = set()
    for path in map(Path, paths):
        if str(path) == STDIN:
            try:
                source = read_stdin()
            except UnreadableFile as error:
                yield error
            else:
                yield from read_source(source, known, role_map)
            continue
        if not path.is_dir():
            first = first_of_pair(path)
            if first not in pairs:
                yield from read_source(Source(first), known, role_map)
            if first.suffix.lower() == PAIRED:
                pairs.add(first)
            continue
        empty = True
        try:
            for file in list_files(path):
                if os.path.realpath(file) != leave_out:
                    empty = False
                    yield from read_source(Source(file), known, role_map)
        except UnreadableFile as error:
            yield error
        else:
            if empty:
                yield NoVisits(path)


def read_source(source: Source, roster: Roster | None, role_map: Mapping[str, Role]) -> Iterator[Visit | AllianceError]:
    """Visits of one source, those of an archive in it too; what cannot be read comes as its error.

    Args:
        source: what to read.
        roster: who the patients are.
        role_map: role by speaker label, in lower case (see `alliance_nlp.read.roles.parse_roles`).
    """
    empty = True
    try:
        form = find_format(source)
        if form.unpack:
            for inner in form.unpack(source):
                empty = False
                if isinstance(inner, Source) and first_half(inner):
                    continue
                yield from [inner] if isinstance(inner, UnreadableFile) else read_source(inner, roster, role_map)
        for draft in form.read(source, role_map.keys()) if form.read else ():
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


def list_files(folder: Path) -> Iterator[Path]:
    """Files of a folder that may hold visits (see `read_visits`), sorted by name in each folder.

    A link that leads nowhere counts as a file, so that reading it says so; of a pair of TextGrids the first does
    for both. The names of one folder at a time are held in memory.

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
        elif not path.is_dir() and is_readable(Source(path)) and first_of_pair(path) == path:
            yield path


def first_of_pair(path: Path) -> Path:
    """The file to read for a file: of a pair of TextGrids the first, with which the other is read; else itself.

    >>> first_of_pair(Path("v1_patient.TextGrid")).name  # the provider's is not there
    'v1_patient.TextGrid'
    """
    first = first_half(Source(path))
    return path if first is None else first.path
