"""Stored visits as the templates print them: turns cut at the ends of their marks, words for codes, safe text.

Offsets count code points of a turn as it came in. What is printed keeps them: a character that may not be printed is
replaced one for one, and line ends reach the browser as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from ...codes import CODES, NAME_CODES
from ...parse import split_note, split_sentences
from ...records import Visit
from ...report.printable import printable
from ..reviews import ROLES

_FAMILY: dict[str, str] = {**{code.name: code.family for code in CODES}, **dict.fromkeys(NAME_CODES, "names")}
_KEPT = "\n\r\t"


class Mark(NamedTuple):
    """A coded stretch to mark in the text. ``key``: id of its entry in the list of evidence."""

    key: str
    code: str
    turn: int | None
    start: int
    end: int


class Piece(NamedTuple):
    """A stretch of text that the same marks cover, and the marks that end with it."""

    text: Markup
    marks: tuple[Mark, ...]
    ending: tuple[Mark, ...]


@dataclass(frozen=True)
class ShownTurn:
    """A turn, or the whole of a note: who speaks, its text in pieces, and where its sentences lie."""

    index: int | None
    role: str
    speaker: str | None
    pieces: tuple[Piece, ...]
    sentences: tuple[tuple[int, int, str], ...]

    @property
    def number(self) -> int:
        """As people count, from 1."""
        return (self.index or 0) + 1


def shown_turns(visit: Visit, marks: Iterable[Mark] = ()) -> list[ShownTurn]:
    """Every turn of a transcript, or the one text of a note, with its marks."""
    by_turn: dict[int | None, list[Mark]] = {}
    for mark in marks:
        by_turn.setdefault(mark.turn, []).append(mark)
    if visit.kind == "note":
        return [_shown(None, "provider", None, visit.text or "", by_turn.get(None, []))]
    return [
        _shown(index, turn.role, turn.speaker, turn.text, by_turn.get(index, []))
        for index, turn in enumerate(visit.turns)
    ]


def _shown(index: int | None, role: str, speaker: str | None, text: str, marks: Sequence[Mark]) -> ShownTurn:
    split = split_note if index is None else split_sentences
    sentences = tuple((start, end, printable(text[start:end])) for start, end in split(text))
    return ShownTurn(index, role, speaker and printable(speaker), cut(text, marks), sentences)


def cut(text: str, marks: Sequence[Mark]) -> tuple[Piece, ...]:
    """Text in pieces, cut where a mark begins or ends.

    >>> [(str(piece.text), len(piece.marks)) for piece in cut("Hi Martha.", [Mark("e0", "name_vocative", 0, 3, 9)])]
    [('Hi ', 0), ('Martha', 1), ('.', 0)]
    """
    edges = sorted({0, len(text), *(mark.start for mark in marks), *(mark.end for mark in marks)})
    return tuple(
        Piece(
            exact(text[start:end]),
            tuple(mark for mark in marks if mark.start <= start and end <= mark.end),
            tuple(mark for mark in marks if mark.end == end),
        )
        for start, end in pairwise(edges)
    )


def exact(text: str) -> Markup:
    r"""Escaped text from which a browser makes the same characters, one for one.

    >>> exact("<b>\r\n")
    Markup('&lt;b&gt;&#13;\n')
    """
    return Markup(str(escape(printable(text, keep=_KEPT))).replace("\r", "&#13;"))


@cache
def words() -> dict[str, Any]:
    """Words of ``words.json``: labels of codes and families, questions and anchors of the ratings."""
    found: dict[str, Any] = json.loads((files(__package__) / "words.json").read_text("utf-8"))
    return found


def label(code: str) -> str:
    """A code in plain words.

    >>> label("goal_elicit")
    "asks for the patient's goals"
    """
    return str(words()["codes"][code][0])


def family(code: str) -> str:
    """The family of a code, ``names`` for the codes of names."""
    return _FAMILY[code]


def codes_for(role: str, *, names: bool = True) -> dict[str, list[str]]:
    """Codes that a role may carry, by family, for a list to choose from.

    >>> codes_for("patient")["bond"]
    ['optimism']
    """
    found: dict[str, list[str]] = {}
    for code, roles in ROLES.items():
        if role in roles and (names or code not in NAME_CODES):
            found.setdefault(_FAMILY[code], []).append(code)
    return found
