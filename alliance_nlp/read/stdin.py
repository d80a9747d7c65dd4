"""Standard input as a source; it is named ``-`` where a path is asked for."""

from __future__ import annotations

import io
import sys
from functools import partial
from pathlib import Path

from .source import Source

STDIN = "-"
MAX_STDIN_BYTES = 200_000_000
"""All of it is held in memory, for its format is found out before it is read."""

_NAME = Path("stdin")


def read_stdin() -> Source:
    """All of standard input; ``stdin`` is its name in errors and the id of a visit without one.

    Raises:
        UnreadableFile: it is too long, or cannot be read.
    """
    try:
        data = sys.stdin.buffer.read(MAX_STDIN_BYTES + 1)
    except OSError:
        raise Source(_NAME).error("standard input cannot be read", "give a file") from None
    if len(data) > MAX_STDIN_BYTES:
        why = f"standard input is longer than {MAX_STDIN_BYTES:,} bytes"
        raise Source(_NAME).error(why, "write it to a file and give that")
    return Source(_NAME, partial(io.BytesIO, data))
