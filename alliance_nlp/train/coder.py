"""Fit the sentence coder: two passes of logistic regression, cuts and rule precisions, all on training visits.

The second pass learns from out-of-fold answers of the first, so that it sees them as wrong as they will be on a new
visit; the same inner folds give out-of-fold probabilities of the whole coder, from which cuts and the visit
estimator are fitted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ..annotate.note_vetoes import vetoed_codes
from ..annotate.weights import (
    CoderWeights,
    allowed,
    first_pass,
    joined,
    second_inputs,
)
from ..codes import CODE_NAMES, CODES
from ..odds import sigmoid
from .first_pass import fit_first
from .sentences import Prepared

Array = NDArray[np.float64]

SECOND_CS = (0.003, 0.03, 0.3)
MIN_RULE_HITS = 5
OWN_MET, SHARE_MET = 0.9995, 0.995
CUTS = np.round(np.arange(0.05, 0.8, 0.025), 3)


@dataclass(frozen=True)
class CoderFit:
    """A fitted coder with its out-of-fold probabilities, one array (sentences, codes) a training visit."""

    weights: CoderWeights
    out_of_fold: list[Array]


def fit_coder(
    visits: list[Prepared],
    inner: NDArray[np.int64],
    *,
    encoded: Mapping[str, Array] | None = None,
    jobs: int = 1,
) -> CoderFit:
    """Fit on prepared visits of one kind.

    Args:
        visits: training visits.
        inner: inner fold of each visit; visits of one group share a fold.
        encoded: log-odds by visit_id of encoders that have not learnt from the visit, where the model has an encoder.
        jobs: processes for the inner folds; the result does not depend on it.
    """
    visits = settle_bags(visits)
    folds = np.unique(inner)
    fits = Parallel(n_jobs=jobs)(
        delayed(fit_first)([v for v, k in zip(visits, inner, strict=True) if k != fold]) for fold in [*folds, -1]
    )
    logits: list[Array] = [np.zeros(0)] * len(visits)
    for fold, weights in zip(folds, fits[:-1], strict=True):
        matrix = weights.matrix()
        for at in np.flatnonzero(inner == fold):
            visit = visits[at]
            logits[at] = first_pass(visit.words, visit.layout, visit.measures, weights, matrix)
    heard = [(encoded or {}).get(visit.visit.visit.visit_id) for visit in visits]
    ceiling = highest_met(visits, logits, heard)
    inputs = [
        second_inputs(own, visit.layout, visit.measures, ceiling, other)
        for own, visit, other in zip(logits, visits, heard, strict=True)
    ]
    second, bias, answers = _fit_second(visits, inputs, inner)
    cuts = choose_cuts(visits, answers)
    weights = replace(
        fits[-1], ceiling=ceiling, second=second, second_bias=bias, cuts=cuts, rules=rule_precisions(visits)
    )
    return CoderFit(weights, answers)


def highest_met(visits: list[Prepared], logits: list[Array], encoded: Sequence[Array | None]) -> Array:
    """The ``ceiling`` of `CoderWeights`, from out-of-fold log-odds of the first pass and, where there are any, of the
    encoder: nearly the highest of a sentence, and nearly the highest mean of a visit.
    """
    may = [allowed(visit.layout) for visit in visits]
    both = [joined(own, other) for own, other in zip(logits, encoded, strict=True)]
    shares = [np.where(at, sigmoid(each), 0.0).mean(axis=0) for at, each in zip(may, both, strict=True) if len(each)]
    rows = [_highest(may, both), np.maximum(np.quantile(np.stack(shares), SHARE_MET, axis=0), 2e-4)]
    others = [each for each in encoded if each is not None]
    if others:
        rows += [_highest(may, logits), _highest(may, others)]
    return np.stack(rows)


def _highest(may: list[NDArray[np.bool_]], logits: list[Array]) -> Array:
    """Nearly the highest log-odds of a sentence that may carry the code."""
    met = np.concatenate([np.where(at, each, -9.0) for at, each in zip(may, logits, strict=True)])
    return np.asarray(np.maximum(np.quantile(met, OWN_MET, axis=0), -8.0))


def settle_bags(visits: list[Prepared]) -> list[Prepared]:
    """Visits in which a gold stretch over several sentences teaches its most likely one, and nothing of the others.

    The most likely one is told by a first pass fitted without such stretches (multiple-instance learning, Andrews
    2003).
    """
    apart = [replace(visit, known=_without_bags(visit)) for visit in visits]
    if all(not visit.bags for visit in visits):
        return apart
    weights = fit_first(apart)
    matrix = weights.matrix()
    settled = []
    for visit in apart:
        if visit.bags:
            logits = first_pass(visit.words, visit.layout, visit.measures, weights, matrix)
            known = visit.known.copy()
            for code, at in visit.bags:
                known[at[int(np.argmax(logits[at, code]))], code] = True
            visit = replace(visit, known=known)
        settled.append(visit)
    return settled


def _without_bags(visit: Prepared) -> NDArray[np.bool_]:
    known = visit.known.copy()
    for code, at in visit.bags:
        known[at, code] = False
    return known


def _fit_second(
    visits: list[Prepared], inputs: list[Array], inner: NDArray[np.int64]
) -> tuple[Array, Array, list[Array]]:
    """Second pass: its coefficients and biases, and its out-of-fold probabilities.

    How strongly each code may lean on its neighbours (C) is chosen by the out-of-fold log loss.
    """
    table = np.concatenate(inputs)
    gold = np.concatenate([v.gold for v in visits])
    may = np.concatenate([allowed(v.layout) & v.known for v in visits])
    spoken = np.concatenate([allowed(v.layout) for v in visits])
    fold = np.concatenate([np.full(len(v.tokens), k) for v, k in zip(visits, inner, strict=True)])
    second = np.zeros((table.shape[1], len(CODES)))
    bias = np.full(len(CODES), -8.0)
    answers = np.zeros(gold.shape)
    for code in range(len(CODES)):
        rows = may[:, code]
        if gold[rows, code].sum() < 3:
            continue
        best_loss = np.inf
        for c in SECOND_CS:
            tried = np.zeros(len(table))
            for held in np.unique(inner):
                learn, ask = rows & (fold != held), spoken[:, code] & (fold == held)
                if gold[learn, code].any() and ask.any():
                    tried[ask] = _second(c).fit(table[learn], gold[learn, code]).predict_proba(table[ask])[:, 1]
            loss = -np.log(np.clip(np.where(gold[rows, code], tried[rows], 1 - tried[rows]), 1e-6, 1)).mean()
            if loss < best_loss:
                best_loss, best_c, answers[:, code] = loss, c, tried
        fit = _second(best_c).fit(table[rows], gold[rows, code])
        second[:, code], bias[code] = fit.coef_[0], fit.intercept_[0]
    ends = np.cumsum([len(v.tokens) for v in visits])[:-1]
    return second, bias, np.split(answers, ends)


def _second(c: float) -> LogisticRegression:
    return LogisticRegression(C=c, tol=1e-4, max_iter=1000)


def choose_cuts(visits: list[Prepared], answers: list[Array]) -> Array:
    """For every code the probability from which taking it as evidence gives the best F1 on the given answers."""
    gold = np.concatenate([v.gold for v in visits])
    p = np.where(np.concatenate([v.known for v in visits]), np.concatenate(answers), 0.0)
    gold &= np.concatenate([v.known for v in visits])
    cuts = np.full(len(CODES), 0.5)
    for code in range(len(CODES)):
        taken = p[:, code, None] >= CUTS
        right = (taken & gold[:, code, None]).sum(axis=0)
        f1 = 2 * right / np.maximum(1, gold[:, code].sum() + taken.sum(axis=0))
        smooth = np.convolve(np.pad(f1, 1, mode="edge"), np.ones(3) / 3, mode="valid")
        if f1.max() > 0:
            cuts[code] = CUTS[int(np.argmax(smooth))]
    return cuts


def rule_precisions(visits: list[Prepared]) -> dict[str, float]:
    """Share of each rule's hits that are right, with one wrong hit added; rules with few hits are left out."""
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for visit in visits:
        for sentence, rule in visit.hits:
            found[rule.id] += 1
            right[rule.id] += bool(visit.gold[sentence, rule.code])
        for name_rule, is_right in visit.uses:
            found[name_rule] += 1
            right[name_rule] += is_right
    return {rule: right[rule] / (n + 1) for rule, n in sorted(found.items()) if n >= MIN_RULE_HITS}


def raise_by_rules(visit: Prepared, p: Array, weights: CoderWeights) -> Array:
    """Probabilities with each proven rule's hit raised to its share of right hits, as the pipeline does."""
    raised = without_vetoed(visit, p)
    for sentence, rule in visit.hits:
        proven = weights.rules.get(rule.id, 0.0)
        if proven > max(weights.cuts[rule.code], raised[sentence, rule.code]):
            raised[sentence, rule.code] = proven
    return raised


def without_vetoed(visit: Prepared, p: Array) -> Array:
    """Probabilities with 0 for codes that a note's sentence cannot carry, as the pipeline does."""
    kept = p.copy()
    if visit.visit.kind == "note":
        note = visit.visit.visit.text or ""
        for sentence, (_, start, end) in enumerate(visit.stretches):
            for code in vetoed_codes(note[start:end]):
                kept[sentence, CODE_NAMES.index(code)] = 0.0
    return kept
