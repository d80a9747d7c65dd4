"""Abbreviations of rehabilitation notes as data: ``abbreviations.jsonl``, one a line, with an id and its expansion.

An abbreviation has ``forms`` (without a dot at the end), ``dotted`` forms that are written with one in the middle of a
sentence, ``exact`` where capitals matter ("PT" is the therapy, "pt" the patient), and ``next``, what must follow a
dotted form for its dot not to end the sentence (else a small letter or a digit).
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

_NEXT = "[a-z0-9]"
_WORD = re.compile(r"\S+")
_LAST_WORD = re.compile(r"[^\s().,;:]+$")


class Abbreviation(NamedTuple):
    """One abbreviation of the table."""

    id: str
    expansion: str
    forms: tuple[str, ...]
    dotted: tuple[str, ...]
    exact: bool
    next: str


class Found(NamedTuple):
    """An abbreviation in a text: its characters, half-open, the id of its rule and what it stands for."""

    start: int
    end: int
    id: str
    expansion: str


@cache
def abbreviations() -> tuple[Abbreviation, ...]:
    """The table, in the order of its file.

    >>> len(abbreviations()) > 150
    True
    """
    lines = files(__package__).joinpath("abbreviations.jsonl").read_text("utf-8").splitlines()
    return tuple(
        Abbreviation(
            row["id"],
            row["expansion"],
            tuple(row["forms"]),
            tuple(row.get("dotted", ())),
            row.get("exact", False),
            row.get("next", _NEXT),
        )
        for row in map(json.loads, filter(None, lines))
    )


def find_abbreviations(text: str) -> list[Found]:
    """Abbreviations of a text in order; of two that overlap the longer one.

    >>> [(found.id, found.expansion) for found in find_abbreviations("Pt min A x2")]
    [('abbr.pt_capital', 'patient'), ('abbr.min_a', 'minimal assistance')]
    """
    if any(map(text.lower().__contains__, _of_several_words())):
        return _find(text)
    if not any(map(_in_word, text.split())):
        return []
    return [
        Found(word.start() + found.start, word.start() + found.end, found.id, found.expansion)
        for word in _WORD.finditer(text)
        for found in _in_word(word.group())
    ]


@lru_cache(maxsize=50_000)
def _in_word(word: str) -> tuple[Found, ...]:
    """Abbreviations of one word, which white space parts from the others."""
    return tuple(_find(word))


def _find(text: str) -> list[Found]:
    exact, folded = _patterns()
    table = _by_form()
    found = []
    for match in (*exact.finditer(text), *folded.finditer(text)):
        row = table.get(match.group()) or table[match.group().casefold()]
        found.append(Found(match.start(), match.end(), row.id, row.expansion))
    found.sort(key=lambda each: (each.start, -each.end))
    kept: list[Found] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def expand(text: str) -> str:
    """The text with every abbreviation written out, for display and for comparing words.

    >>> expand("Pt amb w/o AD, c/o LBP")
    'patient ambulate without assistive device, complains of low back pain'
    """
    out, at = [], 0
    for found in find_abbreviations(text):
        out.append(text[at : found.start])
        space = " " if text[found.end : found.end + 1].isalnum() else ""
        out.append(found.expansion + space)
        at = found.end
    return "".join([*out, text[at:]])


def dot_is_inside(text: str, dot: int) -> bool:
    """Whether the dot at ``text[dot]`` belongs to an abbreviation in the middle of a sentence.

    >>> dot_is_inside("approx. 5 reps", 6), dot_is_inside("Tolerated tx. Cont POC.", 12)
    (True, False)
    """
    # A longer word is no abbreviation.
    word = _LAST_WORD.search(text[max(0, dot - _longest_dotted() - 1) : dot])
    if word is None:
        return False
    row = _dotted().get(word.group().casefold())
    return row is not None and bool(re.match(rf"\s+{row.next}", text[dot + 1 :]))


@cache
def _dotted() -> dict[str, Abbreviation]:
    return {form.casefold(): row for row in abbreviations() for form in row.dotted}


@cache
def _longest_dotted() -> int:
    return max(map(len, _dotted()))


@cache
def _of_several_words() -> tuple[str, ...]:
    """Forms with white space in them, in small letters."""
    return tuple(sorted({form.lower() for row in abbreviations() for form in row.forms if len(form.split()) > 1}))


@cache
def _by_form() -> dict[str, Abbreviation]:
    table: dict[str, Abbreviation] = {}
    for row in abbreviations():
        for form in row.forms:
            table.setdefault(form if row.exact else form.casefold(), row)
    return table


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """One pattern for the forms whose capitals matter, one for the others; longest first."""

    def pattern(exact: bool) -> re.Pattern[str]:
        forms = sorted({form for row in abbreviations() if row.exact == exact for form in row.forms}, key=len)
        either = "|".join(re.escape(form) + ("" if form.endswith("/") else r"(?![\w/])") for form in reversed(forms))
        return re.compile(rf"(?:(?<![\w/])|(?<=\bw/))(?:{either})", re.NOFLAG if exact else re.IGNORECASE)

    return pattern(True), pattern(False)
