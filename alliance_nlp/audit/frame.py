"""The visits that an audit is drawn from: scored visits and their reports, or visits that are scored on the way.

Only what the draw needs is kept of each visit; those that are drawn are read a second time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from ..errors import AllianceError, BadAudit
from ..read import read_files
from ..records import PARTS, Band, Kind, Visit, VisitReport

#: What visits are spread over.
STRATA = ("provider", "setting", "band", "month")
ReportOf = Callable[[Visit], VisitReport | None]
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class Candidate(NamedTuple):
    """What the draw knows of a visit; a band, value, spread and probability only where the tool scored it whole."""

    visit_id: str
    kind: Kind
    provider: str | None
    setting: str | None
    month: str | None
    patient: str | None
    date: str | None
    words: int
    band: Band | None
    value: float | None
    spread: float | None
    p_strong: float | None


@dataclass
class Frame:
    """Where the visits and their reports come from.

    ``paths``: files and folders of visits; ``report_of``: the tool's view of a visit, None where it has none;
    ``roster`` and ``roles``: as `read_files` takes them; ``failures``: what could not be read or scored, and
    ``without``: visits without a report, both filled by `candidates`.
    """

    paths: Sequence[Path]
    report_of: ReportOf
    roster: Path | None = None
    roles: str | None = None
    failures: list[AllianceError] = field(default_factory=list)
    without: int = 0

    def candidates(self) -> list[Candidate]:
        """Every visit that has a report."""
        found = []
        self.failures.clear()
        self.without = 0
        for visit in self._visits(self.failures.append):
            try:
                report = self.report_of(visit)
            except AllianceError as error:
                self.failures.append(error)
                continue
            if report is None:
                self.without += 1
            else:
                found.append(candidate(visit, report))
        return found

    def fetch(self, wanted: set[str]) -> dict[str, tuple[Visit, VisitReport]]:
        """Visits and reports of some candidates, by visit_id.

        Raises:
            BadAudit: a visit changed meanwhile, or the evidence of its report is not within it.
        """
        found = {}
        for visit in self._visits(lambda _: None):
            if visit.visit_id in wanted and (report := self.report_of(visit)):
                check_fit(visit, report)
                found[visit.visit_id] = (visit, report)
        if lost := wanted - found.keys():
            raise BadAudit(f"visit {min(lost)}", "it is gone since the sample was drawn", "draw again")
        return found

    def _visits(self, failed: Callable[[AllianceError], object]) -> Iterator[Visit]:
        """Visits in order; one whose id came before is ``id#2``, ``id#3`` ..., as `alliance score` calls it."""
        seen: set[str] = set()
        for found in read_files(self.paths, roster=self.roster, roles=self.roles):
            if isinstance(found, AllianceError):
                failed(found)
                continue
            name, times = found.visit_id, 1
            while name in seen:
                times += 1
                name = f"{found.visit_id}#{times}"
            seen.add(name)
            yield found if name == found.visit_id else found.model_copy(update={"visit_id": name})


def is_scored(path: Path) -> bool:
    """Whether a file holds reports, as ``alliance score -o FILE.jsonl`` writes them, rather than visits."""
    if path.suffix != ".jsonl" or not path.is_file():
        return False
    with path.open("rb") as lines:
        first = lines.readline()
    try:
        data = json.loads(first)
    except ValueError:
        return False
    return isinstance(data, dict) and "status" in data and "turns" not in data


def read_reports(path: Path) -> ReportOf:
    """Reports of a file by visit_id; only their places in the file are kept in memory.

    Raises:
        BadAudit: a line is no report.
    """
    places: dict[str, int] = {}
    at = 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                places[_report(line, f"{path}, line {number}").visit_id] = at
            at += len(line)

    def report_of(visit: Visit) -> VisitReport | None:
        place = places.get(visit.visit_id)
        if place is None:
            return None
        with path.open("rb") as lines:
            lines.seek(place)
            return _report(lines.readline(), str(path))

    return report_of


def candidate(visit: Visit, report: VisitReport) -> Candidate:
    """What the draw keeps of a visit and its report."""
    provider, patient = visit.provider, visit.patient
    date = visit.date if visit.date and _MONTH.match(visit.date) else None
    whole = report.scores.alliance if report.scores else None
    values = [getattr(report.scores, part).value for part in PARTS] if report.scores else [None]
    parts = [value for value in values if value is not None]
    return Candidate(
        visit_id=visit.visit_id,
        kind=visit.kind,
        provider=(provider.id or provider.name) if provider else None,
        setting=visit.setting,
        month=date[:7] if date else None,
        patient=(patient.id or patient.family) if patient else None,
        date=date,
        words=count_words(visit),
        band=whole.band if whole else None,
        value=whole.value if whole else None,
        spread=max(parts) - min(parts) if len(parts) == len(PARTS) else None,
        p_strong=whole.p_strong if whole else None,
    )


def count_words(visit: Visit) -> int:
    """Words of a visit, by white space."""
    return sum(len(text.split()) for text in ([turn.text for turn in visit.turns] or [visit.text or ""]))


def check_fit(visit: Visit, report: VisitReport) -> None:
    """Refuse a report of other words than the visit's.

    Raises:
        BadAudit: evidence is not where the report says.
    """
    for each in report.evidence:
        if visit.kind == "note":
            text = visit.text or "" if each.turn is None else ""
        else:
            text = visit.turns[each.turn].text if each.turn is not None and each.turn < len(visit.turns) else ""
        if not each.start < each.end <= len(text) or each.text not in (None, text[each.start : each.end]):
            why = "its report is of other words than the visit"
            raise BadAudit(f"visit {visit.visit_id}", why, "score the visits again, then draw")


def _report(line: bytes, place: str) -> VisitReport:
    try:
        return VisitReport.model_validate_json(line)
    except ValidationError:
        raise BadAudit(place, "it is no report", "give what alliance score -o FILE.jsonl wrote") from None
