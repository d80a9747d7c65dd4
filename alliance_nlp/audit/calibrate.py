"""Fits a clinic's calibration on its own ratings: what ``alliance audit calibrate`` does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ..calibration import Calibration, KindShifts, PartShift, uncalibrated
from ..errors import BadAudit, BadOption
from ..interval import HIGHEST, LOWEST
from ..records import PARTS, Kind, Part
from .collect import Reviews
from .weights import Array

if TYPE_CHECKING:
    from ..model import AllianceModel

#: Rated visits of a kind below which nothing is fitted.
ENOUGH = 30
KINDS: tuple[Kind, ...] = ("transcript", "note")


def fit_calibration(reviews: Reviews, model: AllianceModel) -> Calibration:
    """A shift for every part of the kinds that have enough rated visits; it is applied where it is of use.

    Raises:
        BadOption: the audit is of another model.
        BadAudit: no kind has enough rated visits.
    """
    if model.name != reviews.audit.model:
        raise BadOption("--model", model.name, f"the audit is of {reviews.audit.model}; give its folder")
    kinds = {}
    for kind in KINDS:
        found = {part: _fit_part(reviews, kind, part) for part in PARTS}
        parts = {part: each for part, each in found.items() if each is not None}
        if parts:
            kinds[kind] = KindShifts(parts=parts, strong=model.estimator[kind].strong)
    if not kinds:
        most = max((len(_usable(reviews, kind, part)) for kind in KINDS for part in PARTS), default=0)
        why = f"{most} visits of a kind have both a rating and a score, and a calibration takes {ENOUGH}"
        raise BadAudit("the audit", why, "rate more visits, or draw more with alliance audit new --n")
    return Calibration(model=model.name, kinds=kinds)


def leave_one_out(rating: Array, score: Array, weights: Array) -> PartShift:
    """The shift from scores to ratings, and the error without it and with one fitted on the other visits.

    >>> fitted = leave_one_out(np.array([3.0, 4, 5, 4]), np.array([2.0, 3, 4, 3]), np.ones(4))
    >>> fitted.shift, fitted.error_before, fitted.error_after, fitted.applied
    (1.0, 1.0, 0.0, True)
    """
    apart = rating - score
    total, weighted = weights.sum(), weights @ apart
    others = (weighted - weights * apart) / (total - weights)
    left = rating - np.clip(score + others, LOWEST, HIGHEST)
    before, after = (float(np.sqrt(weights @ each**2 / total)) for each in (apart, left))
    return PartShift(
        visits=len(rating),
        shift=round(float(weighted / total), 4),
        error_before=before,
        error_after=after,
        applied=after < before,
    )


def sentences(calibration: Calibration, reviews: Reviews) -> Iterator[str]:
    """What was fitted, and what was left off and why."""
    for kind in KINDS:
        shifts = calibration.kinds.get(kind)
        for part in PARTS:
            fitted = shifts.parts.get(part) if shifts else None
            if fitted is None:
                rated = len(_usable(reviews, kind, part))
                if rated:
                    yield f"{kind}s, {part}: left off, {rated} rated visits are fewer than {ENOUGH}"
                continue
            errors = f"{fitted.error_before:.2f} to {fitted.error_after:.2f} points over {fitted.visits} visits"
            if fitted.applied:
                yield f"{kind}s, {part}: shifted by {fitted.shift:+.2f}; the leave-one-out error falls from {errors}"
            else:
                yield f"{kind}s, {part}: left off, the leave-one-out error would not fall ({errors})"


def _fit_part(reviews: Reviews, kind: Kind, part: Part) -> PartShift | None:
    at = _usable(reviews, kind, part)
    if len(at) < ENOUGH:
        return None
    score = np.array([uncalibrated(reviews.visits[n].report, part) for n in at])
    return leave_one_out(reviews.together[at, PARTS.index(part)], score, reviews.weighing.weights[at])


def _usable(reviews: Reviews, kind: Kind, part: Part) -> list[int]:
    """Visits of a kind with both a rating and a score of a part."""
    both = ~np.isnan(reviews.together[:, PARTS.index(part)]) & ~np.isnan(reviews.tool[:, PARTS.index(part)])
    return [n for n, visit in enumerate(reviews.visits) if visit.row.kind == kind and both[n]]
