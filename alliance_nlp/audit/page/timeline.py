"""The visit at a glance: who speaks, and where each code falls, as geometry of a drawing and as a table beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ...records import Visit
from .shown import Mark, family

WIDTH, LANE, GAP = 1000.0, 22.0, 6.0
#: A mark is never narrower than this, so that it can be seen.
MIN_WIDTH = 4.0
#: Parts that the table divides the visit into.
QUARTERS = ("first quarter", "second quarter", "third quarter", "last quarter")
_SPEAKERS = ("provider", "patient", "other")
_DOUBTS = ("directive", "judge")


class Bar(NamedTuple):
    """A stretch on a lane; ``key`` is the mark's, or empty for speech."""

    x: float
    width: float
    kind: str
    key: str


class Lane(NamedTuple):
    """A row of the drawing."""

    title: str
    y: float
    bars: tuple[Bar, ...]


class Timeline(NamedTuple):
    """Lanes of the drawing, its size, what its length stands for, and its table: a row a quarter."""

    lanes: tuple[Lane, ...]
    height: float
    scale: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def draw_timeline(visit: Visit, marks: Sequence[Mark]) -> Timeline:
    """Lay out a visit from left to right, by its clock where every turn has one, else by its words.

    >>> visit = Visit(visit_id="v", turns=[{"role": "provider", "text": "How are you?"},
    ...                                    {"role": "patient", "text": "I want to walk."}])
    >>> [(lane.title, len(lane.bars)) for lane in draw_timeline(visit, [Mark("e0", "goal_state", 1, 0, 15)]).lanes]
    [('provider', 1), ('patient', 1), ('goals', 1)]
    """
    spans, scale = _spans(visit)
    found: dict[str, list[Bar]] = {}
    for at, turn in enumerate(visit.turns):
        start, end = spans[at]
        found.setdefault(turn.role, []).append(Bar(start, max(end - start, 1.0), turn.role, ""))
    for mark in marks:
        start, end = spans[mark.turn or 0]
        length = len((visit.text or "") if mark.turn is None else visit.turns[mark.turn].text) or 1
        x = start + (end - start) * mark.start / length
        width = max((end - start) * (mark.end - mark.start) / length, MIN_WIDTH)
        found.setdefault(_lane(mark.code), []).append(Bar(min(x, WIDTH - width), width, family(mark.code), mark.key))
    titles = [title for title in (*_SPEAKERS, "goals", "tasks", "bond", "orders, blame", "names") if title in found]
    lanes = tuple(Lane(title, at * (LANE + GAP), tuple(found[title])) for at, title in enumerate(titles))
    columns, rows = _table(visit, found)
    return Timeline(lanes, len(lanes) * (LANE + GAP), scale, columns, rows)


def _lane(code: str) -> str:
    return "orders, blame" if code in _DOUBTS else family(code)


def _spans(visit: Visit) -> tuple[list[tuple[float, float]], str]:
    """Where each turn begins and ends, from 0 to `WIDTH`."""
    turns = visit.turns
    if not turns:
        return [(0.0, WIDTH)], f"{len((visit.text or '').split())} words"
    clock = [(turn.start_s, turn.end_s) for turn in turns]
    known = [(a, b) for a, b in clock if a is not None and b is not None and b >= a]
    last = max((b for _, b in known), default=0.0)
    if len(known) == len(turns) and last > 0:
        return [(WIDTH * max(a, 0.0) / last, WIDTH * b / last) for a, b in known], f"{last / 60:.0f} minutes"
    sizes = [max(len(turn.text.split()), 1) for turn in turns]
    spans, at = [], 0.0
    for size in sizes:
        spans.append((WIDTH * at / sum(sizes), WIDTH * (at + size) / sum(sizes)))
        at += size
    return spans, f"{sum(sizes)} words"


def _table(visit: Visit, found: dict[str, list[Bar]]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The drawing in words: for each quarter, how the talk is shared and how often each family falls there."""
    quarter = WIDTH / len(QUARTERS)
    counted = {title: Counter(min(int(bar.x // quarter), 3) for bar in bars) for title, bars in found.items()}
    families = [title for title in ("goals", "tasks", "bond", "orders, blame", "names") if title in found]
    rows = []
    for at, title in enumerate(QUARTERS):
        shares = []
        if visit.turns:
            talk = {role: _within(found.get(role, []), at * quarter, (at + 1) * quarter) for role in _SPEAKERS}
            total = sum(talk.values()) or 1.0
            shares = [f"{100 * talk[role] / total:.0f} %" for role in ("provider", "patient")]
        rows.append((title, *shares, *(str(counted[name][at]) for name in families)))
    speech = ("provider speaks", "patient speaks") if visit.turns else ()
    return ("part of the visit", *speech, *families), tuple(rows)


def _within(bars: Sequence[Bar], start: float, end: float) -> float:
    return sum(max(0.0, min(bar.x + bar.width, end) - max(bar.x, start)) for bar in bars)
