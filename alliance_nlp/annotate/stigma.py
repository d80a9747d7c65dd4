"""Stigmatising and doubting words of a note about the patient, each with a kinder wording and the source that says so.

Rules are data: ``patterns/stigma.jsonl``, with the full references in ``patterns/stigma_references.json``. The codes
follow the five ways in which Park 2021 found disapproval written: ``doubt`` (credibility questioned), ``disapproval``,
``difficult`` (the patient portrayed as difficult), ``label`` (stereotypes and labels), ``authority`` (one-sided power).

What the patient says, quoted or reported, is not the provider's judgement and is never flagged; denied, supposed and
other persons' words neither (`context`). Park 2021 and Beach 2021 count quotation marks themselves as a sign of
disbelief; in notes of rehabilitation the patient's own words are asked for, so marks are flagged only around a reason
or event of one to three words (``due to "flare"``).

Flags are shown beside the scores and enter none.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from ..parse import split_note
from .context import MAX_CHARS, find_scopes, statuses_at
from .gate import Gate
from .note_marks import is_template

FlagCode = Literal["doubt", "disapproval", "difficult", "label", "authority"]
_UNLESS = ("negated", "hypothetical", "quoted", "reported", "other_subject")


class StigmaRule(NamedTuple):
    """One rule; it does not hold after ``not_after`` nor in the contexts ``unless``."""

    id: str
    code: FlagCode
    pattern: re.Pattern[str]
    not_after: re.Pattern[str] | None
    unless: frozenset[str]
    suggestion: str
    reference: str


class FoundFlag(NamedTuple):
    """Flagged words: their characters in the note, half-open, and the rule."""

    start: int
    end: int
    rule: StigmaRule


@cache
def stigma_rules() -> tuple[StigmaRule, ...]:
    """The rules, in the order of their file; references are written out."""
    folder = files(__package__) / "patterns"
    references = json.loads((folder / "stigma_references.json").read_text("utf-8"))
    lines = (folder / "stigma.jsonl").read_text("utf-8").splitlines()
    return tuple(
        StigmaRule(
            row["id"],
            row["code"],
            re.compile(row["pattern"], re.IGNORECASE),
            re.compile(row["not_after"], re.IGNORECASE) if "not_after" in row else None,
            frozenset(row.get("unless", _UNLESS)),
            row["suggestion"],
            references[row["reference"]],
        )
        for row in map(json.loads, filter(None, lines))
    )


def find_flags(text: str) -> list[FoundFlag]:
    """Flags of a note in order; of two that overlap the one that starts first, then the longer.

    >>> [(flag.rule.code, flag.rule.suggestion) for flag in find_flags("Pt claims 9/10 pain.")]
    [('doubt', "'reports' or 'says', without comment")]
    >>> find_flags('Pt states "I was lazy". No symptom magnification.')
    []
    """
    found: list[FoundFlag] = []
    for start, end in split_note(text):
        found += [FoundFlag(start + a, start + b, rule) for a, b, rule in _hits(text[start:end])]
    found.sort(key=lambda each: (each.start, -each.end, each.rule.id))
    kept: list[FoundFlag] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


@cache
def _gate() -> Gate[StigmaRule]:
    return Gate(stigma_rules())


def _hits(sentence: str) -> list[tuple[int, int, StigmaRule]]:
    sentence = sentence[:MAX_CHARS].replace("’", "'")
    candidates = _gate().candidates(sentence)
    matches = [(match, rule) for rule in candidates for match in rule.pattern.finditer(sentence)]
    if not matches or is_template(sentence):
        return []
    scopes = find_scopes(sentence)
    hits = []
    for match, rule in matches:
        words = match.group()
        start = match.start() + len(words) - len(words.lstrip())
        end = start + len(words.strip(" .,;:"))
        wrong_place = rule.not_after is not None and rule.not_after.search(sentence[:start])
        if end > start and not wrong_place and not statuses_at(scopes, start, end) & rule.unless:
            hits.append((start, end, rule))
    return hits
