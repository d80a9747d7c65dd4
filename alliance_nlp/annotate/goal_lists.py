"""Which sentences of a note stand in a list under a heading of goals."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from .goal_parts import is_prose
from .sections import Section

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_GOAL_SECTIONS = ("goals", "patient_goals")
_BULLET = re.compile(r"[ \t]*(?:\[[xX✓✔]\]|[-*•●▪◦‣·–]|\(?(?:\d{1,2}|[a-h])[.)])[ \t]")
#: Good enough to tell where in a line of goals prose begins.
_SENTENCE = re.compile(r"[^.;!?]+(?:[.;!?](?!\s)[^.;!?]*)*")


def is_listed_goal(note: str, section: Section, start: int, end: int) -> bool:
    """Whether a sentence stands in the list under a heading of goals.

    Under a heading that has its line for itself the list is all up to a blank line. Of another heading it is the rest
    of its line until a sentence is prose, and the bullets under it.

    Args:
        note: the whole note.
        section: the section the sentence stands in.
        start: where the sentence begins.
        end: one past its last character.

    >>> from alliance_nlp.annotate.sections import find_sections
    >>> note = "LTG: climb stairs. Sleep 6 h. Needs a recert."
    >>> [is_listed_goal(note, find_sections(note)[0], *bounds) for bounds in ((0, 18), (19, 29), (30, 45))]
    [True, True, False]
    """
    if section.section not in _GOAL_SECTIONS or not re.search(r"\w", note[max(start, section.heading_end) : end]):
        return False
    if start <= section.start:
        return True
    bounds = _bounds(note, section)
    if start >= bounds.blank_line:
        return False
    if bounds.own_line or start < bounds.prose:
        return True
    return start > bounds.line_end and bool(_BULLET.match(note, note.rfind("\n", 0, start) + 1))


class _Bounds(NamedTuple):
    """Of a list: whether its heading has a line for itself, and where a blank line, the end of the first line and prose
    on that line come.
    """

    own_line: bool
    blank_line: int
    line_end: int
    prose: int


@lru_cache(maxsize=64)  # asked for again by every sentence of the section
def _bounds(note: str, section: Section) -> _Bounds:
    blank = _BLANK_LINE.search(note, section.start, section.end)
    line_end = note.find("\n", section.start, section.end)
    line_end = section.end if line_end < 0 else line_end
    sentences = _SENTENCE.finditer(note, section.start, line_end)
    prose = next((each.start() for each in sentences if is_prose(each.group())), line_end)
    own_line = "\n" in note[section.heading_end : section.start]
    return _Bounds(own_line, blank.start() if blank else section.end, line_end, prose)
