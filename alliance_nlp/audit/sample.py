"""Draws the visits of an audit, each with a known chance, so that the sample speaks for all visits.

Half of the sample (``core``) falls on every visit alike. The rest goes where a supervisor's hour tells most: to values
of provider, setting, band and month that few visits have (``stratum``), to visits at which the tool is unsure
(``uncertain``), and to those that stand out (``surprising``). A visit's chance is the sum of what these four give it;
its weight is 1 / chance, and weighted means are means of all visits (Horvitz and Thompson 1952). The draw is systematic
(Madow 1949) along the visits sorted by stratum: it gives each visit its chance exactly and spreads over the strata.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from ..codes import CODE_NAMES
from ..parse import split_note
from ..records import Visit, VisitReport
from .frame import STRATA, Candidate
from .tables import BlindUnit, Why

Array = NDArray[np.float64]
REASONS: tuple[Why, ...] = get_args(Why)
#: Shares of what is not core.
BESIDE_CORE = {"stratum": 0.4, "uncertain": 0.3, "surprising": 0.3}
#: Share of the visits that counts as uncertain, and as surprising.
TOP = 0.25
#: Visits at the overall mean that are counted in with a provider's own, so that one visit alone makes no habit.
PRIOR_VISITS = 3


class Drawn(NamedTuple):
    """A drawn visit: its place among the candidates, its weight, and what it was drawn for."""

    at: int
    weight: float
    why: Why


def draw(candidates: Sequence[Candidate], n: int, *, core: float, rng: np.random.Generator) -> list[Drawn]:
    """Draw ``n`` visits (all, where there are no more), in random order.

    Args:
        candidates: the visits that the sample is to stand for.
        n: how many to draw.
        core: share of the sample, above 0 and up to 1, that falls on every visit alike.
        rng: random numbers.
    """
    if n >= len(candidates):
        return [Drawn(int(at), 1.0, "core") for at in rng.permutation(len(candidates))]
    chance = chances(candidates, n, core=core)
    order = _by_stratum(candidates, rng)
    edges = np.cumsum(chance[order].ravel())
    hits = np.searchsorted(edges, rng.uniform() + np.arange(n), side="right")
    drawn = {}
    for hit in np.minimum(hits, len(edges) - 1):  # the last edge may fall short of n by rounding
        at = int(order[hit // len(REASONS)])
        drawn[at] = Drawn(at, max(1.0, float(1 / chance[at].sum())), REASONS[hit % len(REASONS)])
    return [drawn[at] for at in rng.permutation(list(drawn)).tolist()]


def chances(candidates: Sequence[Candidate], n: int, *, core: float) -> Array:
    """Each visit's chance by reason, (visits, reasons); a row sums to at most 1, all of them to ``n``."""
    total = len(candidates)
    parts = np.zeros((total, len(REASONS)))
    parts[:, 0] = core / total
    likely = (_strata(candidates), _top(uncertainty(candidates)), _top(surprise(candidates)))
    for column, (share, part) in enumerate(zip(BESIDE_CORE.values(), likely, strict=True), 1):
        beside = (1 - core) * share
        if part.sum():
            parts[:, column] = beside * part / part.sum()
        else:  # nothing to go by: it falls on every visit alike
            parts[:, 0] += beside / total
    size = parts.sum(axis=1)
    certain = np.zeros(total, bool)
    while True:
        scale = (n - certain.sum()) / size[~certain].sum()
        if not (over := ~certain & (scale * size > 1)).any():
            break
        certain |= over
    wanted = np.where(certain, 1.0, scale * size)
    chance: Array = parts * (wanted / size)[:, None]
    return chance


def uncertainty(candidates: Sequence[Candidate]) -> Array:
    """From 0 (sure) to 1 (even odds that the alliance is strong); nan where the tool says no probability."""
    p = np.array([np.nan if each.p_strong is None else each.p_strong for each in candidates], float)
    return np.asarray(1 - np.abs(2 * p - 1))


def surprise(candidates: Sequence[Candidate]) -> Array:
    """How far a visit stands out, in standard deviations; nan where the tool gives no value.

    The largest of: the distance from what the provider's other visits are worth, the fall since the same patient's
    visit before, and how far goal, task and bond lie apart, above the mean.
    """
    value = np.array([np.nan if each.value is None else each.value for each in candidates], float)
    spread = np.array([np.nan if each.spread is None else each.spread for each in candidates], float)
    known = ~np.isnan(value)
    if known.sum() < 2:
        return np.full(len(value), np.nan)
    mean, deviation = value[known].mean(), value[known].std() or 1.0
    own: dict[str | None, list[int]] = defaultdict(list)
    before: dict[str, list[int]] = defaultdict(list)
    for at in np.flatnonzero(known).tolist():
        own[candidates[at].provider].append(at)
        if (patient := candidates[at].patient) and candidates[at].date:
            before[patient].append(at)
    usual = np.full(len(value), mean)
    for places in own.values():
        total = value[places].sum()
        usual[places] = (total - value[places] + PRIOR_VISITS * mean) / (len(places) - 1 + PRIOR_VISITS)
    fall = np.zeros(len(value))
    for places in before.values():
        in_time = sorted(places, key=lambda at: str(candidates[at].date))
        fall[in_time[1:]] = -np.diff(value[in_time])
    apart = (spread - np.nanmean(spread[known])) / (np.nanstd(spread[known]) or 1.0)
    stands_out: Array = np.fmax(np.fmax(np.abs(value - usual) / deviation, fall / deviation), apart)
    return stands_out


def draw_units(visit: Visit, report: VisitReport, n: int, rng: np.random.Generator) -> list[BlindUnit]:
    """Turns (of a note, sentences) to code blind, in their order: a third of them of those that the tool marked.

    Where a turn says something of the alliance is rare, and the reviewer cannot tell which were drawn for it.

    Args:
        visit: the visit.
        report: what the tool says of it.
        n: how many to draw.
        rng: random numbers.
    """
    if visit.kind == "note":
        units: list[tuple[int | None, int, int]] = [(None, a, b) for a, b in split_note(visit.text or "")]
    else:
        said = [(at, turn) for at, turn in enumerate(visit.turns) if turn.role != "other" and turn.text.strip()]
        units = [(at, 0, len(turn.text)) for at, turn in said]
    found = [(each.turn, each.start, each.end) for each in report.evidence if each.code in CODE_NAMES]
    marked = np.array(
        [any(t == turn and a < end and start < b for turn, start, end in found) for t, a, b in units], bool
    )
    yes, no = (np.flatnonzero(np.array(marked, bool) == kind) for kind in (True, False))
    n_yes = min(len(yes), max(n // 3, n - len(no)))
    drawn = []
    for group, size in ((yes, n_yes), (no, min(len(no), n - n_yes))):
        drawn += [(int(at), len(group) / size) for at in rng.choice(group, size, replace=False)] if size else []
    return [
        BlindUnit(turn=turn, start=start, end=end, weight=weight)
        for at, weight in sorted(drawn)
        for turn, start, end in (units[at],)
    ]


def _strata(candidates: Sequence[Candidate]) -> Array:
    """What strata give: within provider, setting, band and month, the same to each value that occurs."""
    given = np.zeros(len(candidates))
    for name in STRATA:
        values = [getattr(each, name) for each in candidates]
        count = Counter(values)
        if len(count) > 1:
            given += [1 / (len(count) * count[value]) for value in values]
    return given


def _top(score: Array) -> Array:
    """1 for the visits of the highest scores, a quarter of them and their ties; 0 for the others."""
    known = np.sort(score[~np.isnan(score)])[::-1]
    if not len(known):
        return np.zeros(len(score))
    least = known[max(1, round(TOP * len(known))) - 1]
    return np.asarray(np.nan_to_num(score, nan=-np.inf) >= least, float)


def _by_stratum(candidates: Sequence[Candidate], rng: np.random.Generator) -> NDArray[np.int64]:
    """Order along which to draw: by stratum, the strata and the visits within each at random."""
    rank: list[Any] = [rng.permutation(len(candidates))]
    for name in reversed(STRATA):
        values = [getattr(each, name) or "" for each in candidates]
        places = {value: at for at, value in enumerate(rng.permutation(sorted(set(values))))}
        rank.append([places[value] for value in values])
    return np.lexsort(rank)
