"""Services that give utterances with a speaker each: AssemblyAI (times in ms), Gladia and pyannoteAI (in s).

Source: the API references of AssemblyAI (``GET /v2/transcript``), Gladia (``GET /v2/pre-recorded``) and pyannoteAI
(``turnLevelTranscription``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..draft import Draft, DraftTurn
from ..objects import Place
from .fields import Word, holds, objects, seconds, speaker, string, transcript, turns_of

_MS = 0.001
_ASSEMBLYAI = ("acoustic_model", "audio_duration", "audio_url", "language_model", "speech_model", "speaker_labels")
_TURNS = "turnLevelTranscription"


def is_assemblyai(data: Any) -> bool:
    """Whether a text stands beside utterances or words and what AssemblyAI says of the recording.

    >>> is_assemblyai({"id": "5", "text": "Hi.", "utterances": [], "audio_url": "a", "words": []})
    True
    """
    if not isinstance(data, dict) or not any(key in data for key in _ASSEMBLYAI):
        return False
    return "text" in data and ("utterances" in data or "words" in data)


def read_assemblyai(data: dict[str, Any], place: Place) -> Iterator[Draft]:
    """One visit of the utterances; without speaker labels, of the words or the text.

    Raises:
        UnreadableFile: nothing is said, or the service failed.
    """
    if data.get("status") == "error":
        raise place.error("is a failure of the transcriber", "transcribe the recording again")
    turns = [_turn(one, _MS) for one in objects(data, "utterances")]
    if not turns:
        words = objects(data, "words")
        turns = turns_of([Word(string(one, "text"), speaker(one.get("speaker")), *_times(one, _MS)) for one in words])
    yield transcript(place, turns or [DraftTurn(string(data, "text"))])


def is_gladia(data: Any) -> bool:
    """Whether a transcription has utterances.

    >>> is_gladia({"id": "5", "status": "done", "result": {"transcription": {"utterances": []}}})
    True
    """
    return _gladia(data) is not None


def read_gladia(data: dict[str, Any], place: Place) -> Iterator[Draft]:
    """One visit of the utterances.

    Raises:
        UnreadableFile: nothing is said.
    """
    found = _gladia(data) or {}
    yield transcript(place, [_turn(one) for one in objects(found, "utterances")])


def is_pyannote(data: Any) -> bool:
    """Whether there is a transcription turn by turn.

    >>> is_pyannote({"jobId": "5", "output": {"turnLevelTranscription": []}})
    True
    """
    return holds(data, "output", _TURNS) or holds(data, _TURNS)


def read_pyannote(data: dict[str, Any], place: Place) -> Iterator[Draft]:
    """One visit of the turns.

    Raises:
        UnreadableFile: nothing is said.
    """
    turns = objects(data, "output", _TURNS) or objects(data, _TURNS)
    yield transcript(place, [_turn(one) for one in turns])


def _gladia(data: Any) -> dict[str, Any] | None:
    if not isinstance(data, dict):
        return None
    result = data.get("result")
    for found in (result.get("transcription") if isinstance(result, dict) else None, data.get("transcription"), data):
        if isinstance(found, dict) and holds(found, "utterances") and isinstance(found.get("full_transcript"), str):
            return found
        if isinstance(found, dict) and found is not data and holds(found, "utterances"):
            return found
    return None


def _turn(utterance: dict[str, Any], unit_s: float = 1.0) -> DraftTurn:
    who = speaker(utterance.get("speaker")) or speaker(utterance.get("channel"), "Channel")
    return DraftTurn(string(utterance, "text"), who, None, *_times(utterance, unit_s))


def _times(data: dict[str, Any], unit_s: float) -> tuple[float | None, float | None]:
    return seconds(data.get("start"), unit_s), seconds(data.get("end"), unit_s)
