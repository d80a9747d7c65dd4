"""CSV and TSV with one row a turn -> drafts; a column of visits groups the rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..errors import UnreadableFile
from ..records import Role
from .columns import column_aliases, read_rows
from .draft import Draft, DraftTurn
from .roles import ROLES, find_label
from .source import Source, parse_clock


def looks_like_table(source: Source) -> bool:
    """Whether the first line names a column of what is said and one of who says it.

    >>> looks_like_table(Source.in_memory("export.txt", b"speaker;utterance\\nDana;Any pain?\\n"))
    True
    """
    cells = {cell.strip().strip('"').casefold() for cell in re.split(r"[,;\t|]", source.head.partition("\n")[0])}
    aliases = column_aliases("turns")
    return bool(cells & {*aliases["text"]}) and bool(cells & {*aliases["speaker"], *aliases["role"]})


def read_table(source: Source, _: Collection[str] = ()) -> Iterator[Draft | UnreadableFile]:
    """Visits of a table, in its order; memory holds one visit.

    Rows of a visit that come after those of another are left out, and an error says so once for each such visit.

    Raises:
        UnreadableFile: there is no column of what is said or of who says it.
    """
    draft: Draft | None = None
    seen: set[str] = set()
    apart: set[str] = set()
    for number, row in read_rows(source, "turns"):
        if "text" not in row:
            raise _no_column(source, "what is said", "text")
        if "speaker" not in row and "role" not in row:
            raise _no_column(source, "who says it", "speaker")
        visit_id = row.get("visit_id") or (draft.visit_id if draft and "visit_id" in row else source.stem)
        if draft is None or draft.visit_id != visit_id:
            if draft and draft.visit_id not in apart:
                yield draft
            if visit_id in seen and visit_id not in apart:
                apart.add(visit_id)
                why = "the rows of a visit are not together, and those from here on were left out"
                yield source.error(why, "sort the table by visit", number)
            seen.add(visit_id)
            draft = Draft(visit_id, date=row.get("date"), line=number if "visit_id" in row else None)
        if row["text"]:
            draft.turns.append(_turn(row))
    if draft and draft.visit_id not in apart:
        yield draft


def _turn(row: dict[str, str]) -> DraftTurn:
    label, speaker = row.get("role", ""), row.get("speaker")
    role: Role | None = next((role for role in ROLES if role == label.lower()), None)
    if role is None and speaker and (found := find_label(label)) and found.sure:
        role = found.role
    return DraftTurn(
        row["text"],
        speaker or (None if role else label) or None,
        role,
        parse_clock(row.get("start", "")),
        parse_clock(row.get("end", "")),
    )


def _no_column(source: Source, what: str, field: str) -> Exception:
    accepted = ", ".join(column_aliases("turns")[field])
    return source.error(f"the table has no column of {what}", f"name it in the first line, as one of: {accepted}", 1)
