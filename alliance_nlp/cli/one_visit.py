"""The one visit of a file that a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..errors import AllianceError
    from ..records import Visit

_NAMED = 5  # visit_ids named in the error for an unknown one


def read_one(path: Path, visit_id: str | None, roster: Path | None, roles: str | None) -> Visit:
    """The visit named, or the first of the file; that there are others is said on stderr.

    Raises:
        AllianceError: the first thing that could not be read, where there is no such visit.
        BadOption: all could be read, and no visit has that id.
    """
    from ..read import read_files
    from ..report.printable import printable

    visit, more = _choose(read_files([path], roster=roster, roles=roles), visit_id)
    if more:
        shown = printable(visit.visit_id)
        typer.echo(f"The file holds several visits; this is the first, {shown}; choose another with --id.", err=True)
    return visit


def _choose(found: Iterable[Visit | AllianceError], visit_id: str | None) -> tuple[Visit, bool]:
    """The visit named, or the first; and whether others were passed over because none was named."""
    from ..errors import AllianceError, BadOption

    first: Visit | None = None
    error: AllianceError | None = None
    ids: list[str] = []
    for one in found:
        if isinstance(one, AllianceError):
            error = error or one
            continue
        if one.visit_id == visit_id:
            return one, False
        first = first or one
        ids.append(one.visit_id)
        if visit_id is None and len(ids) > 1:
            return first, True
    if visit_id is None and first is not None:
        return first, False
    if error is not None:
        raise error
    named = ", ".join(ids[:_NAMED]) + (", ..." if len(ids) > _NAMED else "")
    raise BadOption("--id", str(visit_id), f"the file holds {named}")
