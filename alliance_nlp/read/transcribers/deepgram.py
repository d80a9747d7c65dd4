"""Deepgram: ``results.utterances``, or the words of ``results.channels``; without diarisation nobody is named.

Source: Deepgram's documentation of utterances, diarisation and multichannel audio.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

from ..draft import Draft, DraftTurn
from ..objects import Place
from .fields import CHANNEL_PAUSE_S, Word, by_start, holds, objects, seconds, speaker, string, transcript, turns_of


def is_deepgram(data: Any) -> bool:
    """Whether ``results`` has channels.

    >>> is_deepgram({"metadata": {}, "results": {"channels": [{"alternatives": []}]}}), is_deepgram({"results": []})
    (True, False)
    """
    return holds(data, "results", "channels")


def read_deepgram(data: dict[str, Any], place: Place) -> Iterator[Draft]:
    """One visit; several channels are speakers of their own, in the order in which they talk.

    Raises:
        UnreadableFile: nothing is said.
    """
    channels = objects(data, "results", "channels")
    utterances = objects(data, "results", "utterances")
    several = len(channels) > 1
    if utterances:
        turns = [_utterance(one, several) for one in utterances]
    else:
        turns = [turn for number, channel in enumerate(channels) for turn in _channel(channel, number, several)]
    yield transcript(place, by_start(turns) if several else turns)


def _utterance(utterance: dict[str, Any], several: bool) -> DraftTurn:
    return DraftTurn(
        string(utterance, "transcript"),
        _label(utterance, utterance.get("channel") if several else None),
        None,
        seconds(utterance.get("start")),
        seconds(utterance.get("end")),
    )


def _channel(channel: dict[str, Any], number: int, several: bool) -> list[DraftTurn]:
    best = next(iter(objects(channel, "alternatives")), {})
    at = number if several else None
    words = [
        Word(
            string(word, "punctuated_word", "word"),
            _label(word, at),
            seconds(word.get("start")),
            seconds(word.get("end")),
        )
        for word in objects(best, "words")
    ]
    return turns_of(words, CHANNEL_PAUSE_S if several else inf) or [
        DraftTurn(string(best, "transcript"), speaker(at, "Channel"))
    ]


def _label(data: dict[str, Any], channel: Any) -> str | None:
    """Channel and speaker; each channel counts its speakers from 0."""
    found = [label for label in (speaker(channel, "Channel"), speaker(data.get("speaker"))) if label]
    return ", ".join(found) or None
