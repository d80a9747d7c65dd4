"""Timelines -> places to draw: figures for the template, which alone writes markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .summary import SHOWN, Mean, Period, Timeline

WIDTH, HEIGHT = 560.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 26.0, 44.0, 10.0, 150.0
"""Edges of the field on which scores are drawn; below it stand the periods and numbers of visits."""
LABEL_WIDTH = 72.0
#: Dots drawn at most in one panel; of more visits every second, third ... is drawn.
MAX_DOTS = 4000
LAYERS = 8
_GOLDEN = 0.618034


class DrawnMean(NamedTuple):
    """A period's mean: its place across, its value and the ends of its interval downwards."""

    x: float
    y: float
    low: float
    high: float


class Label(NamedTuple):
    """A period under the field."""

    x: float
    text: str
    n: int


class Panel(NamedTuple):
    """One chart: the scores of one part over time."""

    part: str
    dots: tuple[str, ...]
    """Paths of one point a visit; several, so that points that lie on each other look darker."""
    one_in: int
    """1 where every visit has its dot, 2 where every second has one ..."""
    means: tuple[DrawnMean, ...]
    labels: tuple[Label, ...]


def height_of(score: float) -> float:
    """Place of a score downwards.

    >>> height_of(5), height_of(1)
    (10.0, 150.0)
    """
    return round(TOP + (5 - score) / 4 * (BOTTOM - TOP), 1)


def place_of(score: float) -> float:
    """Place of a score on a bar from 0 to 100 that stands for 1 to 5.

    >>> place_of(1), place_of(4)
    (0.0, 75.0)
    """
    return round((score - 1.0) * 25, 1)


def panels(line: Timeline) -> list[Panel]:
    """The charts of alliance, goal, task and bond."""
    if not line.periods:
        return []
    first, last = line.periods[0].first, line.periods[-1].last
    scale = (WIDTH - LEFT - RIGHT) / (last - first)
    mid = [round(LEFT + ((each.first + each.last) / 2 - first) * scale, 1) for each in line.periods]
    drawn = []
    for at, part in enumerate(SHOWN):
        means = [_mean(x, period.means[part]) for x, period in zip(mid, line.periods, strict=True)]
        labels = [Label(x, period.label, period.means[part].n) for x, period in zip(mid, line.periods, strict=True)]
        dots, one_in = _dots(line.periods, at, first, scale)
        drawn.append(Panel(part, dots, one_in, tuple(each for each in means if each), tuple(_apart(labels))))
    return drawn


def _mean(x: float, mean: Mean) -> DrawnMean | None:
    if mean.value is None or mean.low is None or mean.high is None:
        return None
    return DrawnMean(x, height_of(mean.value), height_of(mean.low), height_of(mean.high))


def _apart(labels: Iterable[Label]) -> Iterator[Label]:
    """The labels, less those that would run into the one before."""
    free = 0.0
    for label in labels:
        if label.x >= free:
            yield label
            free = label.x + LABEL_WIDTH


def _dots(periods: Sequence[Period], part: int, first: float, scale: float) -> tuple[tuple[str, ...], int]:
    """Points as strokes of no length; visits of one day are strewn over it, in a way that is the same every time."""
    placed = [
        (visit.order if visit.day is None else visit.day.toordinal(), visit.order, ends[0])
        for period in periods
        for visit in period.visits
        if (ends := visit.ends[part]) is not None
    ]
    one_in = max(1, -(-len(placed) // MAX_DOTS))
    points = [
        f"M{LEFT + (at + 0.15 + 0.7 * (order * _GOLDEN % 1) - first) * scale:.1f} {height_of(value):.1f}h0"
        for at, order, value in placed[::one_in]
    ]
    return tuple("".join(points[layer::LAYERS]) for layer in range(min(LAYERS, len(points)))), one_in
