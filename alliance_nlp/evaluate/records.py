"""What an evaluation says, as records: the keys of ``alliance evaluate -o report.json``.

No figure counts a visit that the model learned from, and none holds words of a visit. A figure is null where there is
nothing to measure. Intervals are 95 % intervals over visits unless a key says otherwise.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..records import Kind, Part, Record

REPORT_VERSION = "1.0"
Method = Literal["finished_model", "cross_validation", "cross_validation_producers_apart"]
Dimension = Literal["source", "discipline", "length", "punctuation"]


class Rates(Record):
    """Evidence of one code, family or kind of name against gold, coding unit by coding unit."""

    precision: float | None = Field(description="Share of what was found that is gold.")
    recall: float | None = Field(description="Share of the gold that was found.")
    f1: float | None = Field(description="Harmonic mean of both.")
    low: float | None = Field(description="Lower end of F1's interval.")
    high: float | None = Field(description="Upper end of F1's interval.")
    gold: int = Field(description="Number of gold units.")
    found: int = Field(description="Number of units found.")


class PartFigures(Record):
    """Scores of one part against gold ratings; points are on the codebook's scale from 1 to 5."""

    spearman: float | None = Field(description="Rank correlation; an abstained visit counts at the training mean.")
    spearman_low: float | None = Field(description="Lower end of its interval.")
    spearman_high: float | None = Field(description="Upper end of its interval.")
    mae: float | None = Field(description="Mean absolute error in points.")
    coverage: float | None = Field(description="Share of visits whose rating is in the visit's 90 % interval.")
    coverage_low: float | None = Field(description="Lower end of the coverage's interval (Clopper-Pearson).")
    coverage_high: float | None = Field(description="Upper end of the coverage's interval.")
    width: float | None = Field(description="Mean width of the 90 % intervals in points.")
    constant_width: float | None = Field(description="Width of an interval that is the same for every visit.")


class Tenth(Record):
    """One tenth of the range of probabilities."""

    said: float = Field(description="Mean probability that was said.")
    share: float = Field(description="Share that was right.")
    count: int = Field(description="Number of probabilities in it.")


class Reliability(Record):
    """How well probabilities hold."""

    brier: float | None = Field(description="Mean squared difference from what is right (0 is best).")
    ece: float | None = Field(description="Expected calibration error over equal-width tenths.")
    tenths: tuple[Tenth, ...] = Field(description="The points of the reliability plot; empty tenths are left out.")


class Quality(Record):
    """The alliance value against AnnoMI's label of high or low quality, which no model is trained on."""

    auc: float = Field(description="Chance that a visit of high quality is scored above one of low quality.")
    low: float | None = Field(description="Lower end of its interval, over videos.")
    high: float | None = Field(description="Upper end of its interval.")
    visits: int = Field(description="Scored visits with a label.")
    low_quality: int = Field(description="Those labelled low.")


class Pairs(Record):
    """Contrast pairs: visits that differ in the lines that carry one or two parts."""

    lowered: int = Field(description="Number of parts that should be lower.")
    right: int = Field(description="Those that are scored lower.")
    mean_fall: float = Field(description="Mean fall of the parts that should be lower, in points.")
    mean_other: float | None = Field(description="Mean absolute move of the other parts, in points.")


class Figures(Record):
    """Every figure of a set of visits."""

    visits: int
    coded: int = Field(description="Visits with gold codes; codes, names and their calibration count on these.")
    rated: int = Field(description="Visits with gold ratings; all figures of scores count on these.")
    fewest_words: int = Field(description="Words of the shortest visit.")
    most_words: int = Field(description="Words of the longest visit.")
    abstained: int | None = Field(description="Rated visits that were not scored.")
    families: dict[str, Rates] = Field(description="goals, tasks, bond: a unit is right where any of their codes is.")
    codes: dict[str, Rates] = Field(description="By code of the codebook.")
    names: dict[str, Rates] | None = Field(
        description="Uses of the patient's name, `with_roster` and `without_roster`; null in a cross-validation and "
        "for visits of the split train, which the package's own weights for names may have seen."
    )
    ratings: dict[Part, PartFigures]
    quality: Quality | None = None
    pairs: Pairs | None = None
    codes_reliability: dict[str, Reliability] = Field(description="By code, and `all` together, over sentences.")
    p_strong_reliability: Reliability | None = Field(description="Of the probability of a strong alliance.")
    p_strong_brier_of_share: float | None = Field(description="Brier score of always saying the share of strong ones.")


class MeasuredSet(Record):
    """Visits of one kind and one split, together and in groups."""

    name: str = Field(description="The split (test, test_2, ...), or `cross-validated`.")
    kind: Kind
    whole: Figures
    groups: dict[Dimension, dict[str, Figures]] = Field(
        description="The same figures by source; by discipline; by length (thirds by words); and by punctuation."
    )

    @property
    def title(self) -> str:
        """What a heading calls the set."""
        return f"{self.name} {self.kind}s"


class Evaluation(Record):
    """What `alliance evaluate` measured."""

    report_version: str = REPORT_VERSION
    model: str | None = Field(description="Name of the model; null in a cross-validation, which fits its own.")
    method: Method
    left_out: int = Field(description="Visits not counted because the model has seen them in training.")
    sets: tuple[MeasuredSet, ...]
    card: dict[str, tuple[tuple[str, str, str, str], ...]] = Field(
        default_factory=dict, description="Rows of the model card by table: what, measured, baseline, goal."
    )
