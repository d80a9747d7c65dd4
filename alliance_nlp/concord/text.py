"""A `ConcordanceReport` as lines for the terminal: what was left out first, then what nobody said, then what agrees."""

from __future__ import annotations

from collections.abc import Iterator

from ..report.printable import printable
from .records import ConcordanceItem, ConcordanceReport, NotePlace, SaidPlace

TITLES = {
    "said_only": "Said, not found in the note",
    "note_only": "In the note, not found in what was said",
    "both": "Said and documented",
}
KIND_TITLES = {
    "goal": "goal",
    "agreement": "agreement",
    "preference": "preference",
    "plan": "plan",
    "next_contact": "next contact",
}


def as_lines(report: ConcordanceReport) -> Iterator[str]:
    """The report line by line; control characters of the texts are replaced.

    >>> list(as_lines(ConcordanceReport(visit_id="v", note_id="n", model="m")))[0]
    'Note n beside visit v'
    """
    yield printable(f"Note {report.note_id} beside visit {report.visit_id}")
    for status, title in TITLES.items():
        items = [item for item in report.items if item.status == status]
        if not items:
            continue
        yield ""
        yield f"{title} ({len(items)})"
        for item in items:
            yield from _item(item)
    if report.mismatches:
        yield ""
        yield f"Details of the person that differ ({len(report.mismatches)})"
        for each in report.mismatches:
            yield f"  {each.detail}: note {_quote(each.note)}, {_said(each.said) if each.said else 'roster differs'}"
    if report.copied_share is not None:
        yield ""
        yield f"Carried over from the earlier note: {report.copied_share:.0%} of the words"
        for stretch in report.copied:
            yield f"  {stretch.words} words, note {_quote(stretch.note)}"
    if not report.items:
        yield ""
        yield "No goal, agreement, preference, part of a plan or next contact was found on either side."


def _item(item: ConcordanceItem) -> Iterator[str]:
    places = [_said(item.said)] if item.said else []
    places += [f"note {_quote(item.note)}"] if item.note else []
    yield f"  {KIND_TITLES[item.kind]}, p {item.p:.2f}: {places[0]}"
    for place in places[1:]:
        yield f"      {place}"


def _said(place: SaidPlace) -> str:
    return f"turn {place.turn + 1} {_quote(place)}"


def _quote(place: SaidPlace | NotePlace) -> str:
    if place.text is None:
        return f"[{place.start}:{place.end}]"
    return f'"{printable(" ".join(place.text.split()))}"'
