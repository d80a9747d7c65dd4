"""Transcripts with a line of name and time above every turn: Otter and Zoom as text, Teams in Word.

Source: what Otter exports as text (``Dana Reed  0:07``), what Zoom saves as ``meeting_saved_closed_caption.txt``
(``[Dana Reed] 09:15:32``, the time of day), and Teams' Word documents of today and of before 2022.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from .draft import DraftTurn, join_turns
from .headings import CLOCK, is_name
from .source import Source, parse_clock

_NAME = r"[^\W_][^\s\[\]<>|:]{0,40}(?:[ ][^\s\[\]<>|:]{1,40}){0,7}"  # one way to match only, so that it stays quick
_LOOSE = CLOCK.replace(r"\d{2}", r"\d{1,2}")  # Teams wrote 0:0:1.5
_FORMS = tuple(
    re.compile(rf"^[ \t]*{form}[ \t]*$", re.MULTILINE)
    for form in (
        rf"(?P<name>{_NAME})(?:[ ]*\t[ \t]*|[ ]{{2,}})(?P<start>{CLOCK})(?P<end>)",  # Dana Reed  0:07
        rf"\[(?P<name>[^\t\n\[\]]{{1,60}})\][ \t]+(?P<start>{CLOCK})(?P<end>)",  # [Dana Reed] 09:15:32
        rf"(?P<start>{CLOCK})[ ]*\t[ \t]*(?P<name>{_NAME}):?(?P<end>)",  # 00:00:07<tab>Dana Reed
        rf"(?P<start>{_LOOSE})[ ]*-->[ ]*(?P<end>{_LOOSE})[ \t]*\n+(?P<name>{_NAME})",  # Teams before 2022
    )
)
_TABBED = re.compile(rf"^[ \t]*(?P<start>{CLOCK})\t+(?P<name>{_NAME}):?[ ]*\t[ \t]*(?=\S)(?P<end>)", re.MULTILINE)
_OF_DAY = 1  # the form whose times are of the day
_LEFT_OUT = re.compile(r".{1,80} (?:started|stopped) (?:transcription|recording)\.?|Transcribed by https?://\S+")
_HALF_DAY_S, _DAY_S = 43_200, 86_400
_LEAST = 2


class Header(NamedTuple):
    """A line that names who speaks from when."""

    start: int
    """Offset of the line in the text."""
    said_at: int
    """Offset of what is said."""
    speaker: str
    start_s: float | None
    end_s: float | None


def looks_headed(source: Source) -> bool:
    """Whether names and times stand above what is said.

    >>> looks_headed(Source.in_memory("a.txt", b"Dana Reed  0:01\\nAny pain?\\n\\nMartha  0:04\\nA little.\\n"))
    True
    """
    return bool(find_headers(source.head))


def headed_turns(text: str) -> list[DraftTurn]:
    """The turns of such a transcript; empty where the text is none, for one line alone shows nothing.

    >>> [turn[:2] for turn in headed_turns("Dana Reed   0:03\\nAny pain?\\n\\nMartha   0:05\\nA little.")]
    [('Any pain?', 'Dana Reed'), ('A little.', 'Martha')]
    """
    headers = find_headers(text)
    turns = []
    for header, end in zip(headers, _ends(headers, text), strict=True):
        lines = map(str.strip, text[header.said_at : end].split("\n"))
        said = " ".join(line for line in lines if line and not _LEFT_OUT.fullmatch(line))
        turns.append(DraftTurn(said, header.speaker, None, header.start_s, header.end_s))
    return join_turns(turns)


def find_headers(text: str) -> list[Header]:
    """The lines that name who speaks from when; empty where the text is in another form.

    Most of them must have words below, and look like names: a note's ``Time in  9:30`` is none. Times of day are
    counted from the first.

    >>> [(header.speaker, header.start_s) for header in find_headers("[Jo] 09:00:01\\nHi.\\n\\n[Al] 09:00:03\\nHello.")]
    [('Jo', 0.0), ('Al', 2.0)]
    """
    found = [[_header(match) for match in form.finditer(text)] for form in (*_FORMS, _TABBED)]
    number = max(range(len(found)), key=lambda form: len(found[form]))
    names = Counter(header.speaker for header in found[number])
    headers = [header for header in found[number] if is_name(header.speaker) or names[header.speaker] > 1]
    ends = _ends(headers, text)
    filled = sum(bool(text[header.said_at : end].strip()) for header, end in zip(headers, ends, strict=True))
    if len(headers) < _LEAST or 2 * filled <= len(headers):
        return []
    return _from_first(headers) if number == _OF_DAY else headers


def _header(match: re.Match[str]) -> Header:
    return Header(
        match.start(), match.end(), match["name"].strip(), parse_clock(match["start"]), parse_clock(match["end"])
    )


def _ends(headers: list[Header], text: str) -> list[int]:
    return [*(header.start for header in headers[1:]), *([len(text)] if headers else [])]


def _from_first(headers: list[Header]) -> list[Header]:
    """Times counted from the first one, past midnight too."""
    first = next((header.start_s for header in headers if header.start_s is not None), 0.0)
    counted = []
    for header in headers:
        passed = None if header.start_s is None else header.start_s - first
        if passed is not None and passed < -_HALF_DAY_S:
            passed += _DAY_S
        counted.append(header._replace(start_s=None if passed is None else max(round(passed, 3), 0.0)))
    return counted
