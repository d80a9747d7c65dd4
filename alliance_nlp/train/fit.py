"""Gold visits -> a fitted model in memory: coder and estimator for transcripts and for notes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from joblib import parallel_config
from numpy.typing import NDArray
from spacy.language import Language
from threadpoolctl import threadpool_limits

from ..annotate.encoder import Encoder
from ..annotate.note_signs import without_signs
from ..annotate.small_encoder import SmallEncoder
from ..annotate.weights import CoderWeights, code_probabilities
from ..annotate.words import repeated
from ..corpus.gold import GoldVisit
from ..errors import BadCorpus
from ..estimate import EstimatorWeights
from ..featurise import rated_features
from ..model import AllianceModel, new_pipeline
from ..records import Kind
from .coder import fit_coder, raise_by_rules
from .estimator import RatedRow, fit_estimator
from .sentences import Prepared, prepare

Array = NDArray[np.float64]

KINDS: tuple[Kind, ...] = ("transcript", "note")
N_FOLDS = 5
MIN_VISITS = 10


def names_pipeline() -> Language:
    """The package's pipeline with names alone, as preparing gold visits needs it."""
    nlp = new_pipeline()
    for name in nlp.pipe_names[1:]:
        nlp.remove_pipe(name)
    return nlp


def inner_folds(visits: list[GoldVisit], without: int | None = None, *, strict: bool = False) -> NDArray[np.int64]:
    """Inner fold of each training visit: its own fold where it has one, else one drawn by its group's hash.

    Args:
        visits: training visits.
        without: the outer fold that is held out, which then is no inner fold.
        strict: use the folds that keep producers apart.
    """
    ids = [fold for fold in range(N_FOLDS) if fold != without]
    own = [visit.strict_fold if strict else visit.fold for visit in visits]
    drawn = [ids[int(hashlib.sha256(visit.group.encode()).hexdigest(), 16) % len(ids)] for visit in visits]
    return np.array([b if a is None else a for a, b in zip(own, drawn, strict=True)], np.int64)


def fit_model(
    prepared: list[Prepared],
    inner: NDArray[np.int64],
    *,
    encoder: Encoder | SmallEncoder | None = None,
    encoded: Mapping[str, Array] | None = None,
    meta: dict[str, Any] | None = None,
    jobs: int = 1,
) -> AllianceModel:
    """Fit coder and estimator of both kinds on prepared training visits.

    Args:
        prepared: training visits of both kinds.
        inner: inner fold of each.
        encoder: what reads along with the coder, where the model is to have one; see `fit_encoders`.
        encoded: log-odds by visit_id of all visits of the kinds it reads, each by an encoder that has not learnt from
            the visit.
        meta: facts to carry in the model.
        jobs: processes for the inner folds.

    Raises:
        BadCorpus: too few coded visits of a kind, or too few rated ones.
    """
    coders: dict[str, CoderWeights] = {}
    estimators: dict[str, EstimatorWeights] = {}
    # One thread: how many add up a sum changes its last bits, and so small a sum is slower in several.
    with threadpool_limits(1), parallel_config("loky", inner_max_num_threads=1):
        for kind in KINDS:
            at = [n for n, each in enumerate(prepared) if each.visit.kind == kind]
            coder, estimators[kind] = _fit_kind([prepared[n] for n in at], inner[at], kind, encoded, jobs)
            coders[kind] = replace(coder, encoder=encoder) if encoder and kind in encoder.reads else coder
    facts = {"lang": "en", "name": "alliance", "version": "0.0.0", **(meta or {})}
    return AllianceModel(facts, dict(new_pipeline().config), coders, estimators)


def _fit_kind(
    prepared: list[Prepared],
    inner: NDArray[np.int64],
    kind: Kind,
    encoded: Mapping[str, Array] | None,
    jobs: int,
) -> tuple[CoderWeights, EstimatorWeights]:
    """Coder of the coded visits, estimator of the rated ones."""
    coded = np.array([each.visit.coded for each in prepared], bool)
    visits = [each for each in prepared if each.visit.coded]
    if len(visits) < MIN_VISITS:
        raise BadCorpus(f"training data, {kind}s", f"{len(visits)} visits are too few", f"give {MIN_VISITS} or more")
    encoded = encoded or {}
    fit = fit_coder(visits, inner[coded], encoded=encoded, jobs=jobs)
    rows = rated_rows(visits, fit.out_of_fold, inner[coded], fit.weights)
    # A merely rated visit took no part in the coder's training, so the whole coder's answers are out of fold.
    rest, matrix = [each for each in prepared if not each.visit.coded], fit.weights.matrix()
    answers = [
        code_probabilities(
            each.words,
            each.layout,
            fit.weights,
            matrix,
            plain=without_signs(each.words),
            encoded=encoded.get(each.visit.visit.visit_id),
        )
        for each in rest
    ]
    rows += rated_rows(rest, answers, inner[~coded], fit.weights)
    if len(rows) < MIN_VISITS:
        raise BadCorpus(f"training data, {kind}s", f"{len(rows)} rated ones are too few", f"rate {MIN_VISITS} or more")
    return fit.weights, fit_estimator(rows, kind)


def rated_rows(
    visits: list[Prepared], p: list[Array], inner: NDArray[np.int64], weights: CoderWeights
) -> list[RatedRow]:
    """Features of every rated visit by out-of-fold probabilities, so that they are as wrong as on a new visit."""
    rows = []
    for visit, each, fold in zip(visits, p, inner.tolist(), strict=True):
        if visit.visit.ratings:
            words = without_signs(visit.words)
            sizes = np.bincount(words.sentence, minlength=len(visit.tokens)).astype(float)
            repeats = repeated(words, len(visit.tokens))
            row = rated_features(raise_by_rules(visit, each, weights), visit.layout, sizes, repeats)
            rows.append(RatedRow(row, visit.visit.ratings, fold))
    return rows


__all__ = ["fit_model", "inner_folds", "names_pipeline", "prepare", "rated_rows"]
