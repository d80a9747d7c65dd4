"""Tables with one row a turn, or one row a visit -> drafts: CSV and TSV here, Parquet in ``parquet``."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import chain

from ..errors import UnreadableFile
from ..records import Role
from .attached import person
from .columns import column_aliases, read_rows
from .draft import Draft, DraftTurn
from .labelled import read_text
from .roles import ROLES, find_label
from .source import Source, parse_clock

Rows = Iterable[tuple[int, dict[str, str]]]
"""Number of each row (of the line it ends on, where the file has lines), and its fields that have a column."""

TABLES = ("visits", "turns")
"""What the columns of a table of visits may be, in ``columns.json``."""

_WHOLE = ("transcript", "note")


def looks_like_table(source: Source) -> bool:
    """Whether the first line names a column of what is said and one of who says it, or a whole visit and its id.

    >>> looks_like_table(Source.in_memory("export.txt", b"speaker;utterance\\nDana;Any pain?\\n"))
    True
    """
    cells = {cell.strip().strip('"').casefold() for cell in re.split(r"[,;\t|]", source.head.partition("\n")[0])}
    turns, visits = column_aliases("turns"), column_aliases("visits")
    if cells & {*turns["text"]} and cells & {*turns["speaker"], *turns["role"]}:
        return True
    return bool(cells & {*turns["visit_id"]} and cells & {*turns["text"], *visits["note"], *visits["transcript"]})


def read_table(source: Source, speakers: Collection[str] = ()) -> Iterator[Draft | UnreadableFile]:
    """Visits of a CSV or TSV table, as `read_visit_rows`."""
    yield from read_visit_rows(source, read_rows(source, *TABLES), speakers)


def read_visit_rows(source: Source, rows: Rows, speakers: Collection[str] = ()) -> Iterator[Draft | UnreadableFile]:
    """Visits of a table, in its order; memory holds one visit.

    A table with a column of who says it has a row a turn. Else a row is a visit, in a column ``transcript``, ``note``
    (of a visit that has both, the note is a visit of its own) or, where there are ids, ``text``.

    Args:
        source: the table.
        rows: its rows.
        speakers: labels that the user has named (lower case).

    Raises:
        UnreadableFile: there is no column of what is said, or none of who says it.
    """
    rows = iter(rows)
    for first in rows:
        columns = first[1].keys()
        together = chain([first], rows)
        if "speaker" in columns or "role" in columns or not (columns & {*_WHOLE} or {"text", "visit_id"} <= columns):
            yield from _turn_rows(source, together)
        else:
            yield from _whole_rows(source, together, speakers)


def _turn_rows(source: Source, rows: Rows) -> Iterator[Draft | UnreadableFile]:
    """Rows of a visit that come after those of another are left out, and an error says so once for each such visit."""
    draft: Draft | None = None
    seen: set[str] = set()
    apart: set[str] = set()
    for number, row in rows:
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
            draft = _described(Draft(visit_id, line=number if "visit_id" in row else None), row)
        if row["text"]:
            draft.turns.append(_turn(row))
    if draft and draft.visit_id not in apart:
        yield draft


def _whole_rows(source: Source, rows: Rows, speakers: Collection[str]) -> Iterator[Draft | UnreadableFile]:
    before: str | None = None
    for number, row in rows:
        visit_id = row.get("visit_id") or f"{source.stem}-{number}"
        if visit_id == before and "text" in row:
            why = "the visit has a row before this one, and no column says who speaks"
            raise source.error(why, _columns_named("speaker"), number)
        before = visit_id
        texts = {name: row[name] for name in (*_WHOLE, "text") if row.get(name)}
        if not texts:
            yield source.error("the row has no text", "fill it in or leave the row out", number)
        for name, text in texts.items():
            try:
                draft = _whole(source, text, row.get("kind") or name, speakers)
            except UnreadableFile as error:
                yield source.error(error.why, error.remedy, number)
                continue
            draft.visit_id = f"{visit_id}-note" if name == "note" and "transcript" in texts else visit_id
            draft.line = number
            yield _described(draft, row)


def _whole(source: Source, text: str, kind: str, speakers: Collection[str]) -> Draft:
    """The visit in one cell; a transcript without labels is one turn whose speaker is not known."""
    if kind == "note":
        return _unlabelled(text, kind)
    cell = Source(source.path, partial(io.BytesIO, text.encode("utf-8", "replace")))
    draft = next(iter(read_text(cell, speakers)), None)
    return draft if draft and draft.kind == "transcript" else _unlabelled(text, kind)


def _unlabelled(text: str, kind: str) -> Draft:
    return Draft("", turns=[DraftTurn(text)]) if kind == "transcript" else Draft("", "note", text=text)


def _described(draft: Draft, row: dict[str, str]) -> Draft:
    """The draft with what else the row says of it."""
    draft.date, draft.setting = row.get("date") or None, row.get("setting") or None
    draft.of = row.get("of") or None if draft.kind == "note" else None
    draft.patient = person(row.get("patient_id"), row.get("given"), row.get("family"))
    provider = {"id": row.get("provider_id"), "name": row.get("provider")}
    draft.provider = {key: value for key, value in provider.items() if value} or None
    return draft


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
    return source.error(f"the table has no column of {what}", _columns_named(field), 1)


def _columns_named(field: str) -> str:
    return f"name it in the first line, as one of: {', '.join(column_aliases('turns')[field])}"
