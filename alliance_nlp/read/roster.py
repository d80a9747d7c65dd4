"""Roster: who the patient and the provider of each visit are, from a table the clinic keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..records import Patient, Provider
from .columns import column_aliases, read_rows
from .source import Source


@dataclass(frozen=True)
class RosterRow:
    """One visit in the roster; what the table leaves blank is None."""

    patient: Patient | None
    provider: Provider | None
    date: str | None


@dataclass(frozen=True)
class Roster:
    """Rows by visit id and by file name (with and without its suffix)."""

    rows: Mapping[str, RosterRow]

    def find(self, visit_id: str, file_name: str | None = None) -> RosterRow | None:
        """Row of a visit: by its id, else by the name of the file that holds it alone.

        >>> Roster({"v1": RosterRow(Patient(given="Martha"), None, None)}).find("v1").patient.given
        'Martha'
        """
        keys = [visit_id, file_name, Path(file_name).stem] if file_name else [visit_id]
        return next((self.rows[key] for key in keys if key in self.rows), None)


def read_roster(path: Path | str) -> Roster:
    """Read ``roster.csv``: a key column ``visit_id`` or ``file``, and any of given, family, aliases, patient_id,
    provider_id, provider and date; aliases are separated by ``;`` or ``|``, other column names in ``columns.json``.

    Raises:
        UnreadableFile: no key column, a row without a key, a key twice, or no text.
    """
    source = Source(Path(path))
    rows: dict[str, RosterRow] = {}
    for number, cells in read_rows(source, "roster"):
        if "visit_id" not in cells and "file" not in cells:
            accepted = ", ".join([*column_aliases("roster")["visit_id"], *column_aliases("roster")["file"]])
            why = "the roster has no column that names the visit"
            raise source.error(why, f"name one in the first line, as one of: {accepted}", 1)
        key = cells.get("visit_id") or Path(cells.get("file", "")).name
        if not key:
            raise source.error("the row names no visit", "fill in its visit_id or file", number)
        if key in rows:
            raise source.error("the visit has a row already", "keep one row a visit", number)
        rows[key] = _row(cells)
    return Roster(rows)


def _row(cells: dict[str, str]) -> RosterRow:
    def cell(name: str) -> str | None:
        return cells.get(name) or None

    aliases = tuple(filter(None, map(str.strip, re.split(r"[;|]", cells.get("aliases", "")))))
    patient = Patient(id=cell("patient_id"), given=cell("given"), family=cell("family"), aliases=aliases)
    provider = Provider(id=cell("provider_id"), name=cell("provider"))
    return RosterRow(
        patient if patient != Patient() else None, provider if provider != Provider() else None, cell("date")
    )
