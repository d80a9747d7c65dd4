"""What a comparison gives: `ConcordanceReport`. Frozen pydantic models with a JSON schema (`alliance schema`)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..records import Record

CONCORDANCE_VERSION = "1.0"
ItemKind = Literal["goal", "agreement", "preference", "plan", "next_contact"]
ItemStatus = Literal["both", "said_only", "note_only"]
Detail = Literal["name", "age", "sex", "spouse"]


class SaidPlace(Record):
    """A stretch of the transcript; ``visit.turns[turn].text[start:end]`` is its text."""

    turn: int = Field(ge=0, description="Index of the turn, from 0.")
    start: int = Field(ge=0, description="First character in the turn, counted from 0.")
    end: int = Field(ge=0, description="One past the last character.")
    text: str | None = Field(default=None, description="The words themselves; null with --no-text.")


class NotePlace(Record):
    """A stretch of the note; ``note.text[start:end]`` is its text."""

    start: int = Field(ge=0, description="First character in the note, counted from 0.")
    end: int = Field(ge=0, description="One past the last character.")
    text: str | None = Field(default=None, description="The words themselves; null with --no-text.")


class ConcordanceItem(Record):
    """One goal, agreement, preference, part of the plan or next contact, and on which side it was found."""

    kind: ItemKind = Field(description="What it is, by the codebook's section on concordance.")
    status: ItemStatus = Field(
        description="both; said_only: said, not in the note; note_only: written, not found said."
    )
    said: SaidPlace | None = Field(description="Where it is said; null where it was not found there.")
    note: NotePlace | None = Field(description="Where it is documented; null where it was not found there.")
    p: float = Field(ge=0, le=1, description="Probability that kind and status are right.")


class PersonMismatch(Record):
    """A detail of the patient that the note has otherwise than the visit or the roster."""

    detail: Detail
    said: SaidPlace | None = Field(description="Where the visit has it; null where only the roster does.")
    note: NotePlace
    rule: str = Field(description="Id of the rule.")


class CopiedStretch(Record):
    """Words of the note that stand in an earlier note just so."""

    note: NotePlace
    earlier_start: int = Field(ge=0, description="First character in the earlier note, counted from 0.")
    earlier_end: int = Field(ge=0, description="One past the last character.")
    words: int = Field(ge=1, description="How many words.")


class ConcordanceReport(Record):
    """A note beside the transcript of its visit."""

    schema_version: str = Field(default=CONCORDANCE_VERSION)
    visit_id: str = Field(description="Id of the transcript.")
    note_id: str = Field(description="Id of the note.")
    model: str = Field(description="Name and version of the model.")
    items: tuple[ConcordanceItem, ...] = Field(default=(), description="In the order of the visit, then of the note.")
    mismatches: tuple[PersonMismatch, ...] = Field(default=(), description="Details of the person that differ.")
    copied: tuple[CopiedStretch, ...] = Field(default=(), description="Text carried over from the earlier note.")
    copied_share: float | None = Field(
        default=None, description="Share of the note's words that were carried over (0-1); null without earlier note."
    )
    counts: dict[str, dict[str, int]] = Field(default_factory=dict, description="Items by kind and status.")
    warnings: tuple[str, ...] = ()
