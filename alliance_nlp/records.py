"""Records that cross stages: what comes in (`Visit`) and what goes out (`VisitReport`).

Frozen pydantic models with a JSON schema (`alliance schema`); unknown keys are left out without an error.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

SCHEMA_VERSION = "1.0"

Role = Literal["provider", "patient", "other"]
Kind = Literal["transcript", "note"]
Status = Literal["scored", "abstained"]
AbstainReason = Literal["too_short", "one_sided", "roles_unknown", "not_english", "not_clinical"]
Part = Literal["goal", "task", "bond"]
PARTS: tuple[Part, ...] = ("goal", "task", "bond")
Band = Literal["weak", "fair", "strong"]


class Record(BaseModel):
    """What every record shares: it is frozen and ignores keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Turn(Record):
    """One stretch of speech by one speaker."""

    role: Role = Field(description="Who speaks: provider, patient (or one who speaks for them), or other.")
    text: str = Field(description="What is said, exactly as it came in; offsets count characters of it.")
    speaker: str | None = Field(default=None, description="Speaker label as it came in.")
    start_s: float | None = Field(default=None, description="Start in seconds from the start of the visit.")
    end_s: float | None = Field(default=None, description="End in seconds from the start of the visit.")


class Patient(Record):
    """What the roster knows of the patient; every field may be missing."""

    id: str | None = Field(default=None, description="The clinic's id of the patient.")
    given: str | None = Field(default=None, description="Given name.")
    family: str | None = Field(default=None, description="Family name.")
    aliases: tuple[str, ...] = Field(default=(), description="Other names the patient goes by.")


class Provider(Record):
    """Who gives the treatment."""

    id: str | None = Field(default=None, description="The clinic's id of the provider.")
    name: str | None = Field(default=None, description="Name, with or without a title.")


class Visit(Record):
    """One visit: a transcript with turns, or a note with text.

    >>> Visit(visit_id="v1", turns=[{"role": "provider", "text": "Hi Martha."}]).kind
    'transcript'
    >>> Visit(visit_id="n1", text="Pt wants to climb stairs.").kind
    'note'
    """

    visit_id: str = Field(description="Unique name of the visit within a batch.")
    kind: Kind = Field(default="transcript", description="A transcript has turns, a note has text.")
    of: str | None = Field(
        default=None, description="Of a note: visit_id of the transcript of its visit, where that is another."
    )
    date: str | None = Field(default=None, description="Day of the visit, ISO 8601.")
    setting: str | None = Field(default=None, description="Where and for what, in the clinic's words.")
    patient: Patient | None = None
    provider: Provider | None = None
    turns: tuple[Turn, ...] = Field(default=(), description="Turns of a transcript, in order.")
    text: str | None = Field(default=None, description="Text of a note.")
    role_confidence: float | None = Field(
        default=None, ge=0, le=1, description="How sure the inferred roles are (0-1); null where roles were given."
    )
    warnings: tuple[str, ...] = Field(default=(), description="What the reader remarked; holds no text of the visit.")

    @model_validator(mode="before")
    @classmethod
    def _kind_from_content(cls, data: object) -> object:
        if isinstance(data, dict) and not data.get("kind"):
            return {**data, "kind": "note" if data.get("text") is not None and not data.get("turns") else "transcript"}
        return data

    @model_validator(mode="after")
    def _content_fits_kind(self) -> Visit:
        if self.kind == "note" and self.text is None:
            raise ValueError("a note needs a text")
        if self.kind == "note" and self.turns:
            raise ValueError("a note has no turns")
        return self


class Evidence(Record):
    """A coded stretch of a visit; ``visit.turns[turn].text[start:end]`` (or ``visit.text[start:end]``) is its text."""

    code: str = Field(description="Code of the codebook.")
    turn: int | None = Field(description="Index of the turn, from 0; null in a note.")
    start: int = Field(ge=0, description="First character, counted from 0.")
    end: int = Field(ge=0, description="One past the last character.")
    text: str | None = Field(default=None, description="The stretch itself; null with --no-text.")
    p: float = Field(ge=0, le=1, description="Calibrated probability that the code applies.")
    why: str = Field(description="`coder`, or the id of the rule that fired.")


class Score(Record):
    """One part of the alliance on the codebook's scale from 1 to 5."""

    value: float | None = Field(description="1 (absent or against the patient) to 5 (mutual, specific, sustained).")
    low: float | None = Field(description="Lower end of the 90 % interval.")
    high: float | None = Field(description="Upper end of the 90 % interval.")
    documented: bool = Field(default=True, description="False where a note does not document this part at all.")


class AllianceScore(Score):
    """Mean of goal, task and bond, with its band."""

    band: Band | None = Field(description="weak below 2.5, fair below 3.5, strong from 3.5.")
    p_strong: float | None = Field(description="Probability that the three ratings' mean is at least 3.5.")


class Scores(Record):
    """The three parts and their mean."""

    goal: Score
    task: Score
    bond: Score
    alliance: AllianceScore


class Contribution(Record):
    """What one feature adds to one part; with the part's `base` feature they add up to its value."""

    feature: str = Field(description="Name in the table of features, `base`, `scale_limit` or `clinic_calibration`.")
    of: Part
    value: float = Field(description="Points on the 1-5 scale.")
    evidence: tuple[int, ...] = Field(default=(), description="Indices into the report's evidence.")


class GoalPart(Record):
    """One part of a goal, with its characters in the turn or note."""

    part: Literal["function", "measure", "baseline", "target", "time", "body"]
    start: int = Field(ge=0, description="First character, counted from 0.")
    end: int = Field(ge=0, description="One past the last character.")
    text: str | None = Field(default=None, description="The words themselves; null with --no-text.")


class Goal(Record):
    """A goal with its parts; impairment-only targets of notes are kept apart from goals in life."""

    turn: int | None = Field(description="Index of the turn, from 0; null in a note.")
    start: int = Field(ge=0, description="First character of its sentence, counted from 0.")
    end: int = Field(ge=0, description="One past the last character.")
    text: str | None = Field(default=None, description="The sentence itself; null with --no-text.")
    owner: Literal["patient", "provider", "family"] = Field(description="Whose goal the words say it is.")
    kind: Literal["life", "impairment"] = Field(description="`impairment`: nothing but a measure of the body.")
    horizon: Literal["short", "long"] | None = Field(default=None, description="STG or LTG, where it says so.")
    met: str | None = Field(default=None, description="Its status in its own words, such as `not met`.")
    specific: bool = Field(description="It names a function, or a measure with its target.")
    measurable: bool = Field(description="It names an amount, level or condition that another could check.")
    time_bound: bool = Field(description="It names when it shall be reached.")
    parts: tuple[GoalPart, ...] = ()


class Flag(Record):
    """Stigmatising or doubting words of a note; shown beside the scores, in none of them."""

    code: Literal["doubt", "disapproval", "difficult", "label", "authority"]
    start: int = Field(ge=0, description="First character, counted from 0.")
    end: int = Field(ge=0, description="One past the last character.")
    text: str | None = Field(default=None, description="The words themselves; null with --no-text.")
    rule: str = Field(description="Id of the rule.")
    suggestion: str = Field(description="A kinder wording, or what to write instead.")
    reference: str = Field(description="Where the words are named as stigmatising.")


class NoteSection(Record):
    """A section of a note: what stands under one heading."""

    section: str = Field(description="Its name, such as `plan`; `other`: unlisted; `unheaded`: before any.")
    start: int = Field(ge=0, description="First character under the heading, counted from 0.")
    end: int = Field(ge=0, description="One past the last character.")
    empty: bool = Field(default=False, description="A field of a template that nobody filled in.")
    copied: bool = Field(default=False, description="It says it was copied from an earlier note.")


class VisitReport(Record):
    """What is said of one visit."""

    schema_version: str = Field(default=SCHEMA_VERSION)
    visit_id: str
    kind: Kind
    model: str = Field(description="Name and version of the model.")
    status: Status
    abstained_because: AbstainReason | None = None
    scores: Scores | None = Field(default=None, description="Null where the tool abstains.")
    evidence: tuple[Evidence, ...] = ()
    measures: dict[str, float | None] = Field(
        default_factory=dict, description="Measures beside the score; null is undefined, 0 is measured none."
    )
    contributions: tuple[Contribution, ...] = ()
    goals: tuple[Goal, ...] = Field(default=(), description="Goals that are named, with their parts.")
    flags: tuple[Flag, ...] = Field(default=(), description="Stigmatising words of a note; never part of a score.")
    sections: tuple[NoteSection, ...] = Field(default=(), description="Sections of a note.")
    warnings: tuple[str, ...] = ()
