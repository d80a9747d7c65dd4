"""How well notes are compared with their transcripts: precision, recall and F1 by kind and status.

A found item is right where an item of the gold has its kind and status and its places overlap one of the gold's, on
both sides for `both`; each gold item counts once, the surest found item first. Intervals are bootstrap ones over pairs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..concord.compare import rarity_of, sides
from ..concord.features import KINDS, N_KINDS, note_features, said_features
from ..concord.likeness import compare_units
from ..concord.match import Match, answer, find_matches
from ..concord.units import Side
from ..concord.weights import Weights, default_weights
from ..corpus.pairs import GoldItem, GoldPair
from ..model import AllianceModel

Array = NDArray[np.float64]
STATUSES = ("both", "said_only", "note_only")
_DRAWS, _SEED = 1000, 20240
#: Of the word-overlap baseline: how likely an item must be, and the share of words in common that makes a match.
BASELINE_ITEM, BASELINE_SHARED = 0.4, 0.12


class Tally(NamedTuple):
    """Items of one pair, by kind and status: rightly found, found, in the gold."""

    right: Counter[tuple[str, str]]
    found: Counter[tuple[str, str]]
    gold: Counter[tuple[str, str]]


class ConcordanceRow(NamedTuple):
    """One line of figures; ``low`` and ``high`` are the 95 % interval of F1."""

    kind: str
    status: str
    right: int
    found: int
    gold: int
    precision: float
    recall: float
    f1: float
    low: float
    high: float


def tally(note: Side, said: Side, matches: Iterable[Match], items: Sequence[GoldItem]) -> Tally:
    """Compare what was found in a pair with its gold."""
    right: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    used: set[int] = set()
    for match in sorted(matches, key=lambda each: -each.p):
        key = (KINDS[match.kind], match.status)
        found[key] += 1
        for index, item in enumerate(items):
            if index not in used and (item.kind, item.status) == key and _overlaps(match, item, note, said):
                used.add(index)
                right[key] += 1
                break
    gold = Counter((item.kind, item.status) for item in items if item.kind in KINDS)
    return Tally(right, found, gold)


def measure_pairs(pairs: Sequence[GoldPair], model: AllianceModel, weights: Weights | None = None) -> list[Tally]:
    """Tally of each pair by the package's own comparison."""
    weights = default_weights() if weights is None else weights
    rarity = rarity_of(model)
    out = []
    for pair in pairs:
        said, note = sides(pair.visit, pair.note, model)
        matches = find_matches(note, said, answer(note, said, rarity, weights), weights.cuts)
        out.append(tally(note, said, matches, pair.items))
    return out


def measure_baseline(pairs: Sequence[GoldPair], model: AllianceModel) -> list[Tally]:
    """Tally of each pair where the same items are matched by words in common alone."""
    weights, rarity = default_weights(), rarity_of(model)
    out = []
    for pair in pairs:
        said, note = sides(pair.visit, pair.note, model)
        p_said = weights.said.of_kinds([said_features(said)] * N_KINDS)
        p_note = weights.note.of_kinds([note_features(note)] * N_KINDS)
        words = compare_units(note.units, said.units, rarity).words
        out.append(tally(note, said, by_words(words, p_note, p_said), pair.items))
    return out


def by_words(
    words: Array, p_note: Array, p_said: Array, item: float = BASELINE_ITEM, shared: float = BASELINE_SHARED
) -> list[Match]:
    """The baseline: a clause and a sentence are the same where they share enough of their words.

    Args:
        words: (clauses, sentences), share of words in common.
        p_note: (clauses, kinds), whether each is an item.
        p_said: (sentences, kinds), likewise.
        item: from which probability on something is an item.
        shared: from which share on two are the same.
    """
    if not words.size:
        return []
    found: list[Match] = []
    for clause, row in enumerate(p_note):
        kind = int(row.argmax())
        if row[kind] >= item:
            sentence = int(words[clause].argmax())
            same = words[clause, sentence] >= shared
            found.append(
                Match(kind, "both" if same else "note_only", sentence if same else None, clause, float(row[kind]))
            )
    for sentence, row in enumerate(p_said):
        kind = int(row.argmax())
        if row[kind] >= item and words[:, sentence].max() < shared:
            found.append(Match(kind, "said_only", sentence, None, float(row[kind])))
    return found


def figures(tallies: Sequence[Tally]) -> list[ConcordanceRow]:
    """Figures by kind and status, then of all kinds by status; ``nan`` where neither side has an item.

    >>> one = Tally(Counter({("goal", "both"): 1}), Counter({("goal", "both"): 2}), Counter({("goal", "both"): 1}))
    >>> round(figures([one])[0].f1, 2)
    0.67
    """
    rows = []
    draws = np.random.default_rng(_SEED).integers(0, max(1, len(tallies)), (_DRAWS, len(tallies)))
    for kinds in (*((kind,) for kind in KINDS), KINDS):
        for status in STATUSES:
            counts = np.array(
                [
                    [sum(counter[kind, status] for kind in kinds) for counter in (each.right, each.found, each.gold)]
                    for each in tallies
                ],
                np.float64,
            ).reshape(-1, 3)
            right, found, gold = counts.sum(axis=0).tolist()
            resampled = counts[draws].sum(axis=1) if len(tallies) else np.zeros((1, 3))
            totals = resampled[:, 1] + resampled[:, 2]
            spread = (2 * resampled[:, 0] / np.maximum(1, totals))[totals > 0]
            low, high = np.quantile(spread, (0.025, 0.975)).tolist() if len(spread) else (float("nan"),) * 2
            rows.append(
                ConcordanceRow(
                    kinds[0] if len(kinds) == 1 else "all",
                    status,
                    int(right),
                    int(found),
                    int(gold),
                    right / found if found else float("nan"),
                    right / gold if gold else float("nan"),
                    2 * right / (found + gold) if found + gold else float("nan"),
                    low,
                    high,
                )
            )
    return rows


def as_markdown(rows: Sequence[ConcordanceRow], baseline: Sequence[ConcordanceRow]) -> str:
    """The figures as a table, the baseline's F1 in the last column."""
    lines = ["| kind | status | right / found / gold | P | R | F1 [95 %] | word overlap F1 |", "|" + " --- |" * 7]
    for row, plain in zip(rows, baseline, strict=True):
        if row.found or row.gold:
            lines.append(
                f"| `{row.kind}` | {row.status} | {row.right} / {row.found} / {row.gold} | {_two(row.precision)} "
                f"| {_two(row.recall)} | {_two(row.f1)} [{_two(row.low)}, {_two(row.high)}] | {_two(plain.f1)} |"
            )
    return "\n".join(lines)


def _two(value: float) -> str:
    return "-" if value != value else f"{value:.2f}"


def _overlaps(match: Match, item: GoldItem, note: Side, said: Side) -> bool:
    if match.said is not None:
        unit = said.units[match.said]
        if not any(turn == unit.turn and min(unit.end, end) > max(unit.start, start) for turn, start, end in item.said):
            return False
    if match.note is not None:
        clause = note.units[match.note]
        return any(min(clause.end, end) > max(clause.start, start) for start, end in item.note)
    return True
