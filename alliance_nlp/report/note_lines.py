"""Goals with their parts and stigmatising words with a kinder wording, as `alliance explain` prints them."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from ..records import Goal, VisitReport
from .printable import printable

_HEADING, _QUIET = "bold", "dim"
_NAMES = {"time": "by when", "body": "body part"}
_ASKED = (("specific", "what"), ("measurable", "how much"), ("time_bound", "by when"))


def note_lines(report: VisitReport) -> Iterator[Text]:
    """Lines on the goals, the flags and the empty fields of a report; none where there are none.

    >>> report = VisitReport(visit_id="n", kind="note", model="m", status="abstained", flags=[{"code": "doubt",
    ...     "start": 3, "end": 9, "text": "claims", "rule": "stigma.claims", "suggestion": "'says'", "reference": "R"}])
    >>> [line.plain for line in note_lines(report)][1]
    "  doubt        claims: 'says'   (stigma.claims; R)"
    """
    if report.goals:
        yield Text("\nGoals and their parts", style=_HEADING)
        for goal in report.goals:
            yield from _goal(goal)
    if report.flags:
        yield Text("\nWords that may stigmatise, and a kinder wording; not part of a score", style=_HEADING)
        for flag in report.flags:
            words = printable(flag.text) if flag.text else f"characters {flag.start} to {flag.end}"
            line = Text(f"  {flag.code:<12} {words}: {flag.suggestion}")
            yield line.append(f"   ({flag.rule}; {flag.reference})", style=_QUIET)
    if empty := sorted({each.section.replace("_", " ") for each in report.sections if each.empty}):
        yield Text(f"\nFields left empty: {', '.join(empty)}")
    if copied := sorted({each.section.replace("_", " ") for each in report.sections if each.copied}):
        yield Text(f"Said to be copied from an earlier note: {', '.join(copied)}")


def _goal(goal: Goal) -> Iterator[Text]:
    kind = "in life" if goal.kind == "life" else "of the body alone"
    facts = [f"the {goal.owner}'s", kind, *([f"{goal.horizon} term"] if goal.horizon else [])]
    if goal.met:
        facts.append(goal.met)
    words = printable(goal.text) if goal.text else f"characters {goal.start} to {goal.end}"
    yield Text(f"  {words}").append(f"   ({', '.join(facts)})", style=_QUIET)
    named = [f"{_NAMES.get(part.part, part.part)}: {printable(part.text)}" for part in goal.parts if part.text]
    missing = [asked for field, asked in _ASKED if not getattr(goal, field)]
    line = "; ".join([*named, *([f"not said: {', '.join(missing)}"] if missing else [])])
    if line:
        yield Text(f"      {line}")
