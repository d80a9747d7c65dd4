"""How well the rules for notes do: stigmatising words and parts of goals against the gold in ``corpus/rehab``.

``stigma.tsv`` and ``goal_parts.tsv`` hold sentences with the gold written into them (``Pt <doubt>claims</> 9/10 pain``)
and the half each belongs to: ``tune`` for finding rules, the others for measuring; ``stigma_notes.tsv`` holds the flags
of the training notes by offset. A part counts as a code does, by an overlap of half of either; a flag by any overlap.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..annotate.goal_parts import PARTS, read_goal
from ..annotate.stigma import find_flags
from ..corpus.gold import GoldVisit
from ..corpus.rows import read_rows
from ..errors import BadCorpus

_TAG = re.compile(r"<([a-z]+)>|</>")
_Z = 1.959964
Span = tuple[str, int, int]


class Figure(NamedTuple):
    """One line of the table: what is measured on what, hits and totals."""

    what: str
    on: str
    found_right: int
    found: int
    gold_found: int
    gold: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right; nan where nothing was found."""
        return self.found_right / self.found if self.found else math.nan

    @property
    def recall(self) -> float:
        """Share of the gold that was found; nan where there is none."""
        return self.gold_found / self.gold if self.gold else math.nan

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def wilson(hits: int, total: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927).

    >>> [round(end, 2) for end in wilson(95, 100)]
    [0.89, 0.98]
    """
    if not total:
        return (math.nan, math.nan)
    share, z2 = hits / total, _Z * _Z
    middle = share + z2 / (2 * total)
    half = _Z * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    return ((middle - half) / (1 + z2 / total), (middle + half) / (1 + z2 / total))


def parse_spans(marked: str, place: str = "markup") -> tuple[str, list[Span]]:
    """Plain text and the stretches written into it.

    Raises:
        BadCorpus: a stretch is not closed, or closed twice.

    >>> parse_spans("Pt <doubt>claims</> pain.")
    ('Pt claims pain.', [('doubt', 3, 9)])
    """
    plain, spans, opened, at = "", [], [], 0
    for tag in _TAG.finditer(marked):
        plain += marked[at : tag.start()]
        at = tag.end()
        if tag[1]:
            opened.append((tag[1], len(plain)))
        elif opened:
            name, start = opened.pop()
            spans.append((name, start, len(plain)))
        else:
            raise BadCorpus(place, "a stretch is closed that was not opened", "open it with <name>")
    if opened:
        raise BadCorpus(place, "a stretch is not closed", "close it with </>")
    return plain + marked[at:], spans


def flag_figures(folder: Path, golds: Iterable[GoldVisit] = ()) -> Iterator[Figure]:
    """Flags against the gold, by half; any overlap counts.

    Args:
        folder: where ``stigma.tsv`` and ``stigma_notes.tsv`` lie.
        golds: visits whose notes are measured too: against ``stigma_notes.tsv`` where they are training notes, and
            against the sentences coded `judge`.
    """
    sentences: dict[str, list[tuple[str, list[Span]]]] = {}
    for row in read_rows(folder / "stigma.tsv", ("id", "half", "text")):
        sentences.setdefault(row["half"], []).append(parse_spans(row["text"], f"stigma.tsv, {row['id']}"))
    for half, items in sentences.items():
        yield _flags("flags", f"sentences, {half}", items)
    notes = {each.visit.visit_id: each for each in golds if each.kind == "note"}
    marked: dict[str, list[Span]] = {visit_id: [] for visit_id, each in notes.items() if each.split == "train"}
    for row in read_rows(folder / "stigma_notes.tsv", ("visit_id", "start", "end", "code")):
        if row["visit_id"] in marked:
            marked[row["visit_id"]].append((row["code"], int(row["start"]), int(row["end"])))
    if marked:
        yield _flags("flags", "notes, train", [(notes[i].visit.text or "", spans) for i, spans in marked.items()])
    for split in sorted({each.split for each in notes.values()}):
        items = [
            (each.visit.text or "", [(code, a, b) for code, _, a, b in each.codes if code == "judge"])
            for each in notes.values()
            if each.split == split
        ]
        yield _flags("flags against judge", f"notes, {split}", items)


def goal_figures(folder: Path) -> Iterator[Figure]:
    """Parts of goals against the gold, by half and part; whether owner and kind (life or impairment) are read right."""
    halves: dict[str, list[dict[str, str]]] = {}
    for row in read_rows(folder / "goal_parts.tsv", ("id", "half", "owner", "kind", "text")):
        halves.setdefault(row["half"], []).append(row)
    for half, rows in halves.items():
        right, found, hit, gold = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        owners = kinds = 0
        for row in rows:
            text, spans = parse_spans(row["text"], f"goal_parts.tsv, {row['id']}")
            reading = read_goal(text)
            owners += reading.owner == row["owner"]
            kinds += reading.kind == row["kind"]
            parts: list[Span] = [(each.part, each.start, each.end) for each in reading.parts]
            for part in parts:
                found[part[0]] += 1
                right[part[0]] += any(_same(part, span) for span in spans)
            for span in spans:
                gold[span[0]] += 1
                hit[span[0]] += any(_same(part, span) for part in parts)
        for name in PARTS:
            yield Figure(f"goal {name}", half, right[name], found[name], hit[name], gold[name])
        yield Figure("goal parts", half, right.total(), found.total(), hit.total(), gold.total())
        yield Figure("goal owner", half, owners, len(rows), owners, len(rows))
        yield Figure("goal kind", half, kinds, len(rows), kinds, len(rows))


def _flags(what: str, on: str, items: Iterable[tuple[str, list[Span]]]) -> Figure:
    right = found = hit = gold = 0
    for text, spans in items:
        flags = [(flag.start, flag.end) for flag in find_flags(text)]
        found += len(flags)
        gold += len(spans)
        right += sum(any(a < end and start < b for _, start, end in spans) for a, b in flags)
        hit += sum(any(a < end and start < b for a, b in flags) for _, start, end in spans)
    return Figure(what, on, right, found, hit, gold)


def _same(one: Span, other: Span) -> bool:
    """Same name, and an overlap of at least half of either."""
    overlap = min(one[2], other[2]) - max(one[1], other[1])
    return one[0] == other[0] and 2 * overlap >= min(one[2] - one[1], other[2] - other[1]) > 0
