"""Context of words in a sentence of a note: negated, supposed, another person's, quoted, or the patient's own account.

After NegEx (Chapman 2001, J Biomed Inform 34:301) and ConText (Harkema 2009, J Biomed Inform 42:839): a cue opens a
scope to its right (or left) that ends at a word such as "but" or at the end of the sentence. Cues are data:
``patterns/context.jsonl``. Words in quotation marks are ``quoted`` whatever stands around them.

>>> scopes = find_scopes("Pt does not agree with the plan")
>>> sorted(statuses_at(scopes, 12, 17))
['negated']
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from .gate import Gate

Status = Literal["negated", "hypothetical", "other_subject", "reported", "quoted"]
_QUOTES = re.compile(r"[\"“”„]([^\"“”„\n]*)[\"“”]")
QUOTED = "context.quotes"
#: Characters up to which rules read a sentence of a note; what is longer is no sentence, and would take them long.
MAX_CHARS = 1000


class Scope(NamedTuple):
    """Characters of a sentence, half-open, that stand under a cue, and the id of the cue's rule."""

    start: int
    end: int
    status: Status
    rule: str


class Cue(NamedTuple):
    """One rule: words that open a scope of a status, or that end one (``end``; ``ends``: of which statuses)."""

    id: str
    status: str
    direction: str
    pattern: re.Pattern[str]
    ends: tuple[str, ...]


@cache
def cues() -> tuple[Cue, ...]:
    """The rules, in the order of their file."""
    lines = (files(__package__) / "patterns" / "context.jsonl").read_text("utf-8").splitlines()
    return tuple(
        Cue(
            row["id"],
            row["status"],
            row.get("direction", ""),
            re.compile(row["pattern"], re.IGNORECASE),
            tuple(row.get("ends", ())),
        )
        for row in map(json.loads, filter(None, lines))
    )


@cache
def _gate() -> Gate[Cue]:
    return Gate(cues())


def find_scopes(sentence: str) -> list[Scope]:
    """Every scope of a sentence, by start.

    >>> [(scope.status, scope.rule) for scope in find_scopes('Pt says "no way".')]
    [('reported', 'context.pt_says'), ('quoted', 'context.quotes')]
    """
    text = sentence[:MAX_CHARS].replace("’", "'")
    quotes = [Scope(match.start(), match.end(), "quoted", QUOTED) for match in _QUOTES.finditer(text)]
    candidates = _gate().candidates(text)
    pseudo = [match.span() for cue in candidates if cue.status == "pseudo" for match in cue.pattern.finditer(text)]
    ends = [cue for cue in candidates if cue.status == "end"]
    scopes = list(quotes)
    for cue in candidates:
        if cue.status in ("pseudo", "end"):
            continue
        for match in cue.pattern.finditer(text):
            start, end = match.span()
            inside = any(a <= start and end <= b for a, b in pseudo)
            if not inside and not any(quote.start < start < quote.end for quote in quotes):
                scopes.append(_scope(text, cue, ends, start, end, quotes))
    return sorted(scopes)


def statuses_at(scopes: Iterable[Scope], start: int, end: int) -> frozenset[Status]:
    """Statuses of the characters ``start`` to ``end``; a cue that is part of them has no say."""
    return frozenset(scope.status for scope in scopes if scope.start <= start and end <= scope.end)


def _scope(text: str, cue: Cue, ends: list[Cue], start: int, end: int, quotes: list[Scope]) -> Scope:
    """From a cue to the nearest end of a clause on its side; ends inside quotation marks do not count."""
    limits = [
        match.span()
        for each in ends
        if not each.ends or cue.status in each.ends
        for match in each.pattern.finditer(text)
        if not any(quote.start < match.start() < quote.end for quote in quotes)
    ]
    limits += [(quote.end, quote.end) for quote in quotes if text[quote.end - 2] in ",."]
    status: Status = cue.status  # type: ignore[assignment]
    if cue.direction == "backward":
        return Scope(max((b for _, b in limits if b <= start), default=0), start, status, cue.id)
    return Scope(end, min((a for a, _ in limits if a >= end), default=len(text)), status, cue.id)
