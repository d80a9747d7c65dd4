"""Tables of an audit's database, one audit each; the same on SQLite and PostgreSQL.

A visit and its report are kept as the JSON text of their records, so that an audit stands by itself. Times are UTC in
ISO 8601. Every table that reviewers write to counts its ``version`` up with each change: who saves over a version that
is no longer there is told so instead of winning (`errors.ChangedMeanwhile`). The log can only grow: triggers refuse
any change to it, whoever makes it.
"""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import DDL, JSON, CheckConstraint, ForeignKey, Text, UniqueConstraint, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from ..records import Band, Kind, Part, Visit, VisitReport

#: Counted up when the tables change in a way that older code cannot read.
SCHEMA_VERSION = 1
#: Why a visit was drawn: at random, for its stratum, because the tool was unsure, or because it stood out.
Why = Literal["core", "stratum", "uncertain", "surprising"]
Action = Literal["accept", "reject", "add"]


class Table(DeclarativeBase):
    """What every table shares."""

    type_annotation_map = {str: Text, dict[str, Any]: JSON, list[list[Any]]: JSON}  # noqa: RUF012


class Audit(Table):
    """The audit itself, one row: how it was drawn, and from what."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    schema_version: Mapped[int]
    created_at: Mapped[str]
    model: Mapped[str] = mapped_column(doc="Name of the model whose reports are audited.")
    seed: Mapped[int]
    population: Mapped[int] = mapped_column(doc="Visits that the sample stands for.")
    design: Mapped[dict[str, Any]] = mapped_column(doc="Shares, strata and the population's own figures.")


class SampledVisit(Table):
    """One visit of the sample, in the order in which it is shown."""

    __tablename__ = "visit"
    __table_args__ = (CheckConstraint("weight >= 1", name="weight_at_least_1"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(unique=True, doc="Order of showing, from 1; drawn at random.")
    visit_id: Mapped[str] = mapped_column(unique=True)
    weight: Mapped[float] = mapped_column(doc="How many visits of the population it stands for: 1 / its chance.")
    why: Mapped[Why] = mapped_column(doc="What it was drawn for first.")
    kind: Mapped[Kind]
    provider: Mapped[str | None]
    setting: Mapped[str | None]
    month: Mapped[str | None] = mapped_column(doc="YYYY-MM.")
    band: Mapped[Band | None] = mapped_column(doc="By the tool; null where it abstains.")
    words: Mapped[int]
    visit_json: Mapped[str]
    report_json: Mapped[str]
    units: Mapped[list[BlindUnit]] = relationship(order_by="BlindUnit.id", lazy="selectin")

    @property
    def visit(self) -> Visit:
        """The visit as the reviewer reads it."""
        return Visit.model_validate_json(self.visit_json)

    @property
    def report(self) -> VisitReport:
        """What the tool says of it; not to be shown before `reviews.reveal`."""
        return VisitReport.model_validate_json(self.report_json)


class BlindUnit(Table):
    """A turn (of a note, a sentence) drawn at random, to be coded before the tool's view is shown."""

    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_key: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    turn: Mapped[int | None] = mapped_column(doc="Index of the turn, from 0; null in a note.")
    start: Mapped[int] = mapped_column(doc="First character in the turn or note.")
    end: Mapped[int] = mapped_column(doc="One past the last character.")
    weight: Mapped[float] = mapped_column(doc="How many units of its visit it stands for.")


class Reviewer(Table):
    """Someone who rates."""

    __tablename__ = "reviewer"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Review(Table):
    """How far one reviewer has come with one visit; times are null until then."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("visit_key", "reviewer_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_key: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    reviewer_key: Mapped[int] = mapped_column(ForeignKey("reviewer.id"))
    begun_at: Mapped[str]
    revealed_at: Mapped[str | None] = mapped_column(doc="From here on the blind ratings and codes stand fast.")
    finished_at: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Rating(Table):
    """A blind rating of one part."""

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("visit_key", "reviewer_key", "part"),
        CheckConstraint("value BETWEEN 1 AND 5", name="value_on_the_scale"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_key: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    reviewer_key: Mapped[int] = mapped_column(ForeignKey("reviewer.id"))
    part: Mapped[Part]
    value: Mapped[int | None] = mapped_column(doc="1 to 5; null where the reviewer says that it cannot be rated.")
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class UnitCoding(Table):
    """What a reviewer coded blind in one unit; without stretches: looked at, and nothing is there."""

    __tablename__ = "unit_coding"
    __table_args__ = (UniqueConstraint("unit_key", "reviewer_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_key: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reviewer_key: Mapped[int] = mapped_column(ForeignKey("reviewer.id"))
    codes: Mapped[list[list[Any]]] = mapped_column(doc="[code, start, end] each, characters of the turn or note.")
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Decision(Table):
    """What a reviewer says of a piece of evidence: accepted, rejected, or added by themselves."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("visit_key", "reviewer_key", "evidence"),
        CheckConstraint("(action = 'add') = (evidence IS NULL)", name="only_what_is_added_is_new"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_key: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    reviewer_key: Mapped[int] = mapped_column(ForeignKey("reviewer.id"))
    action: Mapped[Action]
    evidence: Mapped[int | None] = mapped_column(doc="Index into the report's evidence; null for what was added.")
    code: Mapped[str]
    turn: Mapped[int | None]
    start: Mapped[int]
    end: Mapped[int]
    standing: Mapped[bool] = mapped_column(doc="False once it was taken back.")
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Comment(Table):
    """A reviewer's remark on a visit."""

    __tablename__ = "comment"
    __table_args__ = (UniqueConstraint("visit_key", "reviewer_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_key: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    reviewer_key: Mapped[int] = mapped_column(ForeignKey("reviewer.id"))
    text: Mapped[str]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class LogEntry(Table):
    """One change: who, when, what."""

    __tablename__ = "log"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    who: Mapped[str | None] = mapped_column(doc="The reviewer's name; null for the command line.")
    what: Mapped[str]
    visit_key: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    detail: Mapped[dict[str, Any]]


_REFUSAL = "the log of an audit can only grow"
_SQLITE = [
    f"CREATE TRIGGER log_{verb} BEFORE {verb} ON log BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for verb in ("UPDATE", "DELETE")
]
_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION refuse_log_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    "CREATE TRIGGER log_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON log "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()",
]
for _dialect, _statements in (("sqlite", _SQLITE), ("postgresql", _POSTGRESQL)):
    for _statement in _statements:
        event.listen(LogEntry.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
