"""Entries -> one HTML file that asks for nothing from elsewhere.

Visits come packed one by one, are spooled to a file and copied into the page at the end, so memory does not grow
with their words. The page's script and style are known to its content security policy by their hashes: nothing else
runs, and nothing in a visit is ever read as markup.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import IO, Any, NamedTuple

from ...codes import CODES, NAME_CODES
from ...errors import BadOption
from ...featurise import FEATURES
from ...records import Kind
from ..place import check_place
from ..template import check_jinja, page_template, policy_hash
from . import chart
from .entry import LIKELY, Entry, VisitRow
from .summary import MIN_CLUSTERS, MIN_COMPARED, SHOWN, Compared, Seen, Timeline, compare_providers, seen, timeline

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
    not_scored: int


def check_page(path: Path) -> None:
    """Say that a page cannot be written before the work is done, not after.

    Raises:
        BadOption: the name does not end in .html, or nothing can be written there.
        MissingExtra: jinja2 is not installed.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise BadOption("--html", str(path), "give a file name that ends in .html")
    check_place("--html", path)
    check_jinja("writing a page of visits")


def write_page(
    entries: Iterable[Entry], path: Path, *, compare: bool = False, text: bool = True, most: int = MOST_LISTED
) -> None:
    """Write the page of all visits; an earlier file stays as it was until the new one is whole.

    Args:
        entries: one a visit, in the order of the visits.
        path: the file.
        compare: whether providers are set side by side.
        text: whether the entries carry words; the page says so where they do not.
        most: visits that can be opened at most; of more, a chance sample, the same for the same visits.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with tempfile.TemporaryFile(dir=path.parent) as spool, part.open("w", encoding="utf-8", newline="\n") as page:
            visits = _Visits(spool, most)
            for entry in entries:
                visits.add(entry)
            page.writelines(_template().generate(**visits.facts(compare=compare, text=text)))
            page.flush()
            os.fsync(page.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class _Visits:
    """What the page needs of all visits: little of each, and the packed details in the spool."""

    def __init__(self, spool: IO[bytes], most: int) -> None:
        self._spool, self._most = spool, most
        self._seen: dict[Kind, list[Seen]] = {kind: [] for kind in _KINDS}
        self._reasons: dict[str, int] = {}
        self._providers: dict[str, str] = {}
        self._listed: list[_Listed] = []  # a heap: first who goes next
        self._count = 0

    def add(self, entry: Entry) -> None:
        """Take one more visit."""
        row = entry.row
        self._seen[row.kind].append(seen(row, self._count))
        if row.because:
            self._reasons[row.because] = self._reasons.get(row.because, 0) + 1
        if row.provider_key and row.provider:
            self._providers.setdefault(row.provider_key, row.provider)
        chance = int.from_bytes(hashlib.sha256(row.id.encode()).digest()[:8])
        if len(self._listed) < self._most or chance > self._listed[0].chance:
            start = self._spool.tell()
            self._spool.write(entry.packed.encode("ascii"))
            listed = _Listed(chance, self._count, row, start, len(entry.packed))
            (heapq.heappush if len(self._listed) < self._most else heapq.heapreplace)(self._listed, listed)
        self._count += 1

    def _packed(self, listed: list[_Listed]) -> Iterator[str]:
        for each in listed:
            self._spool.seek(each.start)
            yield self._spool.read(each.size).decode("ascii")

    def facts(self, *, compare: bool, text: bool) -> dict[str, Any]:
        """What the template draws."""
        from markupsafe import Markup

        listed = sorted(self._listed, key=lambda each: each.order)
        parts = []
        for kind in _KINDS:
            if visits := self._seen[kind]:
                line = timeline(kind, visits)
                compared = compare_providers(visits, self._providers) if compare else []
                no_provider = sum(visit.provider is None for visit in visits)
                not_scored = sum(not visit.scored for visit in visits)
                parts.append(Part(line, chart.panels(line), compared, no_provider, not_scored))
        css, js = _data("page.css"), _data("page.js")
        return {
            "csp": "; ".join(
                (
                    "default-src 'none'",
                    f"script-src '{policy_hash(js)}'",
                    f"style-src '{policy_hash(css)}'",
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
            "compare": compare,
            "text": text,
            "shown": SHOWN,
            "chart": chart,
            "min_clusters": MIN_CLUSTERS,
            "min_compared": MIN_COMPARED,
            "wording": {**_wording(), "likely": LIKELY},
            "packed": self._packed(listed),
            "rows": [{"order": each.order, **each.row.model_dump(exclude=_LEFT_OUT)} for each in listed],
        }


def _data(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")


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
    return page_template(__package__, "page.html.jinja")
