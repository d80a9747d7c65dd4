"""Marks of a note that say something of its text: empty template fields, copied-forward text, what kind of note it is.

They are data: ``patterns/note_marks.jsonl``, one regular expression with an id a line.

>>> is_empty("[ ] Y  [ ] N"), is_empty("[x] Y  [ ] N")
(True, False)
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from .gate import Gate

NoteType = Literal["initial_evaluation", "progress", "discharge", "daily", "unknown"]
_TITLE_CHARS = 200
#: A label with its field is shorter than this.
_FIELD_CHARS = 500
_OPTION = re.compile(r"(?:\[[ ]{0,3}\]|\([ ]{1,3}\)|[☐▢□])[ \t]*[^\[\]()☐▢□☑☒\n]{0,30}")
_TICKED = re.compile(r"\[\s*[xX✓✔]\s*\]|\(\s*[xX]\s*\)|[☑☒✓✔]")
_WORD = re.compile(r"\w")
#: What marks of empty fields and ticked boxes begin with; a text without any has at most a mark of a whole field.
_SOME_MARK = re.compile(r"\[|☐|▢|□|☑|☒|✓|✔|@|\{|<|…|__|\*\*\*|\.\.\.\.|\(\s*[xX)]")


class Mark(NamedTuple):
    """One mark; ``whole``: it counts only where it is all there is; ``note_type``: what kind of note it tells."""

    id: str
    mark: str
    pattern: re.Pattern[str]
    whole: bool
    note_type: NoteType


class FoundMark(NamedTuple):
    """A mark in a text: its rule and characters, half-open."""

    id: str
    start: int
    end: int


@cache
def marks(kind: str) -> tuple[Mark, ...]:
    """Marks of a kind: ``empty``, ``copied`` or ``type``."""
    lines = (files(__package__) / "patterns" / "note_marks.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return tuple(
        Mark(row["id"], row["mark"], re.compile(row["pattern"]), row.get("whole", False), row.get("type", "unknown"))
        for row in rows
        if row["mark"] == kind
    )


@cache
def _gate(kind: str) -> Gate[Mark]:
    return Gate(marks(kind))


def find_marks(text: str, kind: str) -> list[FoundMark]:
    """Every mark of a kind in a text, in order; marks that count only alone are left out.

    >>> [(found.id, found.start) for found in find_marks("Goals: ___ Goals copied forward.", "copied")]
    [('copied.forward', 17)]
    """
    found = [
        FoundMark(mark.id, match.start(), match.end())
        for mark in marks(kind)
        if not mark.whole
        for match in mark.pattern.finditer(text)
    ]
    return sorted(found, key=lambda each: (each.start, each.end))


def is_empty(field: str) -> bool:
    """Whether a field of a template was never filled in: nothing in it, a line to write on, boxes without a tick.

    >>> [is_empty(field) for field in ("", "____", "***", "N/A", "climb stairs", "pain ___/10")]
    [True, True, True, True, False, False]
    """
    if not _SOME_MARK.search(field):
        whole = field.strip(" .,;:-\n\t")
        return not _WORD.search(field) or any(mark.whole and mark.pattern.fullmatch(whole) for mark in marks("empty"))
    if _TICKED.search(field):
        return False
    left = _OPTION.sub(" ", field)
    for mark in marks("empty"):
        if mark.whole:
            if mark.pattern.fullmatch(left.strip(" .,;:-\n\t")):
                return True
        else:
            left = mark.pattern.sub(" ", left)
    return not _WORD.search(left)


def is_template(sentence: str) -> bool:
    """Whether a sentence is a template's label with nothing filled in ("Pt agrees w/ POC: [ ] Y [ ] N").

    >>> is_template("Goals: ____"), is_template("Goals: climb stairs"), is_template("Goals")
    (True, False, False)
    """
    if len(sentence) > _FIELD_CHARS:
        return False
    label, colon, field = sentence.partition(":")
    if not colon:
        return bool(_SOME_MARK.search(sentence) and find_marks(sentence, "empty")) and is_empty(sentence)
    while ":" in field and len(field.partition(":")[0].split()) <= 4 and not is_empty(field):
        _, _, field = field.partition(":")
    return len(label.split()) <= 8 and is_empty(field)


def is_copied(text: str) -> bool:
    """Whether a text says that it was copied from an earlier note."""
    return any(mark.pattern.search(text) for mark in _gate("copied").candidates(text))


def note_type(text: str) -> NoteType:
    """What kind of note its title says it is; ``unknown`` where it does not say.

    >>> note_type("PT INITIAL EVALUATION\\nS: Pt ..."), note_type("Seen today.")
    ('initial_evaluation', 'unknown')
    """
    title = text[:_TITLE_CHARS]
    found = [(match.start(), mark.note_type) for mark in marks("type") if (match := mark.pattern.search(title))]
    return min(found)[1] if found else "unknown"
