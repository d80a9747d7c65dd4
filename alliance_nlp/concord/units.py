"""What can be compared: sentences of a visit, and clauses of a note, each with its words and the coder's answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotate.goal_lists import is_listed_goal
from ..annotate.goal_parts import is_about_goals, is_labelled
from ..annotate.note_marks import is_template
from ..annotate.sections import Section, find_sections, section_at
from ..codes import CODE_NAMES
from ..parse import split_note
from .terms import days_in, numbers_in, sides_in, terms_of

Array = NDArray[np.float64]

#: Sections a clause can stand in, as features; the others are one.
SECTIONS = (
    "goals",
    "patient_goals",
    "plan",
    "assessment",
    "assessment_plan",
    "subjective",
    "objective",
    "exam",
    "unheaded",
)
_CUT = re.compile(
    r"[;•]\s*|,\s+(?:(?:and|but)\s+)?(?!\d{1,2}\b)|\s+(?:and|but|who|&)\s+(?=\w)|\s+-\s+|\.\s+(?=[A-Z])"
    r"|\s*\+\s*(?=[a-z])"
)
_BRACKET = re.compile(r"\([^()\n]*\)|\"[^\"\n]*\"|“[^”\n]*”")
_WORD = re.compile(r"\w")
#: A clause with fewer words stays with its neighbour, unless it is whole for all that.
_FEW = 2
_WHOLE = re.compile(r"(?i)agree|confirm|happy")
_EDGE = ' \t\r\n,.;:-–•*()[]"“”'


@dataclass(frozen=True)
class Unit:
    """One sentence that was said, or one clause of a note.

    ``turn``: index of the turn, None in a note; ``start``, ``end``: its characters, half-open; ``sentence``: index of
    its sentence; ``role``: who says it, or ``note``; ``place``: how far into the text, 0 to 1; ``section``: of a note;
    ``listed_goal``: whether its sentence stands in a list of goals.
    """

    turn: int | None
    start: int
    end: int
    sentence: int
    role: str
    place: float
    text: str
    terms: tuple[str, ...]
    numbers: frozenset[str]
    days: frozenset[str]
    sides: frozenset[str]
    section: str = ""
    listed_goal: bool = False


@dataclass(frozen=True)
class Side:
    """One of the two texts: its units, and for each the coder's 14 probabilities (units, codes)."""

    units: tuple[Unit, ...]
    p: Array
    before: Array
    after: Array

    def __len__(self) -> int:
        return len(self.units)


def said_side(texts: Sequence[str], roles: Sequence[str], stretches: Sequence[tuple[int, int, int]], p: Array) -> Side:
    """The visit as units, one a sentence.

    Args:
        texts: what each turn says.
        roles: who says it.
        stretches: turn, start and end of each sentence.
        p: code probabilities, one row a sentence.
    """
    units = []
    for index, (turn, start, end) in enumerate(stretches):
        units.append(
            _unit(texts[turn][start:end], turn, start, end, index, roles[turn], index / max(1, len(stretches)))
        )
    nothing = np.zeros((1, len(CODE_NAMES)))
    before = np.concatenate([nothing, p[:-1]]) if len(p) else p
    after = np.concatenate([p[1:], nothing]) if len(p) else p
    return Side(tuple(units), p, before, after)


def note_side(note: str, stretches: Sequence[tuple[int, int]], p: Array) -> Side:
    """The note as units, one a clause; each has the code probabilities of its sentence.

    Args:
        note: its text.
        stretches: start and end of each sentence.
        p: code probabilities, one row a sentence.
    """
    sections = find_sections(note)
    units: list[Unit] = []
    for index, (start, end) in enumerate(stretches):
        if is_template(note[start:end]):
            continue
        section = section_at(sections, start)
        listed = _is_goal(note, section, start, end)
        for a, b in clauses_of(note, start, end):
            name = section.section if section else ""
            units.append(_unit(note[a:b], None, a, b, index, "note", a / max(1, len(note)), name, listed))
    at = np.array([unit.sentence for unit in units], np.int64)
    nothing = np.zeros((1, len(CODE_NAMES)))
    padded = np.concatenate([nothing, p, nothing])
    return Side(tuple(units), padded[at + 1], padded[at], padded[at + 2])


def clauses_of(note: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Clauses of a sentence of a note; a piece without two words of its own stays with its neighbour.

    >>> note = "Pt to weld rail; PT to bring cleats, and agreed."
    >>> [note[a:b] for a, b in clauses_of(note, 0, len(note))]
    ['Pt to weld rail', 'PT to bring cleats', 'agreed']
    """
    brackets = [match.span() for match in _BRACKET.finditer(note, start, end)]
    inside = [m.span() for m in _CUT.finditer(note, start, end) if not any(a < m.start() < b for a, b in brackets)]
    cuts = [start, *(bound for span in inside for bound in span), end]
    out: list[tuple[int, int]] = []
    short = False
    for a, b in (_trim(note, *span) for span in zip(cuts[::2], cuts[1::2], strict=True)):
        if not _WORD.search(note[a:b]):
            continue
        few = len(terms_of(note[a:b], note=True)) < _FEW and not _WHOLE.search(note[a:b])
        if out and (few or short):
            out[-1] = (out[-1][0], b)
            short = short and few
        else:
            out.append((a, b))
            short = few
    return iter(out)


def sentences_of(
    state: dict[str, Any], first: NDArray[np.int64], last: NDArray[np.int64]
) -> list[tuple[int, int, int]]:
    """Turn, start and end of every sentence of a parsed Doc, in the turn's own characters.

    Args:
        state: the Doc's ``doc._.alliance_visit``.
        first: first character of each token in the Doc.
        last: one past its last character.
    """
    return [
        (turn, int(first[start]) - state["turns"][turn][2], int(last[end - 1]) - state["turns"][turn][2])
        for start, end, turn in state["sents"]
    ]


def _unit(
    text: str,
    turn: int | None,
    start: int,
    end: int,
    sentence: int,
    role: str,
    place: float,
    section: str = "",
    listed_goal: bool = False,
) -> Unit:
    terms = terms_of(text, note=role == "note")
    return Unit(
        turn,
        start,
        end,
        sentence,
        role,
        place,
        text,
        terms,
        numbers_in(terms),
        days_in(terms),
        sides_in(text),
        section,
        listed_goal,
    )


def _is_goal(note: str, section: Section | None, start: int, end: int) -> bool:
    sentence = note[start:end]
    listed = is_labelled(sentence) or (section is not None and is_listed_goal(note, section, start, end))
    return listed and not is_about_goals(sentence)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip(_EDGE)), start + len(part.rstrip(_EDGE))


__all__ = ["SECTIONS", "Side", "Unit", "clauses_of", "note_side", "said_side", "sentences_of", "split_note"]
