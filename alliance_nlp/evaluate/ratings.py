"""Scores against gold ratings: rank correlation, error, intervals, AnnoMI's quality label and contrast pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, rankdata, spearmanr

from ..corpus.gold import GoldVisit
from ..interval import HIGHEST, LOWEST
from ..records import PARTS, Part, VisitReport
from ..train.estimator import STRONG
from ..train.interval import conformal_width
from .calibration import calibration

Array = NDArray[np.float64]
N_BOOTSTRAP = 1000
#: Sources within which the rank correlation is also told.
WITHIN = ("annomi", "aci")


def measure_ratings(
    golds: Sequence[GoldVisit], reports: Mapping[str, VisitReport], means: Mapping[str, Mapping[Part, float]]
) -> dict[str, Any]:
    """Every figure on ratings of one set of visits.

    Args:
        golds: rated visits that took no part in training.
        reports: their reports by visit_id.
        means: by visit_id the training mean of each part, which an abstained visit counts with.
    """
    figures: dict[str, Any] = {"visits": len(golds)}
    figures["abstained"] = sum(reports[g.visit.visit_id].status == "abstained" for g in golds)
    source = np.array([gold.source for gold in golds])
    for part in PARTS:
        gold = np.array([g.ratings[part] for g in golds if g.ratings], float)
        value = np.array([_value(reports[g.visit.visit_id], part, means[g.visit.visit_id][part]) for g in golds])
        figures[part] = {
            "spearman": _with_interval(value, gold),
            "within": {s: _rho(value[source == s], gold[source == s]) for s in WITHIN if (source == s).any()},
            "mae": float(np.abs(value - gold).mean()),
            "mae_by_source": {str(s): float(np.abs(value - gold)[source == s].mean()) for s in np.unique(source)},
            **_intervals(golds, reports, part, gold),
        }
    return figures


def measure_strong(golds: Sequence[GoldVisit], reports: Mapping[str, VisitReport]) -> dict[str, Any]:
    """Calibration of ``p_strong``, and the Brier score of always saying the share, over scored visits."""
    scored = [(g, s.alliance) for g in golds if g.ratings and (s := reports[g.visit.visit_id].scores)]
    strong = np.array([np.mean(list(g.ratings.values())) >= STRONG for g, _ in scored if g.ratings])
    said = np.array([a.p_strong if a.p_strong is not None else strong.mean() for _, a in scored])
    if not len(strong):
        return {}
    share = float(strong.mean())
    held = calibration(said, strong)
    return {"brier": held.brier, "brier_of_share": share * (1 - share), "share": share, "calibration": held}


def measure_quality(golds: Sequence[GoldVisit], reports: Mapping[str, VisitReport]) -> dict[str, float]:
    """AUC of the alliance value for AnnoMI's high/low label, with its 95 % interval by bootstrap over video groups."""
    known = [g for g in golds if g.source == "annomi" and g.quality in ("high", "low")]
    scored = [(g, s.alliance.value) for g in known if (s := reports[g.visit.visit_id].scores)]
    high = np.array([g.quality == "high" for g, _ in scored])
    value = np.array([v or 0.0 for _, v in scored])
    if len(set(high.tolist())) < 2:
        return {}
    groups = np.unique([g.group for g, _ in scored], return_inverse=True)[1]
    n = int(groups.max()) + 1
    drawn = np.random.default_rng(0).integers(0, n, (N_BOOTSTRAP, n))
    times = np.stack([np.bincount(draw, minlength=n) for draw in drawn])[:, groups]
    draws = _aucs(times, high, value)
    draws = draws[~np.isnan(draws)]
    low_end, high_end = np.quantile(draws, [0.025, 0.975]) if len(draws) else (np.nan, np.nan)
    return {
        "auc": float(_aucs(np.ones((1, len(high)), np.int64), high, value)[0]),
        "low": float(low_end),
        "high": float(high_end),
        "visits": len(scored),
        "low_quality": int((~high).sum()),
    }


def measure_pairs(golds: Sequence[GoldVisit], reports: Mapping[str, VisitReport]) -> list[dict[str, Any]]:
    """For every contrast pair and part: how far the lowered member lies below the other, and whether it should."""
    by_id = {gold.visit.visit_id: gold for gold in golds}
    out = []
    for gold in golds:
        if gold.expect_lower and gold.pair in by_id:
            low, high = reports[gold.visit.visit_id].scores, reports[gold.pair].scores
            if low and high:
                for part in PARTS:
                    fall = (getattr(high, part).value or 0) - (getattr(low, part).value or 0)
                    out.append({"pair": gold.pair, "part": part, "fall": fall, "expected": part in gold.expect_lower})
    return out


def training_means(golds: Sequence[GoldVisit]) -> dict[Part, float]:
    """Mean rating of each part over training visits."""
    return {part: float(np.mean([g.ratings[part] for g in golds if g.ratings])) for part in PARTS}


def _value(report: VisitReport, part: Part, mean: float) -> float:
    """The part's points; an undocumented part of a note counts as the lowest, an abstained visit as the mean."""
    if report.scores is None:
        return mean
    value: float | None = getattr(report.scores, part).value
    return LOWEST if value is None else value


def _rho(value: Array, gold: Array) -> float:
    if len(set(value.tolist())) < 2 or len(set(gold.tolist())) < 2:
        return float("nan")
    return float(spearmanr(value, gold)[0])


def _with_interval(value: Array, gold: Array) -> dict[str, float]:
    rng = np.random.default_rng(0)
    picks = rng.integers(0, len(value), (N_BOOTSTRAP, len(value)))
    draws = _rank_correlations(value[picks], gold[picks])
    draws = draws[~np.isnan(draws)]
    low, high = np.quantile(draws, [0.025, 0.975]) if len(draws) else (np.nan, np.nan)
    return {"rho": _rho(value, gold), "low": float(low), "high": float(high)}


def _rank_correlations(value: Array, gold: Array) -> Array:
    """Spearman's rho of each row; nan where a row is constant."""
    a, b = (rankdata(each, axis=1) - (each.shape[1] + 1) / 2 for each in (value, gold))
    with np.errstate(divide="ignore", invalid="ignore"):
        rho: Array = (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return rho


def _aucs(times: NDArray[np.int64], high: NDArray[np.bool_], value: Array) -> Array:
    """For each row of how many times a visit counts: how often a high one lies above a low one, ties half."""
    above = (np.sign(value[high][:, None] - value[~high]) + 1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        pairs = times[:, high].sum(axis=1) * times[:, ~high].sum(axis=1)
        aucs: Array = ((times[:, high] @ above) * times[:, ~high]).sum(axis=1) / pairs
    return aucs


def _intervals(
    golds: Sequence[GoldVisit], reports: Mapping[str, VisitReport], part: Part, gold: Array
) -> dict[str, float]:
    """Coverage of the 90 % intervals with its own 95 % interval (Clopper-Pearson), their width, a constant's width."""
    ends = [
        (score.low, score.high, rating)
        for g, rating in zip(golds, gold.tolist(), strict=True)
        if (s := reports[g.visit.visit_id].scores) and (score := getattr(s, part)).low is not None
    ]
    if not ends:
        return {}
    inside = sum(low <= rating <= high for low, high, rating in ends)
    n = len(ends)
    constant = conformal_width(np.abs(gold - gold.mean()))
    return {
        "coverage": inside / n,
        "coverage_low": float(beta.ppf(0.025, inside, n - inside + 1)) if inside else 0.0,
        "coverage_high": float(beta.ppf(0.975, inside + 1, n - inside)) if inside < n else 1.0,
        "width": float(np.mean([high - low for low, high, _ in ends])),
        "constant_width": min(HIGHEST, gold.mean() + constant) - max(LOWEST, gold.mean() - constant),
    }
