"""Fields of JSON that others made, where any may be missing or of another type than its documentation says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import inf, isfinite
from typing import Any, NamedTuple

from ..draft import Draft, DraftTurn, join_turns
from ..objects import Place

_BARE = re.compile(r"\d+|[^\W\d_]\d?|\d[^\W\d_]")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{0,12})?")
_AGAIN = "transcribe the recording again, or check for a cut-off end"


class Word(NamedTuple):
    """A word, or a punctuation mark, as a transcriber gives it."""

    text: str
    speaker: str | None
    start_s: float | None
    end_s: float | None
    joined: bool = False
    """Whether it follows the word before it without a space."""


def objects(data: Any, *keys: str) -> list[dict[str, Any]]:
    """The objects of the list that stands under a path of keys; empty where there is none.

    >>> objects({"results": {"items": [{"id": 0}, None]}}, "results", "items")
    [{'id': 0}]
    """
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


def holds(data: Any, *keys: str) -> bool:
    """Whether a list stands under a path of keys, with objects in it or with nothing.

    >>> holds({"segments": [{}]}, "segments"), holds({"segments": ["a"]}, "segments"), holds([], "segments")
    (True, False, False)
    """
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return isinstance(data, list) and all(isinstance(one, dict) for one in data)


def string(data: dict[str, Any], *keys: str) -> str:
    """The first text under one of the keys, without white space around it; empty where there is none."""
    return next((value.strip() for key in keys if isinstance(value := data.get(key), str)), "")


def seconds(value: Any, unit_s: float = 1.0) -> float | None:
    """A time as seconds: a number, its text, with ``s`` behind it, or seconds and nanoseconds apart; else None.

    >>> seconds("1.5"), seconds("2.300s"), seconds(1500, 0.001), seconds({"seconds": "2", "nanos": 5e8}), seconds("x")
    (1.5, 2.3, 1.5, 2.5, None)
    """
    if isinstance(value, dict):
        parts = (seconds(value.get("seconds", 0)), seconds(value.get("nanos", 0)))
        return None if None in parts else round((parts[0] or 0.0) + (parts[1] or 0.0) * 1e-9, 3)
    if isinstance(value, str):
        value = value.strip().removesuffix("s")
        value = float(value) if _NUMBER.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value) * unit_s
    except OverflowError:
        return None
    return round(found, 3) if isfinite(found) and found >= 0 else None


def speaker(value: Any, what: str = "Speaker") -> str | None:
    """A speaker label; a bare number or letter becomes a name, for alone it would pass for the label of a role.

    >>> speaker(0), speaker("C"), speaker("SPEAKER_01"), speaker(" "), speaker(None)
    ('Speaker 0', 'Speaker C', 'SPEAKER_01', None, None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    label = str(value).strip()
    return f"{what} {label}" if _BARE.fullmatch(label) else label or None


CHANNEL_PAUSE_S = 0.8
"""Silence in a channel after which another may have spoken; as long as what Deepgram ends an utterance with."""


def by_start(turns: Iterable[DraftTurn]) -> list[DraftTurn]:
    """Turns of several channels in the order they start; one without a time stays behind the one before it.

    >>> [turn.text for turn in by_start([DraftTurn("b", start_s=2.0), DraftTurn("c"), DraftTurn("a", start_s=1.0)])]
    ['a', 'b', 'c']
    """
    keyed, last = [], 0.0
    for turn in turns:
        last = last if turn.start_s is None else turn.start_s
        keyed.append((last, turn))
    return [turn for _, turn in sorted(keyed, key=lambda pair: pair[0])]


def turns_of(words: Sequence[Word], pause_s: float = inf) -> list[DraftTurn]:
    """Words as turns of one speaker each; a word without a speaker goes on with the one before it.

    Args:
        words: in the order in which they are said.
        pause_s: silence that ends a turn, where another may speak in another channel.

    >>> turns_of([Word("Hi", "A", 0.0, 0.2), Word(",", None, None, None, True), Word("Ann", "A", 0.3, 0.5)])
    [DraftTurn(text='Hi, Ann', speaker='A', role=None, start_s=0.0, end_s=0.5)]
    """
    groups: list[list[Word]] = []
    who: str | None = None
    end_s: float | None = None
    for word in words:
        if not word.text:
            continue
        silent = word.start_s is not None and end_s is not None and word.start_s - end_s >= pause_s
        if not groups or silent or word.speaker not in (None, who):
            who = word.speaker or (who if groups else None)
            groups.append([])
        groups[-1].append(word._replace(speaker=who))
        end_s = end_s if word.end_s is None else word.end_s
    return [_turn(group) for group in groups]


def _turn(words: list[Word]) -> DraftTurn:
    rest = (word.text if word.joined else f" {word.text}" for word in words[1:])
    starts = [word.start_s for word in words if word.start_s is not None]
    ends = [word.end_s for word in words if word.end_s is not None]
    return DraftTurn(
        "".join([words[0].text, *rest]),
        words[0].speaker,
        None,
        min(starts, default=None),
        max(ends, default=None),
    )


def transcript(place: Place, turns: list[DraftTurn], visit_id: str | None = None) -> Draft:
    """The draft of a transcript.

    Raises:
        UnreadableFile: nothing is said in it.
    """
    draft = place.draft(visit_id)
    draft.turns = join_turns(turns)
    if not draft.turns:
        raise place.error("has no words", _AGAIN)
    return draft
