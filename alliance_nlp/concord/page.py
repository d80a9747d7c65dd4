"""`ConcordanceReport`s as one page by itself: the items, and transcript and note side by side with their places marked.

The page asks for nothing from elsewhere and runs no script; links lead from an item to its two places and back, so it
works by mouse, by key and with a screen reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from ..records import Visit
from ..report.template import check_jinja, page_template, style_policy
from .records import ConcordanceReport
from .text import KIND_TITLES, TITLES

_TEMPLATE, _STYLE = "page.html.jinja", "page.css"


class Compared(NamedTuple):
    """A report with the two texts it is of."""

    report: ConcordanceReport
    visit: Visit
    note: Visit


class Piece(NamedTuple):
    """A stretch of text under the same items: their numbers, those that begin here, and the status that shows."""

    text: str
    items: tuple[int, ...]
    begin: tuple[int, ...]
    status: str


def as_html(pairs: Sequence[Compared]) -> str:
    """One page for all pairs.

    Raises:
        MissingExtra: jinja2 is not installed.
    """
    check_template()
    style = (files(__package__) / _STYLE).read_text("utf-8")
    return page_template(__package__, _TEMPLATE).render(
        pairs=[_shown(pair, index) for index, pair in enumerate(pairs)],
        titles=TITLES,
        kinds=KIND_TITLES,
        style=style,
        policy=style_policy(style),
    )


def check_template() -> None:
    """Say before the work that a page cannot be written.

    Raises:
        MissingExtra: jinja2 is not installed.
    """
    check_jinja("writing a page")


def cut(text: str, marks: Iterable[tuple[int, int, int, str]]) -> list[Piece]:
    """A text in pieces at the bounds of its marks.

    Args:
        text: the text.
        marks: start, end, number and status of each item in it.

    >>> [(piece.text, piece.items) for piece in cut("Walk home.", [(0, 4, 1, "both")])]
    [('Walk', (1,)), (' home.', ())]
    """
    marked = sorted(marks)
    bounds = sorted({0, len(text), *(start for start, *_ in marked), *(end for _, end, *_ in marked)})
    pieces = []
    for start, end in pairwise(bounds):
        here = [(number, status) for a, b, number, status in marked if a <= start and end <= b]
        begin = tuple(number for a, _, number, _ in marked if a == start)
        status = next((each for each in ("said_only", "note_only", "both") if each in {own for _, own in here}), "")
        pieces.append(Piece(text[start:end], tuple(number for number, _ in here), begin, status))
    return pieces


def _shown(pair: Compared, index: int) -> dict[str, object]:
    report, visit, note = pair
    ordered = [item for status in TITLES for item in report.items if item.status == status]
    items = [(number, item) for number, item in enumerate(ordered, 1)]
    turns = []
    for at, turn in enumerate(visit.turns):
        marks = [(i.said.start, i.said.end, number, i.status) for number, i in items if i.said and i.said.turn == at]
        turns.append((turn, cut(turn.text, marks)))
    written = [(i.note.start, i.note.end, number, i.status) for number, i in items if i.note]
    return {
        "id": f"p{index + 1}",
        "report": report,
        "groups": [(status, [each for each in items if each[1].status == status]) for status in TITLES],
        "turns": turns,
        "note": cut(note.text or "", written),
        "quotes": {
            number: (
                visit.turns[i.said.turn].text[i.said.start : i.said.end] if i.said else None,
                (note.text or "")[i.note.start : i.note.end] if i.note else None,
            )
            for number, i in items
        },
        "differs": [
            (
                each.detail,
                (note.text or "")[each.note.start : each.note.end],
                visit.turns[each.said.turn].text[each.said.start : each.said.end] if each.said else None,
            )
            for each in report.mismatches
        ],
        "copied": [(each.words, (note.text or "")[each.note.start : each.note.end]) for each in report.copied],
    }
