"""Coded pairs of notes and transcripts -> the weights of `alliance_nlp.concord`.

Six small logistic regressions, each on out-of-fold answers of the one before. The coder's probabilities must be out of
fold too, for it was trained on the same visits. Cuts are chosen for F1 on out-of-fold answers, smoothed over the grid.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ..concord.features import (
    ITEM_SLOPES,
    KINDS,
    LINK_SLOPES,
    N_KINDS,
    found_features,
    item_features,
    link_features,
    note_features,
    said_features,
    told_features,
    with_kind,
)
from ..concord.likeness import among, compare_units
from ..concord.match import Answers, find_matches
from ..concord.weights import Linear, Weights
from ..evaluate.concordance import Tally, by_words, tally
from .coded_pairs import CodedPair
from .concord_cuts import choose_cuts

Array = NDArray[np.float64]
_C_UNITS, _C_LINK, _C_STATUS = 0.3, 1.0, 0.3
_ITEM_GRID, _SHARED_GRID = (0.2, 0.3, 0.4, 0.5), (0.05, 0.08, 0.12, 0.16, 0.2, 0.25)


@dataclass
class _Seen:
    """What is known of a pair so far; the answers of each step are added out of fold."""

    pair: CodedPair
    said: Array
    note: Array
    measures: Array
    words: Array
    links: Array
    again: Array
    gold_said: NDArray[np.bool_]
    gold_note: NDArray[np.bool_]
    gold_link: NDArray[np.bool_]
    gold_said_only: NDArray[np.bool_]
    gold_note_only: NDArray[np.bool_]
    p: dict[str, Array] = field(default_factory=dict)


def fit_concord(pairs: Sequence[CodedPair], rarity: Callable[[str], float]) -> Weights:
    """Fit weights and cuts on coded pairs.

    Args:
        pairs: the training pairs.
        rarity: weight of a word, as scoring will use it.
    """
    seen = [_see(pair, rarity) for pair in pairs]
    weights, answers = _fit(seen, [each.pair.fold for each in seen])
    return weights._replace(cuts=choose_cuts([each.pair for each in seen], answers))


def cross_validate_concord(
    pairs: Sequence[CodedPair], rarity: Callable[[str], float]
) -> tuple[list[Tally], list[Tally]]:
    """Tally of every pair by weights and cuts fitted without its fold, and that of the word-overlap baseline."""
    seen = [_see(pair, rarity) for pair in pairs]
    out: dict[int, Tally] = {}
    plain: dict[int, Tally] = {}
    for fold in sorted({pair.fold for pair in pairs}):
        rest = [replace(each, p={}) for each in seen if each.pair.fold != fold]
        weights, answers = _fit(rest, [each.pair.fold for each in rest])
        cuts = choose_cuts([each.pair for each in rest], answers)
        item, shared = max(itertools.product(_ITEM_GRID, _SHARED_GRID), key=lambda own: _plain_f1(rest, *own))
        for at, held in enumerate(seen):
            if held.pair.fold == fold:
                each = replace(held, p={})
                found = find_matches(each.pair.note, each.pair.said, _answers(each, weights), cuts)
                out[at] = tally(each.pair.note, each.pair.said, found, each.pair.items)
                plain[at] = _plain(each, item, shared)
    return [out[at] for at in range(len(seen))], [plain[at] for at in range(len(seen))]


def _plain(each: _Seen, item: float, shared: float) -> Tally:
    found = by_words(each.words, each.p["note"], each.p["said"], item, shared)
    return tally(each.pair.note, each.pair.said, found, each.pair.items)


def _plain_f1(seen: list[_Seen], item: float, shared: float) -> float:
    tallies = [_plain(each, item, shared) for each in seen]
    right, found, gold = (sum(sum(counter.values()) for counter in counters) for counters in zip(*tallies, strict=True))
    return 2 * right / max(1, found + gold)


def _see(pair: CodedPair, rarity: Callable[[str], float]) -> _Seen:
    note, said = pair.note, pair.said
    measures, words = compare_units(note.units, said.units, rarity)
    gold_said, gold_note = np.zeros((len(said), N_KINDS), bool), np.zeros((len(note), N_KINDS), bool)
    said_only, note_only = gold_said.copy(), gold_note.copy()
    link = np.zeros((len(note), len(said), N_KINDS), bool)
    for item in pair.items:
        if item.kind not in KINDS:
            continue
        kind = KINDS.index(item.kind)
        at_said = [
            i
            for i, unit in enumerate(said.units)
            if any(_half((unit.start, unit.end), place[1:]) for place in item.said if place[0] == unit.turn)
        ]
        at_note = [i for i, unit in enumerate(note.units) if any(_half((unit.start, unit.end), p) for p in item.note)]
        gold_said[at_said, kind] = gold_note[at_note, kind] = True
        if item.status == "both":
            link[np.ix_(at_note, at_said, [kind])] = True
        elif item.status == "said_only":
            said_only[at_said, kind] = True
        else:
            note_only[at_note, kind] = True
    return _Seen(
        pair,
        said_features(said),
        note_features(note),
        measures,
        words,
        link_features(note, said, measures),
        among(said.units, rarity),
        gold_said,
        gold_note,
        link,
        said_only,
        note_only,
    )


def _fit(seen: list[_Seen], folds: list[int]) -> tuple[Weights, list[Answers]]:
    """Weights of every step, and the last step's out-of-fold answers."""
    said, note = (_fit_side(seen, folds, side) for side in ("said", "note"))
    link = _out_of_fold(seen, folds, "links", _fit_links, _apply_links)
    item = _pooled_fold(seen, folds, "item", [_items(each) for each in seen], ITEM_SLOPES, _all, lambda e: e.gold_note)
    found = _pooled_fold(
        seen,
        folds,
        "found",
        [found_features(e.p["links"], e.measures) for e in seen],
        (),
        lambda e: e.gold_note,
        lambda e: ~e.gold_note_only,
    )
    told = _pooled_fold(
        seen,
        folds,
        "told",
        [told_features(e.p["links"], e.p["item"], e.measures, e.again) for e in seen],
        (),
        lambda e: e.gold_said,
        lambda e: ~e.gold_said_only,
    )
    return Weights(said, note, link, item, found, told, {}), [_together(each) for each in seen]


def _answers(each: _Seen, weights: Weights) -> Answers:
    """As `concord.match.answer`, for a pair whose features are at hand."""
    each.p["said"] = weights.said.of_kinds([each.said] * N_KINDS)
    each.p["note"] = weights.note.of_kinds([each.note] * N_KINDS)
    each.p["links"] = _apply_links(each, weights.link)
    each.p["item"] = weights.item.of_kinds(_items(each))
    each.p["found"] = weights.found.of_kinds(found_features(each.p["links"], each.measures))
    each.p["told"] = weights.told.of_kinds(told_features(each.p["links"], each.p["item"], each.measures, each.again))
    return _together(each)


def _together(each: _Seen) -> Answers:
    p = each.p
    return Answers(p["links"], p["item"], p["found"], p["said"] * (1 - p["told"]), each.again)


def _items(each: _Seen) -> list[Array]:
    return item_features(each.p["note"], each.p["said"], each.p["links"], each.measures)


def _all(each: _Seen) -> NDArray[np.bool_]:
    return np.ones_like(each.gold_note)


def _fit_side(seen: list[_Seen], folds: list[int], side: str) -> Linear:
    """Which units of one side, ``said`` or ``note``, are items, by kind."""

    def fit(some: list[_Seen]) -> Linear:
        gold = np.vstack([getattr(each, f"gold_{side}") for each in some])
        return _by_kind(np.vstack([getattr(each, side) for each in some]), gold)

    return _out_of_fold(seen, folds, side, fit, lambda each, model: model.of_kinds([getattr(each, side)] * N_KINDS))


def _out_of_fold(
    seen: list[_Seen],
    folds: list[int],
    name: str,
    fit: Callable[[list[_Seen]], Linear],
    apply: Callable[[_Seen, Linear], Array],
) -> Linear:
    """Fit on all; give every pair the answers of a fit without its fold."""
    for fold in sorted(set(folds)):
        model = fit([each for each, own in zip(seen, folds, strict=True) if own != fold])
        for each, own in zip(seen, folds, strict=True):
            if own == fold:
                each.p[name] = apply(each, model)
    return fit(seen)


def _pooled_fold(
    seen: list[_Seen],
    folds: list[int],
    name: str,
    rows: list[list[Array]],
    slopes: Sequence[int],
    among_: Callable[[_Seen], NDArray[np.bool_]],
    gold: Callable[[_Seen], NDArray[np.bool_]],
) -> Linear:
    """Out-of-fold answers of one regression for all kinds, learnt from the units that ``among_`` names."""
    own_rows = {id(each): own for each, own in zip(seen, rows, strict=True)}

    def fit(some: list[_Seen]) -> Linear:
        blocks = []
        for kind in range(N_KINDS):
            for each in some:
                taken = among_(each)[:, kind]
                blocks.append((kind, own_rows[id(each)][kind][taken], gold(each)[taken, kind]))
        return _pooled(blocks, slopes, _C_STATUS)

    return _out_of_fold(seen, folds, name, fit, lambda each, model: model.of_kinds(own_rows[id(each)]))


def _fit_links(some: list[_Seen]) -> Linear:
    return _pooled(list(_link_blocks(some)), LINK_SLOPES, _C_LINK)


def _link_blocks(some: list[_Seen]) -> Iterator[tuple[int, Array, NDArray[np.bool_]]]:
    """Every clause that is an item beside every sentence."""
    for kind in range(N_KINDS):
        for each in some:
            at = np.flatnonzero(each.gold_note[:, kind])
            if len(at):
                rows = with_kind(each.links[at], each.p["said"][:, kind])
                yield kind, rows.reshape(-1, rows.shape[-1]), each.gold_link[at][:, :, kind].ravel()


def _apply_links(each: _Seen, model: Linear) -> Array:
    return np.stack(
        [model.of_kind(kind, with_kind(each.links, each.p["said"][:, kind])) for kind in range(N_KINDS)], axis=-1
    )


def _by_kind(rows: Array, gold: NDArray[np.bool_]) -> Linear:
    """One regression a kind."""
    fits = [_regression(rows, gold[:, kind], _C_UNITS) for kind in range(N_KINDS)]
    return Linear(np.stack([coef for coef, _ in fits]), np.array([bias for _, bias in fits]))


def _pooled(blocks: list[tuple[int, Array, NDArray[np.bool_]]], slopes: Sequence[int], c: float) -> Linear:
    """One regression for all kinds, which differ in the bias and in the weight of a few columns."""
    width, wide = blocks[0][1].shape[1], len(slopes)
    rows = []
    for kind, block, _ in blocks:
        own = np.zeros((len(block), N_KINDS * (1 + wide)))
        own[:, kind] = 1
        own[:, N_KINDS + kind * wide : N_KINDS + (kind + 1) * wide] = block[:, list(slopes)]
        rows.append(np.hstack([block, own]))
    coef, bias = _regression(np.vstack(rows), np.concatenate([gold for _, _, gold in blocks]), c)
    whole = np.repeat(coef[None, :width], N_KINDS, axis=0)
    for kind in range(N_KINDS):
        whole[kind, list(slopes)] += coef[width + N_KINDS + kind * wide : width + N_KINDS + (kind + 1) * wide]
    return Linear(whole, bias + coef[width : width + N_KINDS])


def _regression(rows: Array, gold: NDArray[np.bool_], c: float) -> tuple[Array, float]:
    fitted = LogisticRegression(C=c, max_iter=400).fit(rows, gold)
    return fitted.coef_[0], float(fitted.intercept_[0])


def _half(a: tuple[int, int], b: tuple[int, ...]) -> bool:
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return shared > 0 and (2 * shared >= a[1] - a[0] or 2 * shared >= b[1] - b[0])
