"""Scores on a clinic's own scale: what ``alliance audit calibrate`` writes and ``alliance score`` applies.

A clinic's reviewers may use the scale higher or lower than the coders that the model learned from. A shift of a part
moves its score, its interval, the alliance, its band and its probability, and stands as one more contribution, so that
contributions still add up to the score.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, ValidationError

from .errors import BadCalibration
from .estimate import BANDS, BASE, p_strong
from .interval import HIGHEST, LOWEST
from .records import PARTS, AllianceScore, Contribution, Kind, Part, Record, Score, Scores, VisitReport
from .report.build import P_DECIMALS, SCORE_DECIMALS

FEATURE = "clinic_calibration"
CALIBRATION_VERSION = "1.0"


class PartShift(Record):
    """One part's shift, and what it is worth."""

    visits: int = Field(description="Rated visits that the tool scored.")
    shift: float = Field(description="Points to add; weighted mean of rating less score.")
    error_before: float = Field(description="Root mean square of rating less score, in points.")
    error_after: float = Field(description="The same after a shift fitted without the visit it is applied to.")
    applied: bool = Field(description="Whether the error falls, and the shift is applied.")


class KindShifts(Record):
    """The shifts of one kind of visit; ``strong``: slope and offset of the model's probability that it is strong."""

    parts: dict[Part, PartShift]
    strong: tuple[float, float]


class Calibration(Record):
    """A clinic's calibration, for one model."""

    calibration_version: str = Field(default=CALIBRATION_VERSION)
    model: str = Field(description="Name of the model that it is for.")
    kinds: dict[Kind, KindShifts]


def read_calibration(path: Path, model: str) -> Calibration:
    """Read what ``alliance audit calibrate`` wrote, for a model of that name.

    Raises:
        BadCalibration: it is something else, or for another model.
    """
    try:
        calibration = Calibration.model_validate_json(path.read_bytes())
    except ValidationError:
        raise BadCalibration(path, "it is no calibration") from None
    if calibration.calibration_version != CALIBRATION_VERSION:
        raise BadCalibration(path, f"it is of version {calibration.calibration_version}")
    if calibration.model != model:
        raise BadCalibration(path, f"it is for {calibration.model}, and these scores are of {model}")
    return calibration


def calibrate_report(report: VisitReport, calibration: Calibration) -> VisitReport:
    """The report with the clinic's shifts in it, and a warning that says so; unchanged where none applies.

    >>> part = PartShift(visits=40, shift=0.5, error_before=0.9, error_after=0.7, applied=True)
    >>> shifts = KindShifts(parts={"goal": part}, strong=(4.0, -14.0))
    >>> score = {"value": 3.0, "low": 2.0, "high": 4.8}
    >>> scores = {**{part: score for part in PARTS}, "alliance": {**score, "band": "fair", "p_strong": 0.1}}
    >>> report = VisitReport(visit_id="v", kind="transcript", model="m", status="scored", scores=scores)
    >>> after = calibrate_report(report, Calibration(model="m", kinds={"transcript": shifts}))
    >>> after.scores.goal.value, after.scores.goal.high, after.scores.alliance.value, after.contributions[-1].value
    (3.5, 5.0, 3.1667, 0.5)
    """
    shifts = calibration.kinds.get(report.kind)
    if report.scores is None or shifts is None:
        return report
    moved = {
        part: each.shift
        for part, each in shifts.parts.items()
        if each.applied and getattr(report.scores, part).value is not None
    }
    if not moved:
        return report
    parts = {part: _moved(getattr(report.scores, part), moved.get(part, 0.0)) for part in PARTS}
    added = {part: _points(parts[part].value, getattr(report.scores, part).value) for part in moved}
    whole = _whole(report.scores.alliance, [parts[part].value for part in PARTS], added, shifts.strong)
    fewest = min(shifts.parts[part].visits for part in moved)
    warning = f"{' and '.join(moved)} shifted to the clinic's own use of the scale, by {fewest} rated visits"
    return report.model_copy(
        update={
            "scores": Scores(**parts, alliance=whole),
            "contributions": _with(report.contributions, added),
            "warnings": (*report.warnings, warning),
        }
    )


def uncalibrated(report: VisitReport, part: Part) -> float:
    """A part's score without the clinic's shift; nan where there is none."""
    value = None if report.scores is None else getattr(report.scores, part).value
    if value is None:
        return math.nan
    added = [each.value for each in report.contributions if each.feature == FEATURE and each.of == part]
    return float(value) - math.fsum(added)


def _moved(score: Score, shift: float) -> Score:
    ends = {name: _limited(getattr(score, name), shift) for name in ("value", "low", "high")}
    return score.model_copy(update=ends)


def _limited(value: float | None, shift: float) -> float | None:
    return None if value is None else round(min(max(value + shift, LOWEST), HIGHEST), SCORE_DECIMALS)


def _points(after: float | None, before: float | None) -> float:
    return round((after or 0.0) - (before or 0.0), SCORE_DECIMALS)


def _whole(
    score: AllianceScore, parts: Sequence[float | None], added: dict[Part, float], strong: tuple[float, float]
) -> AllianceScore:
    known = [value for value in parts if value is not None]
    if score.value is None or len(known) < len(PARTS):
        return score
    mean = round(math.fsum(known) / len(known), SCORE_DECIMALS)
    shift = math.fsum(added.values()) / len(PARTS)
    return AllianceScore(
        value=mean,
        low=_limited(score.low, shift),
        high=_limited(score.high, shift),
        documented=score.documented,
        band=next(band for bound, band in BANDS if mean < bound),
        p_strong=round(p_strong(mean, strong), P_DECIMALS),
    )


def _with(contributions: Sequence[Contribution], added: dict[Part, float]) -> tuple[Contribution, ...]:
    """The contributions with the shifts among them: by part, base first, then by size."""
    every = [*contributions, *(Contribution(feature=FEATURE, of=part, value=by) for part, by in added.items() if by)]
    return tuple(
        sorted(every, key=lambda each: (PARTS.index(each.of), each.feature != BASE, -abs(each.value), each.feature))
    )
