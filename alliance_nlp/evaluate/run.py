"""The two evaluations: re-trained in every fold (``cross_validate``), and of a finished model (``evaluate_model``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from ..annotate.coder import AllianceCoder
from ..annotate.contexts import models_from
from ..codes import CODE_NAMES
from ..corpus.added import SOURCE as ADDED
from ..corpus.gold import GoldVisit
from ..model import AllianceModel
from ..parse import parse_visit
from ..records import Part, VisitReport
from ..train.encoder import EncoderFit
from ..train.fit import N_FOLDS, fit_model, inner_folds, names_pipeline, prepare
from ..train.names import fit_contexts_of
from ..train.sentences import Prepared
from .calibration import measure_codes
from .evidence import measure_evidence
from .ratings import measure_pairs, measure_quality, measure_ratings, measure_strong, training_means
from .speed import measure_memory, measure_speed, measure_start
from .swap import WORD_NAMES, largest_change

SWAPPED, TIMED = 40, 60
NO_P = np.zeros((0, len(CODE_NAMES)))
Answers = dict[str, VisitReport]


class HeldOut:
    """Answers for visits that took no part in training, with all that the figures need of them."""

    def __init__(self) -> None:
        self.golds: list[GoldVisit] = []
        self.reports: Answers = {}
        self.nameless: Answers = {}
        self.means: dict[str, dict[Part, float]] = {}
        self.p: list[NDArray[np.float64]] = []
        self.gold: list[NDArray[np.bool_]] = []

    def add(self, model: AllianceModel, visits: Sequence[Prepared], means: Mapping[str, Mapping[Part, float]]) -> None:
        """Score visits with a model that has not seen them; ``means`` are the training means by kind."""
        coder = model.nlp.get_pipe("alliance_coder")
        for each in visits:
            visit = each.visit.visit
            self.golds.append(each.visit)
            self.reports[visit.visit_id] = model.score(visit)
            if visit.patient:
                self.nameless[visit.visit_id] = model.score(visit.model_copy(update={"patient": None}))
            else:
                self.nameless[visit.visit_id] = self.reports[visit.visit_id]
            self.means[visit.visit_id] = dict(means[visit.kind])
            if isinstance(coder, AllianceCoder):
                doc = coder(model.nlp.get_pipe("alliance_names")(parse_visit(visit, model.nlp)))
                self.p.append(np.asarray(doc._.alliance_visit["p"]))
                self.gold.append(each.gold)

    def join(self, other: HeldOut) -> None:
        """Take the answers of another fold too."""
        self.golds += other.golds
        self.p += other.p
        self.gold += other.gold
        self.reports |= other.reports
        self.nameless |= other.nameless
        self.means |= other.means

    def figures(self) -> dict[str, Any]:
        """Every figure of these visits, transcripts and notes apart."""
        out: dict[str, Any] = {}
        for kind in ("transcript", "note"):
            at = [n for n, gold in enumerate(self.golds) if gold.kind == kind]
            if at:
                out[kind] = self.figures_of(at)
        return out

    def figures_of(self, at: Sequence[int]) -> dict[str, Any]:
        """Every figure of some of these visits, told by their places; codes and names count on coded visits alone."""
        golds = [self.golds[n] for n in at]
        coded = [gold for gold in golds if gold.coded]
        rated = [gold for gold in golds if gold.ratings]
        p = [self.p[n] for n in at if self.golds[n].coded]
        gold = [self.gold[n] for n in at if self.golds[n].coded]
        return {
            "evidence": measure_evidence(coded, self.reports),
            "names_without_roster": measure_evidence(coded, self.nameless)["names"],
            "ratings": measure_ratings(rated, self.reports, self.means) if rated else {},
            "strong": measure_strong(rated, self.reports),
            "quality": measure_quality(golds, self.reports),
            "pairs": measure_pairs(golds, self.reports),
            "codes": measure_codes(np.concatenate([*p, NO_P]), np.concatenate([*gold, NO_P > 0])),
        }

    def of_split(self, split: str) -> HeldOut:
        """The part of these answers that belongs to visits of one split."""
        return self.where(lambda gold: gold.split == split)

    def where(self, holds: Callable[[GoldVisit], bool]) -> HeldOut:
        """The part of these answers that belongs to visits of which something holds."""
        part = HeldOut()
        part.reports, part.nameless, part.means = self.reports, self.nameless, self.means
        for gold, p, right in zip(self.golds, self.p, self.gold, strict=True):
            if holds(gold):
                part.golds.append(gold)
                part.p.append(p)
                part.gold.append(right)
        return part


def cross_validate(
    golds: Sequence[GoldVisit],
    *,
    strict: bool = False,
    encoders: EncoderFit | None = None,
    jobs: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> HeldOut:
    """Train anew in each of the five folds on the visits outside it, and score those inside.

    Args:
        golds: gold visits; those of no fold are drawn into one by their group, but those a clinic added are in every
            training, and those of another split than train in none.
        strict: take the folds that keep AnnoMI's producers apart.
        encoders: those of these very folds, where the model is to have one; they are not trained anew.
        jobs: folds at a time; the answers do not depend on it.
        tell: gets a line of progress.
    """
    tell("finding names in all visits")
    prepared = prepare([gold for gold in golds if gold.split == "train"], names_pipeline())
    drawn = inner_folds([each.visit for each in prepared], strict=strict).tolist()
    fold = [None if each.visit.source == ADDED else k for each, k in zip(prepared, drawn, strict=True)]
    tell(f"training in {N_FOLDS} folds")
    held = HeldOut()
    done = Parallel(n_jobs=jobs)(delayed(_one_fold)(prepared, fold, k, strict, encoders) for k in range(N_FOLDS))
    for answers in done:
        held.join(answers)
    return held


def _one_fold(
    prepared: list[Prepared],
    fold: list[int | None],
    outer: int,
    strict: bool,
    encoders: EncoderFit | None,
) -> HeldOut:
    inside = [each for each, k in zip(prepared, fold, strict=True) if k == outer]
    outside = [each for each, k in zip(prepared, fold, strict=True) if k != outer]
    model = fit_model(
        outside,
        inner_folds([each.visit for each in outside], outer, strict=strict),
        encoder=encoders and encoders.by_fold.get(outer, encoders.whole),
        encoded=encoders and encoders.log_odds,
    )
    held = HeldOut()
    if inside:
        with models_from(fit_contexts_of(each.visit for each in outside)):
            held.add(model, inside, means_by_kind([each.visit for each in outside]))
    return held


def means_by_kind(golds: Sequence[GoldVisit]) -> dict[str, dict[Part, float]]:
    """Mean ratings of the training visits of each kind; the middle of the scale where a kind has none."""
    means: dict[str, dict[Part, float]] = {}
    for kind in ("transcript", "note"):
        rated = [gold for gold in golds if gold.kind == kind and gold.ratings]
        means[kind] = training_means(rated) if rated else {"goal": 3.0, "task": 3.0, "bond": 3.0}
    return means


def evaluate_model(model: AllianceModel, golds: Sequence[GoldVisit]) -> tuple[HeldOut, int]:
    """Score a finished model on the visits it has not seen, and count those left out because it has.

    Args:
        model: the model; its ``meta.json`` lists the hashes of its training visits.
        golds: gold visits, seen or not.
    """
    seen = set(model.meta.get("seen", ()))
    fresh = [gold for gold in golds if gold.sha256() not in seen]
    held = HeldOut()
    held.add(model, prepare(fresh, names_pipeline()), model.meta["rating_means"])
    return held, len(golds) - len(fresh)


def measure_machine(
    model: AllianceModel, golds: Sequence[GoldVisit], folder: Path | str | None = None
) -> dict[str, Any]:
    """Name swaps, speed, first score and memory, which depend on the model and the machine, not on gold.

    ``folder`` is the model's, without it the default model's.
    """
    visits = [gold.visit for gold in golds if gold.kind == "transcript"]
    named = [visit for visit in visits if visit.patient and visit.patient.given][:SWAPPED]
    middle = min(visits, key=lambda visit: abs(sum(len(turn.text.split()) for turn in visit.turns) - 1500))
    return {
        "swap_with_roster": largest_change(model, named, roster=True),
        "swap_word": largest_change(model, named, roster=True, names=WORD_NAMES),
        "swap_without_roster": largest_change(model, named, roster=False),
        "speed": measure_speed(model, visits[:TIMED]),
        "start": measure_start(middle, folder),
        "memory_mb": measure_memory(visits[:TIMED], folder),
    }
