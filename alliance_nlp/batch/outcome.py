"""What becomes of a visit in a run, and how many ended how."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import AllianceError
from ..records import AbstainReason, Status


class Scored(NamedTuple):
    """A visit that was scored, or that the model abstained from, ready to be written."""

    visit_id: str
    status: Status
    rendered: Mapping[str, Any]
    """What each of `alliance_nlp.batch.task.RENDERS` asked for made of the report."""
    repeats: str | None
    """The id the visit came with, where another visit of the run had it already; else None."""
    abstained_because: AbstainReason | None = None
    compared: bool | None = None
    """Of a note, where notes are compared: whether its transcript was in the run; else None."""


class Failure(NamedTuple):
    """A file that could not be read, or a visit that could not be scored; holds no text of a visit."""

    source: str
    visit_id: str | None
    error: str
    """Type of the error, such as ``UnreadableFile``."""
    message: str

    def json_line(self) -> str:
        r"""The failure as a line of JSON.

        >>> Failure("a.txt", None, "NoVisits", "a.txt: no visit.").json_line()
        '{"source": "a.txt", "visit_id": null, "error": "NoVisits", "message": "a.txt: no visit."}\n'
        """
        return json.dumps(self._asdict()) + "\n"


Outcome = Scored | Failure


class Tally(NamedTuple):
    """How many visits (or unreadable files) of a run ended how; reasons by name."""

    scored: int = 0
    abstained: int = 0
    failed: int = 0
    repeated: int = 0
    """Visits whose id came before in the run; they count above, too."""
    abstained_because: Mapping[str, int] = {}
    failed_because: Mapping[str, int] = {}
    compared: int = 0
    """Notes that were compared with their transcript; they count above, too."""
    alone: int = 0
    """Notes whose transcript was not in the run, where notes were to be compared."""

    @property
    def visits(self) -> int:
        """Outcomes of all kinds."""
        return self.scored + self.abstained + self.failed

    def counted(self, outcome: Outcome) -> Tally:
        """The tally with one more outcome.

        >>> Tally().counted(Failure("a.txt", None, "NoVisits", "...")).summary()
        '0 scored, 0 abstained, 1 failed (NoVisits 1)'
        """
        if isinstance(outcome, Failure):
            return self._replace(failed=self.failed + 1, failed_because=_one_more(self.failed_because, outcome.error))
        if outcome.repeats is not None:
            return self._replace(repeated=self.repeated + 1).counted(outcome._replace(repeats=None))
        if outcome.compared is not None:
            compared, alone = self.compared + outcome.compared, self.alone + (not outcome.compared)
            return self._replace(compared=compared, alone=alone).counted(outcome._replace(compared=None))
        if outcome.status == "abstained":
            because = _one_more(self.abstained_because, outcome.abstained_because or "unknown")
            return self._replace(abstained=self.abstained + 1, abstained_because=because)
        return self._replace(scored=self.scored + 1)

    def summary(self) -> str:
        """The tally in words, reasons by falling count.

        >>> Tally(scored=3, abstained=2, abstained_because={"too_short": 1, "one_sided": 1}).summary()
        '3 scored, 2 abstained (one_sided 1, too_short 1), 0 failed'
        """
        abstained = f"{self.abstained} abstained{_reasons(self.abstained_because)}"
        return f"{self.scored} scored, {abstained}, {self.failed} failed{_reasons(self.failed_because)}"


def failure(source: Path | str, visit_id: str | None, error: Exception) -> Failure:
    """Says what went wrong; of an error this package did not write itself only the type, for its text may quote."""
    place = str(source) if visit_id is None else f"{source}, visit {visit_id}"
    if isinstance(error, AllianceError):
        message = str(error) if str(source) in str(error) else f"{place}: {error}"
    elif isinstance(error, OSError) and error.strerror:
        message = f"{place}: {error.strerror}; check that the file can be opened."
    else:
        message = f"{place}: unexpected {type(error).__name__}; please report it, without the visit."
    return Failure(str(source), visit_id, type(error).__name__, message)


def _one_more(counts: Mapping[str, int], name: str) -> dict[str, int]:
    return {**counts, name: counts.get(name, 0) + 1}


def _reasons(counts: Mapping[str, int]) -> str:
    listed = ", ".join(
        f"{name} {count}" for name, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    )
    return f" ({listed})" if listed else ""
