"""``.zip``, ``.tar``, ``.tar.gz`` and ``.gz`` -> the sources in them, one at a time; nothing is written to disk.

Members are named ``archive!/member`` and must be read in turn, each before the next is taken. What an archive may cost
is limited by the ``MAX_`` figures; what is over a limit, leads out of the archive, is a link or is encrypted comes as
one error that names the member.
"""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from ..errors import UnreadableFile
from .encoding import UNDECODED
from .source import MAX_FILE_BYTES, Source
from .unpacked import BOMB, DAMAGED, GZIP, UNPACK, UNREADABLE, Budget, Paid, Unpacked, buffered, is_bomb, open_packed

MAX_DEPTH = 3
"""Archives in archives."""

_HEADER = 4_000_000  # bytes a tar archive may spend on the header of one member
_LEADS_OUT = ("its name leads out of the archive", "make the archive again with plain names")
_LINK = ("it is a link", "put the file itself into the archive")
_NO_FILE = ("it is no file of the usual kind", "leave it out")
_OFFICE = (
    ("xl/workbook.xml", "this is an Excel workbook", "save the sheet as CSV"),
    ("ppt/presentation.xml", "this is a PowerPoint file", "export the visit as text"),
    ("META-INF/manifest.xml", "this is an OpenDocument file or a program", "save the document as .docx"),
)


@dataclass(frozen=True)
class Member(Source):
    """A file in an archive."""

    budget: Budget = field(default_factory=Budget, compare=False)


def is_zip(source: Source) -> bool:
    """Whether it is a zip archive, and no Word document."""
    return source.beginning.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not is_docx(source)


def is_docx(source: Source) -> bool:
    """Whether it is a zip archive with the parts of a Word document in it."""
    if not source.beginning.startswith(b"PK\x03\x04"):
        return False
    try:
        with _from_its_end(source) as stream, zipfile.ZipFile(stream) as archive:
            return "word/document.xml" in archive.NameToInfo
    except (UnreadableFile, *DAMAGED):
        return False


def is_tar(source: Source) -> bool:
    """Whether it is a tar archive, not compressed."""
    return source.beginning[257:262] == b"ustar"


def is_gzip(source: Source) -> bool:
    """Whether it is compressed by gzip, be it a tar archive or one file."""
    return source.beginning.startswith(GZIP)


def unpack_zip(source: Source) -> Iterator[Source | UnreadableFile]:
    """The members of a zip archive, in its order.

    Raises:
        UnreadableFile: the archive is damaged, an Office file, or over a limit.
    """
    budget = _enter(source)
    with _from_its_end(source) as stream:
        try:
            archive = zipfile.ZipFile(stream)
        except DAMAGED:
            raise source.error("the archive is damaged or cut off", "make it again") from None
        if found := next((row for row in _OFFICE if row[0] in archive.NameToInfo), None):
            raise source.error(found[1], found[2])
        for info in archive.infolist():
            budget.take(source, members=1)
            if info.is_dir():
                continue
            if refusal := _zip_refusal(info):
                yield UnreadableFile(_path(source, info.filename), *refusal)
                continue
            member = _zip_member(source, archive, info, budget)
            if _is_wanted(member):
                budget.take(source, unpacked=info.file_size)
                yield member


def unpack_tar(source: Source) -> Iterator[Source | UnreadableFile]:
    """The members of a tar archive, compressed by gzip or not, in its order; one at a time is held in memory.

    Raises:
        UnreadableFile: the archive is damaged or over a limit.
    """
    budget = _enter(source)
    with open_packed(source, budget) as stream:
        try:
            archive = tarfile.open(fileobj=stream, mode="r|")  # noqa: SIM115
            stream.allowed = _HEADER
            while (info := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # tarfile would keep every one
                budget.take(source, members=1)
                stream.allowed = info.size + _HEADER
                if info.isdir():
                    continue
                path = _path(source, info.name)
                if refusal := _tar_refusal(info):
                    yield UnreadableFile(path, *refusal)
                    continue
                content = archive.extractfile(info)
                data = content.read(MAX_FILE_BYTES + 1) if content else b""
                member = Member(path, partial(io.BytesIO, data), None, source.depth + 1, budget)
                if not _is_wanted(member):
                    continue
                if len(data) > MAX_FILE_BYTES:
                    yield member.error(f"it is longer than {MAX_FILE_BYTES:,} bytes, within a tar archive", UNPACK)
                else:
                    yield member
        except DAMAGED:
            raise source.error("the archive is damaged or cut off", "make it again") from None


def unpack_gzip(source: Source) -> Iterator[Source | UnreadableFile]:
    """The file that gzip compressed, to be read as a stream; or the members, where it is a tar archive.

    Raises:
        UnreadableFile: as `unpack_tar`.
    """
    budget = _enter(source)
    name = source.path.name
    inner = name[:-3] if name.lower().endswith(".gz") and name[:-3] else name
    paid = Paid()
    member = Member(
        _path(source, inner),
        lambda: buffered(open_packed(source, budget, paid)),
        None,
        source.depth + 1,
        budget,
    )
    if is_tar(member):
        yield from unpack_tar(source)
    else:
        yield member


def _enter(source: Source) -> Budget:
    if source.depth >= MAX_DEPTH:
        raise source.error(f"archives lie in archives more than {MAX_DEPTH} deep", UNPACK)
    return source.budget if isinstance(source, Member) else Budget()


def _from_its_end(source: Source) -> BinaryIO:
    """The content, to read in any order: of a member of an archive in memory, for there is no other way."""
    return source.open() if source.opener is None else io.BytesIO(source.content())


def _path(source: Source, member: str) -> Path:
    return Path(f"{source.path}!/{UNDECODED.sub(chr(0xFFFD), member).lstrip('/')}")


def _zip_member(source: Source, archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Member:
    path = _path(source, info.filename)

    def open_it() -> BinaryIO:
        try:
            unpacked = cast(BinaryIO, archive.open(info))
        except DAMAGED:
            raise UnreadableFile(path, *UNREADABLE) from None
        return buffered(Unpacked(Source(path), unpacked))

    def sibling(name: str) -> Source | None:
        found = archive.NameToInfo.get(str(PurePosixPath(info.filename).with_name(name)))
        return None if found is None or _zip_refusal(found) else _zip_member(source, archive, found, budget)

    return Member(path, open_it, sibling, source.depth + 1, budget)


def _zip_refusal(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    """Why a member is not read, and what to do."""
    if _leads_out(info.filename):
        return _LEADS_OUT
    if stat.S_ISLNK(info.external_attr >> 16):
        return _LINK
    if info.flag_bits & 0x1:
        return "it is encrypted", "unpack the archive with its password and give its folder"
    if is_bomb(info.file_size, info.compress_size):
        return BOMB
    return None


def _tar_refusal(info: tarfile.TarInfo) -> tuple[str, str] | None:
    if _leads_out(info.name):
        return _LEADS_OUT
    if info.islnk() or info.issym():
        return _LINK
    return None if info.isreg() and not info.issparse() else _NO_FILE


def _leads_out(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return name.startswith(("/", "\\")) or name[1:2] == ":" or ".." in parts


def _is_wanted(member: Source) -> bool:
    """Whether a member may be a visit, as for the files of a folder; hidden ones are not."""
    from .formats import is_readable  # which names this module in its table

    parts = PurePosixPath(str(member.path).rpartition("!/")[2]).parts
    return not any(part.startswith(".") or part == "__MACOSX" for part in parts) and is_readable(member)
