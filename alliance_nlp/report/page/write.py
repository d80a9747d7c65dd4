"""Entries -> one HTML file that asks for nothing from elsewhere.

Visits are packed one by one, spooled to a file beside the page and copied into it at the end, so memory does not grow
with their words. The page's script and style are known to its content security policy by their hashes: nothing else
runs, and nothing in a visit is ever read as markup.
"""

from __future__ import annotations

import base64
import hashlib
import heapq
import json
import os
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple

from ...codes import CODES, NAME_CODES
from ...errors import BadOption, MissingExtra
from ...featurise import FEATURES
from ...records import Kind
from . import chart
from .entry import LIKELY, Entry, VisitRow
from .summary import MIN_CLUSTERS, MIN_COMPARED, SHOWN, Compared, Seen, Timeline, compare, seen, timeline

#: Visits listed at most, so that the page still opens; of more a chance sample is listed, and the charts count all.
MOST_LISTED = 2000
_KINDS: tuple[Kind, ...] = ("transcript", "note")
_LEFT_OUT = {"provider_key", "patient_key"}


class _Listed(NamedTuple):
    """A visit that can be opened, and where its packed details lie in the spool."""

    chance: int
    order: int
    row: VisitRow
    start: int
    size: int


class Part(NamedTuple):
    """All that the page shows of one kind of visits above the list."""

    timeline: Timeline
    panels: list[chart.Panel]
    compared: list[Compared]
    no_provider: int


def check_page(path: Path) -> None:
    """Say that a page cannot be written before the work is done, not after.

    Raises:
        BadOption: the name does not end in .html, or nothing can be written there.
        MissingExtra: jinja2 is not installed.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise BadOption("--html", str(path), "give a file name that ends in .html")
    if path.is_dir():
        raise BadOption("--html", str(path), "this is a folder; give another file name")
    if not path.parent.is_dir():
        raise BadOption("--html", str(path), "its folder does not exist; make it first")
    if not os.access(path.parent, os.W_OK):
        raise BadOption("--html", str(path), "its folder cannot be written to; choose another")
    try:
        import jinja2  # noqa: F401
    except ImportError:
        raise MissingExtra("writing a page of visits", "report") from None


class PageFile:
    """A page that takes entries one by one and is written when the `with` block ends well.

    Args:
        path: the file; an earlier one stays as it was until the new one is whole.
        compare: whether providers are set side by side.
        text: whether the entries carry words; says so on the page.
        most: visits that can be opened at most; of more, a chance sample, the same for the same visits.

    Raises:
        BadOption, MissingExtra: as `check_page` says.
    """

    def __init__(self, path: Path, *, compare: bool = False, text: bool = True, most: int = MOST_LISTED) -> None:
        check_page(path)
        self._path, self._compare, self._text, self._most = path, compare, text, most
        self._seen: dict[Kind, list[Seen]] = {kind: [] for kind in _KINDS}
        self._reasons: dict[str, int] = {}
        self._providers: dict[str, str] = {}
        self._listed: list[_Listed] = []  # a heap: first who is least by chance
        self._count = 0
        self._spool_path = path.with_name(f".{path.name}.{os.getpid()}.spool")

    def __enter__(self) -> PageFile:
        try:
            self._spool: IO[bytes] = self._spool_path.open("w+b")
        except OSError as error:
            raise BadOption("--html", str(self._path), f"{error.strerror}; give a file that can be written") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        part = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        try:
            with self._spool:
                if kind is None:
                    self._write(part)
                    part.replace(self._path)
        finally:
            part.unlink(missing_ok=True)
            self._spool_path.unlink(missing_ok=True)

    def add(self, line: str) -> None:
        """Take one visit, as `entry.entry_line` gives it; the order of calls is the order of the visits."""
        entry = Entry.model_validate_json(line)
        row, packed = entry.row, entry.packed
        self._seen[row.kind].append(seen(row, self._count))
        if row.because:
            self._reasons[row.because] = self._reasons.get(row.because, 0) + 1
        if row.provider_key and row.provider:
            self._providers.setdefault(row.provider_key, row.provider)
        chance = int.from_bytes(hashlib.sha256(row.id.encode()).digest()[:8])
        if len(self._listed) < self._most or -chance > self._listed[0].chance:
            start = self._spool.tell()
            self._spool.write(packed.encode("ascii"))
            listed = _Listed(-chance, self._count, row, start, len(packed))
            (heapq.heappush if len(self._listed) < self._most else heapq.heapreplace)(self._listed, listed)
        self._count += 1

    def _write(self, path: Path) -> None:
        listed = sorted(self._listed, key=lambda each: each.order)
        with path.open("w", encoding="utf-8", newline="\n") as page:
            page.writelines(_template().generate(**self._facts(listed), packed=self._packed(listed)))
            page.flush()
            os.fsync(page.fileno())

    def _packed(self, listed: list[_Listed]) -> Iterator[str]:
        for each in listed:
            self._spool.seek(each.start)
            yield self._spool.read(each.size).decode("ascii")

    def _facts(self, listed: list[_Listed]) -> dict[str, Any]:
        """What the template draws."""
        from markupsafe import Markup

        parts = []
        for kind in _KINDS:
            if visits := self._seen[kind]:
                line = timeline(kind, visits)
                compared = compare(visits, self._providers) if self._compare else []
                parts.append(Part(line, chart.panels(line), compared, sum(not visit.provider for visit in visits)))
        css, js = _data("page.css"), _data("page.js")
        return {
            "csp": "; ".join(
                (
                    "default-src 'none'",
                    f"script-src '{_hash(js)}'",
                    f"style-src '{_hash(css)}'",
                    "base-uri 'none'",
                    "form-action 'none'",
                    "require-trusted-types-for 'script'",
                    "trusted-types 'none'",
                )
            ),
            "css": Markup(css),
            "js": Markup(js),
            "count": self._count,
            "listed": len(listed),
            "kinds": {kind: len(self._seen[kind]) for kind in _KINDS},
            "reasons": self._reasons,
            "parts": parts,
            "compare": self._compare,
            "text": self._text,
            "shown": SHOWN,
            "chart": chart,
            "min_clusters": MIN_CLUSTERS,
            "min_compared": MIN_COMPARED,
            "wording": {**_wording(), "likely": LIKELY},
            "rows": [{"order": each.order, **each.row.model_dump(exclude=_LEFT_OUT)} for each in listed],
        }


def _data(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


@cache
def _wording() -> dict[str, Any]:
    """Plain words for codes, reasons, rules and features."""
    wording: dict[str, Any] = json.loads(_data("wording.json"))
    family = {**{code.name: code.family for code in CODES}, **dict.fromkeys(NAME_CODES, "names")}
    wording["family_of"] = family
    wording["features"] = {f.name: f.title for f in FEATURES if f.parts} | wording["features"]
    wording["measures"] = {f.name: [f.title, f.unit] for f in FEATURES if not f.parts}
    return wording


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return page.from_string(_data("page.html.jinja"))
