"""Answers for visits that took no part in training -> `Evaluation`: all figures, whole and by group."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..codes import CODE_NAMES, FAMILIES
from ..corpus.gold import GoldVisit
from ..records import PARTS
from .calibration import Calibration
from .evidence import Measured
from .records import (
    Dimension,
    Evaluation,
    Figures,
    MeasuredSet,
    Method,
    Pairs,
    PartFigures,
    Quality,
    Rates,
    Reliability,
    Tenth,
)
from .run import HeldOut
from .table import Row

#: Sets of a cross-validation: visits with a fold of their own, as the public ones, and those drawn into one.
CROSS_VALIDATED, DRAWN = "cross-validated", "cross-validated, drawn into folds"
#: Words for one ``. ? ! …`` above which a visit is unpunctuated; a recogniser's visits have next to none.
WORDS_PER_END = 40
_END = re.compile(r"[.?!…](?=\s|$)")


def summarise(
    held: HeldOut,
    *,
    method: Method,
    model: str | None = None,
    left_out: int = 0,
    card: Mapping[str, Sequence[Row]] | None = None,
) -> Evaluation:
    """Every figure of held-out answers.

    Args:
        held: answers; those of different splits and kinds are measured apart, those of a cross-validation by kind.
        method: how they came about.
        model: the finished model's name.
        left_out: visits that were not scored because the model has seen them.
        card: tables of the model card over the same answers.
    """
    crossed = method != "finished_model"
    parts = {split: held.of_split(split) for split in sorted({gold.split for gold in held.golds})}
    if crossed:
        parts = {
            CROSS_VALIDATED: held.where(lambda gold: gold.fold is not None),
            DRAWN: held.where(lambda gold: gold.fold is None),
        }
    sets = []
    for split, part in parts.items():
        names = not crossed and split != "train"
        for kind in ("transcript", "note"):
            at = [n for n, gold in enumerate(part.golds) if gold.kind == kind]
            if at:
                groups = {
                    dimension: {name: figures(part, own, names=names) for name, own in by.items()}
                    for dimension, by in groups_of(part.golds, at).items()
                }
                whole = figures(part, at, names=names)
                sets.append(MeasuredSet(name=split, kind=kind, whole=whole, groups=groups))
    return Evaluation(
        model=model,
        method=method,
        left_out=left_out,
        sets=tuple(sets),
        card={title: tuple(rows) for title, rows in (card or {}).items()},
    )


def groups_of(golds: Sequence[GoldVisit], at: Sequence[int]) -> dict[Dimension, dict[str, list[int]]]:
    """Places of visits by source, discipline, length (thirds by words) and punctuation; no group is empty.

    Args:
        golds: visits.
        at: places of those to group.
    """
    words = {n: _words(golds[n]) for n in at}
    ranked = sorted(at, key=lambda n: (words[n], golds[n].visit.visit_id))
    thirds = dict(zip(("short", "middle", "long"), np.array_split(ranked, 3), strict=True))
    third_of = {int(n): name for name, own in thirds.items() for n in own}
    labels: dict[Dimension, dict[int, str]] = {
        "source": {n: golds[n].source for n in at},
        "discipline": {n: golds[n].discipline or "not given" for n in at},
        "length": {n: third_of[n] for n in ranked},
        "punctuation": {n: "punctuated" if is_punctuated(golds[n]) else "unpunctuated" for n in at},
    }
    groups: dict[Dimension, dict[str, list[int]]] = {}
    for dimension, label in labels.items():
        names = list(dict.fromkeys(label.values())) if dimension == "length" else sorted(set(label.values()))
        groups[dimension] = {name: [n for n in at if label[n] == name] for name in names}
    return groups


def is_punctuated(gold: GoldVisit) -> bool:
    """Whether sentences end in a mark at least once in `WORDS_PER_END` words."""
    ends = sum(len(_END.findall(text)) for text in _texts(gold))
    return ends * WORDS_PER_END >= _words(gold)


def figures(held: HeldOut, at: Sequence[int], *, names: bool = True) -> Figures:
    """Figures of some visits of one kind.

    Args:
        held: answers.
        at: places of the visits.
        names: whether what was found of names may be counted.
    """
    golds = [held.golds[n] for n in at]
    found = held.figures_of(at)
    evidence, ratings, strong = found["evidence"], found["ratings"], found["strong"]
    words = [_words(gold) for gold in golds]
    with_roster, without_roster = _rates(evidence["names"]), _rates(found["names_without_roster"])
    return Figures(
        visits=len(golds),
        coded=sum(gold.coded for gold in golds),
        rated=ratings.get("visits", 0),
        fewest_words=min(words),
        most_words=max(words),
        abstained=ratings.get("abstained"),
        families={family: _rates(evidence[family]) for family in FAMILIES},
        codes={code: _rates(evidence[code]) for code in CODE_NAMES},
        names={"with_roster": with_roster, "without_roster": without_roster} if names else None,
        ratings={part: _part(ratings[part]) for part in PARTS} if ratings else {},
        quality=Quality(**_clean(found["quality"])) if found["quality"] else None,
        pairs=_pairs(found["pairs"]),
        codes_reliability={code: _reliability(each) for code, each in found["codes"].items()},
        p_strong_reliability=_reliability(strong["calibration"]) if strong else None,
        p_strong_brier_of_share=strong["brier_of_share"] if strong else None,
    )


def _texts(gold: GoldVisit) -> list[str]:
    return [turn.text for turn in gold.visit.turns] or [gold.visit.text or ""]


def _words(gold: GoldVisit) -> int:
    return sum(len(text.split()) for text in _texts(gold))


def _clean(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures with None for nan."""
    return {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in figures.items()}


def _rates(measured: Measured) -> Rates:
    return Rates(**_clean(measured._asdict()))


def _part(figures: Mapping[str, Any]) -> PartFigures:
    rank = figures["spearman"]
    intervals = ("coverage", "coverage_low", "coverage_high", "width", "constant_width")
    return PartFigures(
        **_clean({"spearman": rank["rho"], "spearman_low": rank["low"], "spearman_high": rank["high"]}),
        **_clean({"mae": figures["mae"], **{key: figures.get(key) for key in intervals}}),
    )


def _reliability(measured: Calibration) -> Reliability:
    tenths = tuple(Tenth(said=said, share=share, count=count) for said, share, count in measured.bins)
    return Reliability(**_clean({"brier": measured.brier, "ece": measured.ece}), tenths=tenths)


def _pairs(pairs: Sequence[Mapping[str, Any]]) -> Pairs | None:
    falls = [pair["fall"] for pair in pairs if pair["expected"]]
    others = [abs(pair["fall"]) for pair in pairs if not pair["expected"]]
    if not falls:
        return None
    return Pairs(
        lowered=len(falls),
        right=sum(fall > 0 for fall in falls),
        mean_fall=float(np.mean(falls)),
        mean_other=float(np.mean(others)) if others else None,
    )
