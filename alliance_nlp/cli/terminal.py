"""Where commands print: colours only on a terminal that wants them, nothing cut where the output goes to a file."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

_WIDE = 240  # columns of a table that goes to a file or a pipe: rows stay on one line


def standard_output() -> Console:
    """The console on stdout: plain where it is no terminal or NO_COLOR is set, and never reading text as markup."""
    from rich.console import Console

    plain = bool(os.environ.get("NO_COLOR"))
    console = Console(
        file=sys.stdout, markup=False, emoji=False, highlight=False, color_system=None if plain else "auto"
    )
    if not console.is_terminal:
        console.width = _WIDE
    return console
