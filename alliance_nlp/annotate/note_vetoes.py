"""Codes that a sentence of a note cannot carry, whatever the coder thinks: empty templates, "does not agree", "if ...".

Rules are data (``patterns/note_vetoes.jsonl``): the words that must be there for the code (``anchor``) and the contexts
in which they do not count (`context`). A rule holds where all such words of the sentence stand in one of them; one of
status ``affirmed`` holds where its words stand in no context and none of the words ``but`` does.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from ..codes import CODE_NAMES
from .context import MAX_CHARS, Scope, find_scopes, statuses_at
from .gate import Gate
from .note_marks import is_template

TEMPLATE = "note.template"


class Veto(NamedTuple):
    """One rule: the codes it forbids, the words it looks for and the contexts it holds in."""

    id: str
    codes: tuple[str, ...]
    anchor: re.Pattern[str]
    statuses: frozenset[str]
    but: re.Pattern[str] | None


@cache
def vetoes() -> tuple[Veto, ...]:
    """The rules, in the order of their file."""
    lines = (files(__package__) / "patterns" / "note_vetoes.jsonl").read_text("utf-8").splitlines()
    return tuple(
        Veto(
            row["id"],
            tuple(row["codes"]),
            re.compile(row["anchor"], re.IGNORECASE),
            frozenset(row["statuses"]),
            re.compile(row["but"], re.IGNORECASE) if "but" in row else None,
        )
        for row in map(json.loads, filter(None, lines))
    )


@cache
def _gate() -> Gate[Veto]:
    return Gate(vetoes())


def vetoed_codes(sentence: str) -> dict[str, str]:
    """Codes that a sentence of a note cannot carry, each with the id of the rule that says so.

    >>> vetoed_codes("Pt does not agree with the plan.")
    {'task_agree': 'note.no_agreement', 'goal_align': 'note.no_agreement'}
    >>> vetoed_codes("Pt does not want a rail and agrees to a bench.")
    {}
    >>> len(vetoed_codes("Pt agrees w/ POC: [ ] Y [ ] N")) == len(CODE_NAMES)
    True
    """
    sentence = sentence[:MAX_CHARS]
    if is_template(sentence):
        return dict.fromkeys(CODE_NAMES, TEMPLATE)
    found: dict[str, str] = {}
    scopes: list[Scope] | None = None
    for veto in _gate().candidates(sentence):
        words = [match.span() for match in veto.anchor.finditer(sentence)]
        if not words:
            continue
        scopes = find_scopes(sentence) if scopes is None else scopes
        others = [match.span() for match in veto.but.finditer(sentence)] if veto.but else []
        if _holds(veto, scopes, words, others):
            found |= {code: veto.id for code in veto.codes if code not in found}
    return found


def _holds(veto: Veto, scopes: list[Scope], words: list[tuple[int, int]], others: list[tuple[int, int]]) -> bool:
    void = {"negated", "hypothetical"}
    if "affirmed" in veto.statuses:
        affirmed = [not statuses_at(scopes, *span) & void for span in others]
        return not any(affirmed) and any(not statuses_at(scopes, *span) & void for span in words)
    return all(statuses_at(scopes, *span) & veto.statuses for span in words)
