"""Reviews -> the figures of an audit's report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ..codes import CODE_NAMES, FAMILIES, codes_of
from .agreement import alpha, bland_altman, icc, quadratic_kappa
from .collect import RATED, Reviews, found_in, mean_known
from .figures import Agreement, CodeFigures, Dimension, Group, Whole
from .weights import Array, Figure, mean_of, ratio_of

TOOL, TOGETHER, ALL = "tool", "reviewers together", "all reviewers"
#: Settings and providers of fewer visits are told together.
FEW = 5
THIRDS = ("shortest third", "middle third", "longest third")
OTHERS, NOT_GIVEN = "all others", "not given"
_NOTHING = Figure(value=None)


def whole(reviews: Reviews) -> Iterator[Whole]:
    """Every part over all visits."""
    together = reviews.together
    for at, part in enumerate(RATED):
        rated, scored = ~np.isnan(together[:, at]), ~np.isnan(reviews.tool[:, at])
        both = np.flatnonzero(rated & scored)
        ends = [getattr(reviews.visits[n].report.scores, part) for n in both]
        within = [each.low <= together[n, at] <= each.high for n, each in zip(both, ends, strict=True)]
        yield Whole(
            part=part,
            reviewers=_mean(reviews, together[:, at], np.flatnonzero(rated)),
            tool=_mean(reviews, reviews.tool[:, at], np.flatnonzero(scored)),
            within=reviews.weighing.figure(mean_of(np.array(within, float)), both),
        )


def tool_agreement(reviews: Reviews) -> Iterator[Agreement]:
    """The tool with the reviewers' mean rating, and with each reviewer where there are several."""
    for at, part in enumerate(RATED):
        yield _pair(reviews, part, (TOOL, reviews.tool[:, at]), (TOGETHER, reviews.together[:, at]))
        if len(reviews.reviewers) > 1:
            for who, name in enumerate(reviews.reviewers):
                yield _pair(reviews, part, (TOOL, reviews.tool[:, at]), (name, reviews.ratings[:, who, at]))


def among_reviewers(reviews: Reviews) -> Iterator[Agreement]:
    """Every pair of reviewers, and, where there are more than two, all of them."""
    for at, part in enumerate(RATED):
        for one, other in combinations(range(len(reviews.reviewers)), 2):
            a, b = ((reviews.reviewers[who], reviews.ratings[:, who, at]) for who in (one, other))
            yield _pair(reviews, part, a, b)
        if len(reviews.reviewers) > 2:
            yield _all(reviews, part, reviews.ratings[:, :, at])


def code_figures(reviews: Reviews) -> Iterator[CodeFigures]:
    """Precision and recall of all codes together, of the families, and of each code."""
    named: dict[str, tuple[str, ...]] = {"all": CODE_NAMES}
    named |= {family: codes_of(family) for family in FAMILIES}
    named |= {code: (code,) for code in CODE_NAMES}
    for name, codes in named.items():
        decided, right = _decided(reviews, codes)
        stretches, coded, found = _coded_blind(reviews, codes)
        yield CodeFigures(
            code=name,
            decided=int(decided.sum()),
            precision=_ratio(reviews, right, decided),
            coded_blind=stretches,
            recall=_ratio(reviews, found, coded),
        )


def groups(reviews: Reviews, *, providers: bool) -> Iterator[Group]:
    """Tool less reviewers by kind, setting and length, and, where wanted, by provider; in the order of the alphabet."""
    difference = mean_known((reviews.tool - reviews.together)[:, :-1])
    known = np.flatnonzero(~np.isnan(difference))
    rows = [visit.row for visit in reviews.visits]
    labels: dict[Dimension, list[str]] = {
        "kind": [row.kind for row in rows],
        "setting": _few_together([row.setting or NOT_GIVEN for row in rows]),
        "length": _thirds([row.words for row in rows]),
    }
    if providers:
        labels["provider"] = _few_together([row.provider or NOT_GIVEN for row in rows])
    for dimension, label in labels.items():
        present = list(dict.fromkeys(label[n] for n in known))
        ordered = sorted(present, key=lambda name: (name in (OTHERS, NOT_GIVEN), name.casefold()))
        for name in ordered if dimension != "length" else sorted(present, key=THIRDS.index):
            at = known[[label[n] == name for n in known]]
            yield Group(
                dimension=dimension,
                name=name,
                visits=len(at),
                difference=_mean(reviews, difference, at),
                apart=_mean(reviews, np.abs(difference), at),
            )


def _pair(reviews: Reviews, part: str, a: tuple[str, Array], b: tuple[str, Array]) -> Agreement:
    at = np.flatnonzero(~np.isnan(a[1]) & ~np.isnan(b[1]))
    x, y = a[1][at], b[1][at]
    both = np.column_stack([x, y])
    figure = reviews.weighing.figure
    return Agreement(
        a=a[0],
        b=b[0],
        part=part,
        visits=len(at),
        difference=figure(bland_altman(x, y, "difference"), at),
        limit_low=figure(bland_altman(x, y, "low"), at),
        limit_high=figure(bland_altman(x, y, "high"), at),
        apart=figure(mean_of(np.abs(x - y)), at),
        kappa=figure(quadratic_kappa(x, y), at),
        icc_one=figure(icc(both, "one"), at),
        icc_mean=figure(icc(both, "mean"), at),
        alpha_interval=figure(alpha(both, "interval"), at),
        alpha_ordinal=figure(alpha(both, "ordinal"), at),
    )


def _all(reviews: Reviews, part: str, ratings: Array) -> Agreement:
    """All reviewers: alpha over the visits that two or more rated, ICC over those that everyone did."""
    some = np.flatnonzero((~np.isnan(ratings)).sum(axis=1) > 1)
    every = np.flatnonzero(~np.isnan(ratings).any(axis=1))
    figure = reviews.weighing.figure
    return Agreement(
        a=ALL,
        b=ALL,
        part=part,
        visits=len(some),
        difference=_NOTHING,
        limit_low=_NOTHING,
        limit_high=_NOTHING,
        apart=_NOTHING,
        kappa=_NOTHING,
        icc_one=figure(icc(ratings[every], "one"), every),
        icc_mean=figure(icc(ratings[every], "mean"), every),
        alpha_interval=figure(alpha(ratings[some], "interval"), some),
        alpha_ordinal=figure(alpha(ratings[some], "ordinal"), some),
    )


def _decided(reviews: Reviews, codes: Sequence[str]) -> tuple[Array, Array]:
    """Pieces of evidence of some codes that were decided, and accepted, by visit; reviewers who disagree share one."""
    decided, right = np.zeros(len(reviews.visits)), np.zeros(len(reviews.visits))
    for n, visit in enumerate(reviews.visits):
        for index, piece in enumerate(visit.report.evidence):
            votes = [by[index] for by in visit.accepted.values() if index in by]
            if votes and piece.code in codes:
                decided[n] += 1
                right[n] += sum(votes) / len(votes)
    return decided, right


def _coded_blind(reviews: Reviews, codes: Sequence[str]) -> tuple[int, Array, Array]:
    """Stretches coded blind; by visit what they stand for, and what the tool found of that."""
    stretches, coded, found = 0, np.zeros(len(reviews.visits)), np.zeros(len(reviews.visits))
    for n, visit in enumerate(reviews.visits):
        for unit in visit.units:
            pieces = found_in(unit, visit.report)
            for stretch in unit.codes:
                if stretch.code in codes:
                    stretches += 1
                    coded[n] += unit.weight
                    found[n] += unit.weight * any(stretch.meets(piece) for piece in pieces)
    return stretches, coded, found


def _ratio(reviews: Reviews, above: Array, below: Array) -> Figure:
    """Of two sums over visits, those in which there is something to be right or wrong about."""
    at = np.flatnonzero(below)
    return reviews.weighing.figure(ratio_of(above[at], below[at]), at)


def _mean(reviews: Reviews, values: Array, at: NDArray[np.intp]) -> Figure:
    return reviews.weighing.figure(mean_of(values[at]), at)


def _few_together(names: Sequence[str]) -> list[str]:
    return [name if names.count(name) >= FEW or name == NOT_GIVEN else OTHERS for name in names]


def _thirds(words: Sequence[int]) -> list[str]:
    rank = np.argsort(np.argsort(words, kind="stable"), kind="stable")
    return [THIRDS[min(2, int(3 * each / max(1, len(words))))] for each in rank]
