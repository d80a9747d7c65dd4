"""Bytes as archives unpack them, metered: what is damaged, or costs more than it may, ends with its error."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO, cast

from .source import Source

MAX_MEMBERS = 200_000
"""Members of an archive, with those of the archives in it."""
MAX_UNPACKED_BYTES = 20_000_000_000
"""Of an archive, with those of the archives in it."""
MAX_RATIO = 300
"""Unpacked to packed size; text packs to a fifth or so, a zip bomb to a thousandth."""

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    tarfile.TarError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What the standard library raises for archives that are damaged or packed in a way it does not know."""
UNREADABLE = ("it is damaged, or packed in a way that cannot be read", "make the archive again")
BOMB = (f"it unpacks to more than {MAX_RATIO} times its packed size, as a zip bomb does", "leave it out")
UNPACK = "unpack it and give its folder"

GZIP = b"\x1f\x8b"
"""How what gzip compressed begins."""

_SMALL = 10_000_000  # bytes up to which no ratio is a danger


def is_bomb(unpacked: int, packed: int) -> bool:
    """Whether sizes in bytes are those of a zip bomb.

    >>> is_bomb(10_000_000_000, 10_000_000), is_bomb(50_000_000, 10_000_000)
    (True, False)
    """
    return unpacked > _SMALL and unpacked > MAX_RATIO * packed


@dataclass
class Budget:
    """What an archive, with those in it, may still cost."""

    members: int = MAX_MEMBERS
    unpacked: int = MAX_UNPACKED_BYTES

    def take(self, source: Source, *, members: int = 0, unpacked: int = 0) -> None:
        """Pay for more.

        Raises:
            UnreadableFile: that is more than is left.
        """
        self.members -= members
        self.unpacked -= unpacked
        if self.members < 0:
            raise source.error(f"the archive has more than {MAX_MEMBERS:,} members", UNPACK)
        if self.unpacked < 0:
            raise source.error(f"the archive unpacks to more than {MAX_UNPACKED_BYTES:,} bytes", UNPACK)


@dataclass
class Paid:
    """Bytes of a member that its archive has paid for; a member may be opened several times."""

    unpacked: int = 0


def open_packed(source: Source, budget: Budget, paid: Paid | None = None) -> Unpacked:
    """The content of an archive, without gzip's compression."""
    packed = source.open()
    unpacked = cast(BinaryIO, gzip.GzipFile(fileobj=packed)) if source.beginning.startswith(GZIP) else packed
    return Unpacked(source, unpacked, packed, budget, paid or Paid())


def buffered(stream: Unpacked) -> BinaryIO:
    """The same bytes, to be read in any portions."""
    return cast(BinaryIO, io.BufferedReader(stream, 1 << 16))


class Unpacked(io.RawIOBase):
    """Unpacked bytes; what is damaged, or costs more than it may, ends the reading with its error.

    Args:
        source: what errors name.
        unpacked: the bytes.
        packed: what they are unpacked from, to see the ratio; None where it was checked before.
        budget: what pays for them; None where they are paid for.
        paid: how much of them is paid for.
    """

    def __init__(
        self,
        source: Source,
        unpacked: BinaryIO,
        packed: BinaryIO | None = None,
        budget: Budget | None = None,
        paid: Paid | None = None,
    ) -> None:
        self._source, self._unpacked, self._packed, self._budget = source, unpacked, packed, budget
        self._paid = paid or Paid()
        self._done = 0
        self.allowed: int | None = None
        """Bytes until the next member must have come; None for no end."""

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._done

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self._unpacked.read(len(buffer))
        except DAMAGED:
            raise self._source.error(*UNREADABLE) from None
        buffer[: len(data)] = data
        self._done += len(data)
        self._check(len(data))
        return len(data)

    def _check(self, more: int) -> None:
        if self._budget and self._done > self._paid.unpacked:
            self._budget.take(self._source, unpacked=self._done - self._paid.unpacked)
            self._paid.unpacked = self._done
        if self._packed and is_bomb(self._done, self._packed.tell()):
            raise self._source.error(*BOMB)
        if self.allowed is not None:
            self.allowed -= more
            if self.allowed < 0:
                raise self._source.error("the archive is damaged or made to do harm", "make it again")

    def close(self) -> None:
        if not self.closed:
            self._unpacked.close()
            if self._packed:
                self._packed.close()
        super().close()
