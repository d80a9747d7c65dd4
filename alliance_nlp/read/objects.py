"""``.json`` and ``.jsonl`` -> objects, each read by the dialect it is in: our own visits, or what a vendor exports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from ..errors import UnreadableFile
from .draft import Draft
from .source import Source

FORM = "bring it into the form that `alliance schema` prints"

_LINES = (".jsonl", ".ndjson")
_ID_CHARS = 80


class Place:
    """Where in a file an object stands; makes the drafts and the errors there."""

    def __init__(self, source: Source, what: str, default_id: str, line: int | None = None) -> None:
        self.source, self.what, self.default_id, self.line = source, what, default_id, line

    def draft(self, visit_id: str | None = None) -> Draft:
        """An empty transcript, named after the file where it has no id of its own; errors name it from here on."""
        visit_id = visit_id or self.default_id
        if len(visit_id) <= _ID_CHARS:
            self.what = f"visit {visit_id}"
        return Draft(visit_id, line=self.line)

    def error(self, why: str, remedy: str = FORM) -> UnreadableFile:
        """An error that names file, line and visit.

        >>> str(Place(Source.in_memory("a.jsonl", b""), "the visit", "a-3", 3).error("has no turns", "add some"))
        'a.jsonl, line 3: the visit has no turns; add some.'
        """
        return self.source.error(f"{self.what} {why}", remedy, self.line)


class Dialect(NamedTuple):
    """One form of JSON."""

    fits: Callable[[Any], bool]
    """Whether an object, or the list that is the whole file, is in this form; looks at keys and types alone."""
    read: Callable[[Any, Place], Iterable[Draft | UnreadableFile]]


def looks_like_json(source: Source) -> bool:
    """Whether the file begins as an object or a list of objects does.

    >>> looks_like_json(Source.in_memory("a.txt", b'[ {"visit_id": 1')), looks_like_json(Source.in_memory("a", b"[a]"))
    (True, False)
    """
    head = source.head
    inside = head[1:].lstrip()
    return (head.startswith("{") and inside[:1] in ('"', "}")) or (head.startswith("[") and inside[:1] in ("{", "]"))


def read_objects(source: Source, dialects: Sequence[Dialect]) -> Iterator[Draft | UnreadableFile]:
    """Visits of a file with one object, a list of them, or one on every line; a bad one costs only itself.

    Args:
        source: the file.
        dialects: the forms, tried in this order; what fits none is read by the last one, whose error says why not.

    Raises:
        UnreadableFile: the file as a whole is no JSON.
    """
    if _is_lines(source):
        for number, line in source.lines():
            if isinstance(line, UnreadableFile):
                yield line
            elif line.strip():
                place = Place(source, "the visit", f"{source.stem}-{number}", number)
                yield from _read(partial(_load, source, line, number), place, dialects)
        return
    data = _load(source, source.text(), None)
    if not isinstance(data, list) or any(dialect.fits(data) for dialect in dialects):
        yield from _read(partial(_same, data), Place(source, "the visit", source.stem), dialects)
        return
    for number, item in enumerate(data, start=1):
        place = Place(source, f"visit {number} of the list", f"{source.stem}-{number}")
        yield from _read(partial(_same, item), place, dialects)


def _read(load: Callable[[], Any], place: Place, dialects: Sequence[Dialect]) -> Iterator[Draft | UnreadableFile]:
    try:
        data = load()
        yield from next((one for one in dialects if one.fits(data)), dialects[-1]).read(data, place)
    except UnreadableFile as error:
        yield error


def _same(data: Any) -> Any:
    return data


def _is_lines(source: Source) -> bool:
    """Whether every line is an object of its own, whatever the file is called."""
    lines = (line for _, line in source.lines() if isinstance(line, UnreadableFile) or line.strip())
    first, second = next(lines, ""), next(lines, "")
    if isinstance(first, UnreadableFile):
        return source.suffix in _LINES
    opens, closes = first.lstrip()[:1], first.rstrip()[-1:]
    if source.suffix in _LINES:
        # JSON over several lines, whatever its suffix says
        return not (opens in "{[" and first.strip() in ("{", "["))
    return opens == "{" and closes == "}" and (isinstance(second, UnreadableFile) or second.lstrip()[:1] == "{")


def _load(source: Source, text: str, line: int | None) -> Any:
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}" if line is None else f"column {error.colno}"
        remedy = "check for a cut-off end"
        if error.msg == "Extra data" and line is None:
            remedy = "give every visit a line of its own"
        raise source.error(f"the JSON is broken at {at}", remedy, line) from None
    except (ValueError, RecursionError):
        raise source.error("the JSON is nested too deeply or holds a number too long", FORM, line) from None
