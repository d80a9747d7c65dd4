"""From which probability an item of each kind and status is reported: the cuts with the best F1 out of fold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..concord.features import KINDS, N_KINDS
from ..concord.match import Answers, find_matches
from ..evaluate.concordance import STATUSES, tally
from .coded_pairs import CodedPair

#: Nothing is reported that is likelier wrong than four times in five.
_GRID = (0.2, 0.25, 0.3, 0.36, 0.43, 0.5, 0.6, 0.7, 0.8)
_FOUND_GRID = (0.4, 0.6, 0.7, 0.8, 0.85, 0.9)
_SMOOTH = np.array([0.25, 0.5, 0.25])


def choose_cuts(pairs: Sequence[CodedPair], answers: Sequence[Answers]) -> dict[str, tuple[float, ...]]:
    """The cuts with the best F1, one kind after the other; from where a clause counts as said, for both statuses."""
    cuts = {status: [0.3] * N_KINDS for status in (*STATUSES, "found")}
    for kind in range(N_KINDS):
        trials = []
        for said in _FOUND_GRID:
            cuts["found"][kind] = said
            of_status = {status: _best_cut(pairs, answers, cuts, kind, status) for status in ("both", "note_only")}
            right, wrong = (sum(each[n] for each in of_status.values()) for n in (1, 2))
            trials.append((2 * right / max(1, wrong), -said, {status: each[0] for status, each in of_status.items()}))
        _, said, own = max(trials, key=lambda trial: trial[:2])
        cuts["found"][kind] = -said
        for status, cut in own.items():
            cuts[status][kind] = cut
        cuts["said_only"][kind] = _best_cut(pairs, answers, cuts, kind, "said_only")[0]
    return {status: tuple(each) for status, each in cuts.items()}


def _best_cut(
    pairs: Sequence[CodedPair], answers: Sequence[Answers], cuts: dict[str, list[float]], kind: int, status: str
) -> tuple[float, int, int]:
    """The cut with the best smoothed F1 of one kind and status, items rightly found with it, and found plus gold."""
    counts = []
    for cut in _GRID:
        own = {name: tuple(each) for name, each in cuts.items()}
        own[status] = (*own[status][:kind], cut, *own[status][kind + 1 :])
        counts.append(_count(pairs, answers, own, (KINDS[kind], status)))
    scores = [2 * right / max(1, total) for right, total in counts]
    best = int(np.convolve([scores[0], *scores, scores[-1]], _SMOOTH, "valid").argmax())
    return _GRID[best], *counts[best]


def _count(
    pairs: Sequence[CodedPair], answers: Sequence[Answers], cuts: dict[str, tuple[float, ...]], key: tuple[str, str]
) -> tuple[int, int]:
    tallies = [
        tally(each.note, each.said, find_matches(each.note, each.said, own, cuts), each.items)
        for each, own in zip(pairs, answers, strict=True)
    ]
    right, found, gold = (sum(counter[key] for counter in counters) for counters in zip(*tallies, strict=True))
    return right, found + gold
