"""What an audit says, as records: the keys of ``alliance audit report -o report.json``.

Figures hold for all the visits that the sample stands for, with 95 % intervals over visits (see `weights`); they are
null where there is nothing to measure. No words of a visit are in them. Points are on the codebook's scale of 1 to 5.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..records import Record
from .weights import Figure

REPORT_VERSION = "1.0"
Dimension = Literal["kind", "setting", "length", "provider"]


class Whole(Record):
    """One part over all visits."""

    part: str
    reviewers: Figure = Field(description="Mean rating, as the reviewers would rate all the visits.")
    tool: Figure = Field(description="Mean score of the tool.")
    within: Figure = Field(description="Share of visits whose rating lies in the tool's 90 % interval.")


class Agreement(Record):
    """How two raters (or all) agree on one part."""

    a: str = Field(description="The tool, or a reviewer.")
    b: str = Field(description="A reviewer, or the mean of all of them.")
    part: str
    visits: int = Field(description="Visits that both rated.")
    difference: Figure = Field(description="Mean of a - b in points.")
    limit_low: Figure = Field(description="Lower limit of agreement: 95 % of differences are expected above it.")
    limit_high: Figure = Field(description="Upper limit of agreement.")
    apart: Figure = Field(description="Mean absolute difference in points.")
    kappa: Figure = Field(description="Cohen's kappa, quadratic weights, on whole points.")
    icc_one: Figure = Field(description="ICC(2,1): of one rater.")
    icc_mean: Figure = Field(description="ICC(2,k): of the mean of the raters.")
    alpha_interval: Figure = Field(description="Krippendorff's alpha, interval.")
    alpha_ordinal: Figure = Field(description="Krippendorff's alpha, ordinal, on whole points.")


class CodeFigures(Record):
    """The tool's evidence of one code (or family, or all) before the reviewers' eyes."""

    code: str
    decided: int = Field(description="Pieces of evidence that were accepted or rejected.")
    precision: Figure = Field(description="Share of the evidence that was accepted.")
    coded_blind: int = Field(description="Stretches coded in turns drawn at random, before the tool's view.")
    recall: Figure = Field(description="Share of these that the tool found.")


class Group(Record):
    """Where the tool is off: its scores less the reviewers' ratings over a group of visits, mean of the parts."""

    dimension: Dimension
    name: str
    visits: int
    difference: Figure = Field(description="Mean of tool - reviewers in points.")
    apart: Figure = Field(description="Mean absolute difference in points.")


class Drift(Record):
    """One figure then and now."""

    part: str
    of: Literal["reviewers", "tool", "tool - reviewers"]
    last: Figure
    now: Figure
    change: Figure


class ModelFigures(Record):
    """One figure of two models on the same visits, which neither has learned from."""

    what: str = Field(description="Distance from the reviewers' ratings of a part, or F1 of a family.")
    before: Figure
    after: Figure
    change: Figure


class BeforeAfter(Record):
    """Two models on reviewed visits that neither has learned from."""

    before: str
    after: str
    visits: int
    left_out: int = Field(description="Reviewed visits that one of the models has learned from.")
    figures: tuple[ModelFigures, ...]


class Point(Record):
    """One visit in a Bland-Altman plot."""

    mean: float = Field(description="Mean of the tool's score and the reviewers' rating.")
    difference: float = Field(description="Tool less reviewers.")
    weight: float = Field(description="Visits that it stands for.")


class AuditReport(Record):
    """The whole report."""

    report_version: str = Field(default=REPORT_VERSION)
    model: str
    created_at: str
    seed: int
    population: int = Field(description="Visits that the sample stands for.")
    drawn: int = Field(description="Visits in the sample.")
    reviewed: int = Field(description="Visits that somebody has rated and seen the tool's view of.")
    worth: float = Field(description="Visits of equal weight that these are worth (Kish).")
    unscored: int = Field(description="Reviewed visits that the tool gives no score in a part.")
    learned_from: int = Field(description="Visits in the sample that the model has learned from.")
    reviewers: tuple[str, ...]
    words: tuple[str, ...] = Field(description="What the figures say, in plain sentences.")
    whole: tuple[Whole, ...]
    tool: tuple[Agreement, ...] = Field(description="The tool with the reviewers' mean, then with each of them.")
    among: tuple[Agreement, ...] = Field(description="Reviewers with each other, by pair, then all.")
    codes: tuple[CodeFigures, ...]
    off: tuple[Group, ...]
    drift: tuple[Drift, ...] = ()
    before_after: BeforeAfter | None = None
    points: dict[str, tuple[Point, ...]] = Field(description="Visits with both a rating and a score, by part.")
