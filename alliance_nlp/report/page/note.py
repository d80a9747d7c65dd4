"""What the page shows of a note beside its marks: goals with their parts, words that may stigmatise, sections."""

from __future__ import annotations

from typing import Any

from ...records import Flag, Goal, VisitReport
from ..printable import printable

_ASKED = ("specific", "measurable", "time_bound")


def note_details(report: VisitReport, *, text: bool) -> dict[str, Any]:
    """Goals, flags and sections of a report as the page's script takes them.

    Args:
        report: of a note; that of a transcript has none of them.
        text: whether words of the note go in, or characters alone.

    >>> report = VisitReport(visit_id="n", kind="note", model="m", status="abstained",
    ...                      sections=[{"section": "patient_goals", "start": 7, "end": 7, "empty": True}])
    >>> note_details(report, text=True)
    {'goals': [], 'flags': [], 'sections': [['patient goals', True, False]]}
    """
    return {
        "goals": [_goal(goal, text) for goal in report.goals],
        "flags": [_flag(flag, text) for flag in report.flags],
        "sections": [[each.section.replace("_", " "), each.empty, each.copied] for each in report.sections],
    }


def one_line(words: str | None, *, text: bool) -> str | None:
    """Words of a visit on one line, fit to be shown; None where there are none or they are left out.

    >>> one_line("climb\\n 12 stairs", text=True), one_line("climb", text=False)
    ('climb 12 stairs', None)
    """
    return printable(" ".join(words.split())) if text and words is not None else None


def _goal(goal: Goal, text: bool) -> dict[str, Any]:
    return {
        "text": one_line(goal.text, text=text),
        "at": [goal.start, goal.end],
        "owner": goal.owner,
        "kind": goal.kind,
        "horizon": goal.horizon,
        "met": one_line(goal.met, text=text),
        "missing": [asked for asked in _ASKED if not getattr(goal, asked)],
        "parts": [[part.part, one_line(part.text, text=text)] for part in goal.parts],
    }


def _flag(flag: Flag, text: bool) -> dict[str, Any]:
    return {
        "text": one_line(flag.text, text=text),
        "at": [flag.start, flag.end],
        "code": flag.code,
        "suggestion": flag.suggestion,
        "source": f"{flag.rule}; {flag.reference}",
    }
