"""A comparison as the page of `alliance score --html` shows it in the opened note."""

from __future__ import annotations

from typing import Any

from ..report.page.note import one_line
from .records import ConcordanceReport, NotePlace, SaidPlace


def page_details(concordance: ConcordanceReport, *, text: bool) -> dict[str, Any]:
    """The transcript's id, items and details of the person that differ, as the page's script takes them.

    Args:
        concordance: the comparison.
        text: whether both places are quoted, or named by turn and characters alone.

    >>> page_details(ConcordanceReport(visit_id="v1", note_id="n1", model="m"), text=True)
    {'visit': 'v1', 'items': [], 'mismatches': []}
    """
    return {
        "visit": concordance.visit_id,
        "items": [
            [item.kind, item.status, _said(item.said, text), _note(item.note, text), item.p]
            for item in concordance.items
        ],
        "mismatches": [
            [each.detail, _said(each.said, text), _note(each.note, text)] for each in concordance.mismatches
        ],
    }


def _said(place: SaidPlace | None, text: bool) -> list[Any] | None:
    return None if place is None else [one_line(place.text, text=text), place.start, place.end, place.turn]


def _note(place: NotePlace | None, text: bool) -> list[Any] | None:
    return None if place is None else [one_line(place.text, text=text), place.start, place.end]
