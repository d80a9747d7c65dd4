"""`alliance formats`: what can be read."""

from __future__ import annotations

import typer


def formats_command() -> None:
    """List the formats that are read, what tells who speaks in each, and what some need to be installed.

    A format is recognised by its content; the suffix is a hint, and what files of a folder are picked by.
    """
    from rich import box
    from rich.table import Table

    from ..read.formats import FORMATS
    from .terminal import standard_output

    table = Table("format", "what", "suffixes", "who speaks", "extra", box=box.SIMPLE_HEAD)
    for row in FORMATS:
        missing = "" if row.installed else " (not installed)"
        table.add_row(row.name, row.what, " ".join(row.suffixes), row.speaker, f"{row.extra or ''}{missing}")
    standard_output().print(table)
    extras = sorted({row.extra for row in FORMATS if row.extra and not row.installed})
    if extras:
        typer.echo(f"install what is missing with: pip install 'alliance_nlp[{','.join(extras)}]'")
