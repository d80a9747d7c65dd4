"""Praat TextGrids -> draft: a tier a speaker, in one file or in a pair of files, ``v1_doctor`` and ``v1_patient``.

Source: Praat's manual, "TextGrid file formats" (long and short form, UTF-8 or UTF-16); PriMock57, whose visits are
such pairs and mark doubtful words ``<UNSURE>`` and lost ones ``<UNIN/>``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import MissingExtra
from .draft import Draft, DraftTurn, join_turns
from .source import Source

PAIRED = ".textgrid"
"""Suffix of the files that may come in pairs."""

_PROVIDERS = ("doctor", "clinician", "therapist", "provider", "gp")
_PATIENTS = ("patient", "client")
_HALF = re.compile(rf"(.+?)([_\-. ])({'|'.join(_PROVIDERS + _PATIENTS)})", re.IGNORECASE)
_HEADER = re.compile(r'(?:File type = )?"ooTextFile(?: short)?"\s*\n\s*(?:Object class = )?"TextGrid"')
_UNHEARD = re.compile(r"<[A-Za-z_]+\s*/>")
_TAG = re.compile(r"</?[A-Za-z_]+>")
_WORD = re.compile(r"\w")
_SILENCE = frozenset({"sil", "sp", "spn", "<sil>", "<p:>"})
_SOUNDS = re.compile(r"(?i)(?:^|[\s\-_/])(?:phones?|phonemes?|syllables?|ipa|pitch|tones?)$")
_WORDS = re.compile(r"(?i)(?:^|\s*[\s\-_/]\s*)(?:words?|utterances?|transcript(?:ion)?|ort)$")
_AGAIN = "save it again from Praat"
_OF_WORDS = re.compile(r"(?i)\bwords?$")
_SLACK_S = 1.0


class _Tier(NamedTuple):
    name: str
    intervals: list[tuple[float, float, str]]
    """Start and end in seconds, and label."""


def is_textgrid(source: Source) -> bool:
    """Whether the file begins as Praat begins a TextGrid.

    >>> is_textgrid(Source.in_memory("a.txt", b'File type = "ooTextFile short"\\n"TextGrid"\\n\\n0\\n9\\n'))
    True
    """
    return _HEADER.match(source.head) is not None


def first_half(source: Source) -> Source | None:
    """The provider's file, where ``source`` is the patient's of a pair; it is the one that both are read with."""
    name = source.path
    match = _HALF.fullmatch(name.stem) if source.suffix == PAIRED else None
    return _other(source, match, _PROVIDERS) if match and match[3].lower() in _PATIENTS else None


def read_textgrid(source: Source, _: Collection[str] = ()) -> Iterator[Draft]:
    """One visit of the file, or of the pair that it belongs to.

    Raises:
        UnreadableFile: the file is no TextGrid, damaged, or says nothing.
        MissingExtra: praatio is not installed.
    """
    match = _HALF.fullmatch(source.path.stem)
    if match is None:
        yield _draft(source, source.stem, _turns(source, None), [])
        return
    is_patient = match[3].lower() in _PATIENTS
    other = _other(source, match, _PROVIDERS if is_patient else _PATIENTS)
    turns, warnings = _turns(source, match[3]), []
    if other is None:
        warnings.append("the file of the other speaker is missing beside this one")
    else:
        turns += _turns(other, other.path.stem[len(match[1]) + len(match[2]) :])
    yield _draft(source, match[1] if other else source.stem, turns, warnings)


def _draft(source: Source, visit_id: str, turns: list[DraftTurn], warnings: list[str]) -> Draft:
    turns.sort(key=lambda turn: turn.start_s or 0.0)
    draft = Draft(visit_id, turns=join_turns(turns), warnings=warnings)
    if not draft.turns:
        raise source.error("the TextGrid has no interval with words", "save it with the transcript in a tier")
    return draft


def _other(source: Source, match: re.Match[str], labels: Collection[str]) -> Source | None:
    """The file of the other speaker, its label written as this one's is: doctor, Doctor or DOCTOR."""
    written = match[3]
    for label in labels:
        spelt = label.upper() if written.isupper() else label.title() if written[0].isupper() else label
        if found := source.sibling(f"{match[1]}{match[2]}{spelt}{Path(source.path).suffix}"):
            return found
    return None


def _turns(source: Source, speaker: str | None) -> list[DraftTurn]:
    """What is said in a file; ``speaker`` where the file is of one alone, else the tier names who speaks."""
    tiers = [tier for tier in _parse(source) if not _SOUNDS.search(tier.name)]
    whole = [tier for tier in tiers if not _OF_WORDS.search(tier.name)]
    turns = []
    for tier in whole or tiers:
        name = _WORDS.sub("", tier.name) or None
        for start_s, end_s, label in tier.intervals:
            said = " ".join(_TAG.sub("", _UNHEARD.sub(" ", label)).split())
            if label.strip().lower() not in _SILENCE and _WORD.search(said):
                turns.append(DraftTurn(said, speaker or name, None, start_s, end_s))
    return turns


def _parse(source: Source) -> list[_Tier]:
    """The tiers of intervals."""
    try:
        from praatio.utilities.errors import ParsingError
        from praatio.utilities.textgrid_io import parseTextgridStr
    except ImportError:
        raise MissingExtra(f"{source.path}: reading TextGrids", "formats") from None
    text = source.text().strip() + "\n"
    if not _HEADER.match(text):
        raise source.error("this is no TextGrid", _AGAIN)
    try:
        found = parseTextgridStr(text, includeEmptyIntervals=True)["tiers"]
        return [_tier(tier) for tier in found if tier["class"] == "IntervalTier"]
    except (ParsingError, ValueError, IndexError, KeyError, TypeError, AttributeError):
        raise source.error("the TextGrid is damaged or cut off", _AGAIN) from None


def _tier(tier: dict[str, Any]) -> _Tier:
    intervals = [(_seconds(start), _seconds(end), label) for start, end, label in tier["entries"]]
    # Where praatio can read no further it ends the tier, without an error.
    if intervals and intervals[-1][1] < float(tier["xmax"]) - _SLACK_S:
        raise ValueError
    return _Tier(tier["name"].strip(), intervals)


def _seconds(value: str) -> float:
    seconds = round(float(value), 3)
    if not isfinite(seconds) or seconds < 0:
        raise ValueError
    return seconds
