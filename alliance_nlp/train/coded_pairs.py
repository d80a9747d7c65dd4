"""Coded pairs as the comparison learns from them: the coder's answers of both texts out of fold."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ..concord.compare import sides
from ..concord.units import Side, note_side, said_side
from ..corpus.gold import GoldVisit
from ..corpus.pairs import GoldItem, GoldPair
from ..model import AllianceModel
from .coder import fit_coder, raise_by_rules
from .encoder import EncoderFit
from .fit import inner_folds, names_pipeline, prepare

N_FOLDS = 6
_Answers = tuple[list[tuple[int, int, int]], NDArray[np.float64]]


class CodedPair(NamedTuple):
    """A pair as it is learnt from: its two sides (coder's answers out of fold), its gold, and its fold."""

    note: Side
    said: Side
    items: tuple[GoldItem, ...]
    fold: int


def coded_pairs(
    pairs: Sequence[GoldPair],
    golds: Sequence[GoldVisit],
    model: AllianceModel,
    encoders: EncoderFit | None = None,
) -> list[CodedPair]:
    """Pairs with out-of-fold answers of a coder that is trained anew, which takes minutes.

    Args:
        pairs: training pairs.
        golds: every gold visit the coder learns from.
        model: answers for the notes that nobody coded, which it has not learnt from.
        encoders: those of the training visits, where the model has one.
    """
    answers: dict[str, _Answers] = {}
    for kind in ("note", "transcript"):
        visits = [gold for gold in golds if gold.kind == kind and gold.split == "train" and gold.coded]
        prepared = prepare(visits, names_pipeline())
        with threadpool_limits(1):
            fit = fit_coder(prepared, inner_folds(visits), encoded=encoders and encoders.log_odds)
        for each, p in zip(prepared, fit.out_of_fold, strict=True):
            answers[each.visit.visit.visit_id] = (each.stretches, raise_by_rules(each, p, fit.weights))
    order = sorted(pairs, key=lambda pair: (pair.split, hashlib.sha256(pair.visit.visit_id.encode()).hexdigest()))
    fold = {pair.visit.visit_id: number % N_FOLDS for number, pair in enumerate(order)}
    return [_coded(pair, answers, model, fold[pair.visit.visit_id]) for pair in pairs]


def _coded(pair: GoldPair, answers: dict[str, _Answers], model: AllianceModel, fold: int) -> CodedPair:
    said, note = sides(pair.visit, pair.note, model)
    if pair.visit.visit_id in answers:
        turns = pair.visit.turns
        said = said_side([turn.text for turn in turns], [turn.role for turn in turns], *answers[pair.visit.visit_id])
    if pair.note.visit_id in answers:
        stretches, p = answers[pair.note.visit_id]
        note = note_side(pair.note.text or "", [(start, end) for _, start, end in stretches], p)
    return CodedPair(note, said, pair.items, fold)
