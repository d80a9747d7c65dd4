"""WhisperX (``segments[].speaker``), and Whisper's own verbose JSON, which names no speakers.

Source: whisperX ``SubtitlesWriter``/``WriteJSON`` and its issues on missing speakers and times; OpenAI's reference of
``verbose_json`` and ``diarized_json``; whisper.cpp's ``--output-json`` (``transcription``, with offsets in ms).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..draft import Draft, DraftTurn
from ..objects import Place
from .fields import holds, objects, seconds, speaker, string, transcript

_TASKS = ("transcribe", "translate")
_BESIDE = ("language", "text", "word_segments", "duration", "task")


def is_whisper(data: Any) -> bool:
    """Whether this is a list of ``segments`` with text, or a text with the task that made it.

    >>> is_whisper({"segments": [{"text": "Hi."}], "language": "en"}), is_whisper({"segments": [{"id": 1}]})
    (True, False)
    """
    if not isinstance(data, dict):
        return False
    segments = objects(data, "segments")
    if holds(data, "segments") and (segments or any(key in data for key in _BESIDE)):
        return all("text" in one for one in segments)
    if holds(data, "transcription"):
        return all("offsets" in one for one in objects(data, "transcription"))
    return data.get("task") in _TASKS and isinstance(data.get("text"), str)


def read_whisper(data: dict[str, Any], place: Place) -> Iterator[Draft]:
    """One visit of the segments.

    A segment without a speaker has the one of most of its words; without a time, that of its first and last word.

    Raises:
        UnreadableFile: nothing is said.
    """
    turns = [_turn(one) for one in objects(data, "segments")]
    turns += [_offset_turn(one) for one in objects(data, "transcription")]
    turns = turns or [DraftTurn(string(data, "text"))]
    yield transcript(place, turns)


def _turn(segment: dict[str, Any]) -> DraftTurn:
    words = objects(segment, "words")
    spoken = Counter(label for word in words if (label := speaker(word.get("speaker"))))
    starts = [time for word in words if (time := seconds(word.get("start"))) is not None]
    ends = [time for word in words if (time := seconds(word.get("end"))) is not None]
    start, end = seconds(segment.get("start")), seconds(segment.get("end"))
    return DraftTurn(
        string(segment, "text"),
        speaker(segment.get("speaker")) or next((label for label, _ in spoken.most_common(1)), None),
        None,
        min(starts, default=None) if start is None else start,
        max(ends, default=None) if end is None else end,
    )


def _offset_turn(segment: dict[str, Any]) -> DraftTurn:
    offsets = segment.get("offsets")
    start, end = (offsets.get("from"), offsets.get("to")) if isinstance(offsets, dict) else (None, None)
    return DraftTurn(
        string(segment, "text"), speaker(segment.get("speaker")), None, seconds(start, 0.001), seconds(end, 0.001)
    )
