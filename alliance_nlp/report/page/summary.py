"""Rows of many visits -> figures of the whole: means with intervals by period, and by provider where asked for.

Transcripts and notes are never put together, for each kind has its own estimator. A mean's 90 % interval counts how
far visits differ and how unsure each score is; visits of one patient count as alike (a cluster-robust standard error),
as they are no independent draws. An error that the tool makes in every visit is in no interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from ...records import PARTS, Kind
from .entry import Ends, VisitRow

Step = Literal["day", "week", "month", "quarter", "year"]
SHOWN = ("alliance", *PARTS)
#: Patients, or visits of unknown patients, under which a mean says too little to be drawn.
MIN_CLUSTERS = 5
#: Scored visits under which a provider's means are not set beside others'.
MIN_COMPARED = 10
#: Groups that visits without dates are cut into at most, and how many visits a group holds at least.
MAX_GROUPS, MIN_GROUP = 10, 20
_STEPS: tuple[tuple[int, Step], ...] = ((14, "day"), (120, "week"), (3 * 366, "month"), (8 * 366, "quarter"))
_Z90 = 1.645


class Mean(NamedTuple):
    """Mean of the scores of some visits, with its 90 % interval; None where there are too few."""

    n: int
    value: float | None
    low: float | None
    high: float | None


class Seen(NamedTuple):
    """What the figures need of one visit; small, for it is kept for every visit of a run."""

    order: int
    day: date | None
    provider: str | None
    patient: str | None
    scored: bool
    ends: tuple[Ends | None, ...]
    """Alliance, goal, task and bond, as in `SHOWN`."""


class Period(NamedTuple):
    """Visits of one stretch of time, or of the order of the input."""

    label: str
    first: float
    """Where it begins: the ordinal of its first day, or the order of its first visit."""
    last: float
    visits: tuple[Seen, ...]
    means: Mapping[str, Mean]


class Timeline(NamedTuple):
    """Visits of one kind in the order of time, or of the input where none of them has a date."""

    kind: Kind
    dated: bool
    undated: int
    """Visits left out because others have dates and they have none."""
    step: str
    periods: tuple[Period, ...]
    whole: Mapping[str, Mean]


class Compared(NamedTuple):
    """One provider's visits of one kind; ``means`` is empty where they are too few."""

    provider: str
    visits: int
    scored: int
    patients: int | None
    """None where no visit says whose it is."""
    means: Mapping[str, Mean]


def seen(row: VisitRow, order: int) -> Seen:
    """What is kept of a row; ``order`` counts the visits from 0."""
    day = None if row.date is None else date.fromisoformat(row.date)
    ends = (row.alliance, row.goal, row.task, row.bond)
    return Seen(order, day, row.provider_key, row.patient_key, row.because is None, ends)


def mean_of(scores: Sequence[tuple[Ends, str | None]]) -> Mean:
    """Mean of scores, each with its patient (None: unknown, so a patient of its own).

    >>> mean_of([((3.0, 2.0, 4.0), None)] * 4)
    Mean(n=4, value=None, low=None, high=None)
    >>> [round(end, 2) for end in mean_of([((v, v - 1, v + 1), None) for v in (2.0, 2.5, 3.0, 3.5, 4.0)])[1:]]
    [3.0, 2.05, 3.95]
    """
    count = len(scores)
    clusters: dict[object, list[Ends]] = {}
    for at, (ends, patient) in enumerate(scores):
        clusters.setdefault(at if patient is None else patient, []).append(ends)
    groups = len(clusters)
    if groups < MIN_CLUSTERS:
        return Mean(count, None, None, None)
    from scipy.special import stdtrit  # a slow import that only a page needs

    value = sum(ends[0] for ends, _ in scores) / count
    between = sum(sum(ends[0] - value for ends in cluster) ** 2 for cluster in clusters.values())
    # An end that the scale cuts off hides how unsure a score is: the longer side tells.
    within = sum((max(high - each, each - low) / _Z90) ** 2 for (each, low, high), _ in scores)
    error = math.sqrt(between * groups / (groups - 1) + within) / count
    reach = float(stdtrit(groups - 1, 0.95)) * error
    return Mean(count, value, max(1.0, value - reach), min(5.0, value + reach))


def timeline(kind: Kind, visits: Sequence[Seen]) -> Timeline:
    """The visits of one kind, cut into days, weeks, months, quarters or years, whichever suits how long they span."""
    placed = [visit for visit in visits if visit.day is not None]
    dated = bool(placed)
    periods = _by_date(placed) if dated else _by_order(visits)
    return Timeline(
        kind=kind,
        dated=dated,
        undated=len(visits) - len(placed) if dated else 0,
        step=_step(placed) if dated else "order",
        periods=tuple(periods),
        whole=_means(visits),
    )


def compare_providers(visits: Iterable[Seen], names: Mapping[str, str]) -> list[Compared]:
    """Providers side by side in alphabetical order; who has few scored visits gets counts alone.

    Args:
        visits: visits of one kind; those of an unknown provider are passed over.
        names: provider's key -> name to show.
    """
    by_provider: dict[str, list[Seen]] = {}
    for visit in visits:
        if visit.provider is not None:
            by_provider.setdefault(visit.provider, []).append(visit)
    shown = {key: names.get(key, key) for key in by_provider}
    twice = {name for name in shown.values() if list(shown.values()).count(name) > 1}
    label = {key: f"{name} ({key})" if name in twice else name for key, name in shown.items()}
    compared = []
    for key in sorted(by_provider, key=lambda key: (label[key].casefold(), key)):
        own = by_provider[key]
        scored = sum(visit.scored for visit in own)
        patients = {visit.patient for visit in own if visit.patient is not None}
        means = _means(own) if scored >= MIN_COMPARED else {}
        compared.append(Compared(label[key], len(own), scored, len(patients) or None, means))
    return compared


def _means(visits: Sequence[Seen]) -> dict[str, Mean]:
    return {
        part: mean_of([(ends, visit.patient) for visit in visits if (ends := visit.ends[at]) is not None])
        for at, part in enumerate(SHOWN)
    }


def _period(label: str, first: float, last: float, visits: Sequence[Seen]) -> Period:
    return Period(label, first, last, tuple(visits), _means(visits))


def _by_order(visits: Sequence[Seen]) -> list[Period]:
    """Groups of even size; the visits are counted anew, from 1, among those of their kind."""
    visits = [visit._replace(order=at) for at, visit in enumerate(visits)]
    count = max(1, min(MAX_GROUPS, len(visits) // MIN_GROUP))
    ends = [round(at * len(visits) / count) for at in range(count + 1)]
    groups = [visits[start:end] for start, end in pairwise(ends)]
    return [
        _period(f"{group[0].order + 1} to {group[-1].order + 1}", group[0].order, group[-1].order + 1, group)
        for group in groups
        if group
    ]


def _step(visits: Sequence[Seen]) -> Step:
    days = [visit.day for visit in visits if visit.day is not None]
    span = (max(days) - min(days)).days
    return next((step for most, step in _STEPS if span <= most), "year")


def _by_date(visits: Sequence[Seen]) -> list[Period]:
    step = _step(visits)
    groups: dict[date, list[Seen]] = {}
    for visit in visits:
        if visit.day is not None:
            groups.setdefault(_start(visit.day, step), []).append(visit)
    return [
        _period(_label(first, step), first.toordinal(), _after(first, step).toordinal(), groups[first])
        for first in sorted(groups)
    ]


def _start(day: date, step: Step) -> date:
    """First day of the period that ``day`` falls in.

    >>> _start(date(2026, 5, 20), "week"), _start(date(2026, 5, 20), "quarter")
    (datetime.date(2026, 5, 18), datetime.date(2026, 4, 1))
    """
    if step == "day":
        return day
    if step == "week":
        return day - timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": day.month - (day.month - 1) % 3, "year": 1}[step]
    return day.replace(month=month, day=1)


def _after(first: date, step: Step) -> date:
    """First day after the period that begins on ``first``."""
    return _start(first + timedelta(days={"day": 1, "week": 7, "month": 31, "quarter": 93, "year": 366}[step]), step)


def _label(first: date, step: Step) -> str:
    if step == "month":
        return f"{first:%b %Y}"
    if step == "quarter":
        return f"{first.year} Q{(first.month + 2) // 3}"
    return str(first.year) if step == "year" else first.isoformat()
