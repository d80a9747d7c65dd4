"""Whether a file can be made at a place, told before the work and not after."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import BadOption


def check_place(option: str, path: Path) -> None:
    """Refuse a place where no file can be made.

    Raises:
        BadOption: ``path`` is a folder, or its own folder does not exist or cannot be written to; names ``option``.
    """
    if os.path.isdir(path):  # a name that is too long is none
        raise BadOption(option, str(path), "this is a folder; give another file name")
    if not path.parent.is_dir():
        raise BadOption(option, str(path), "its folder does not exist; make it first")
    if not os.access(path.parent, os.W_OK):
        raise BadOption(option, str(path), "its folder cannot be written to; choose another")
