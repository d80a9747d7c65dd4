"""Services that give ``results[].alternatives[]``: Google Speech-to-Text and IBM Watson.

Source: Google's reference of ``RecognizeResponse`` (v1: with diarisation the last result holds all words again, with
their ``speakerTag``; v2: ``speakerLabel``, ``startOffset``), and IBM's "Speaker labels" (labels by start of a word).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..draft import Draft, DraftTurn
from ..objects import Place
from .fields import Word, holds, objects, seconds, speaker, string, transcript, turns_of

_TAGS = ("speakerLabel", "speaker_label", "speakerTag", "speaker_tag")
_STARTS = ("startTime", "start_time", "startOffset", "start_offset")
_ENDS = ("endTime", "end_time", "endOffset", "end_offset")
_HESITATION = "%HESITATION"


def is_watson(data: Any) -> bool:
    """Whether these are results of IBM Watson: lists as timestamps, or labels of speakers beside.

    >>> is_watson({"result_index": 0, "results": [{"final": True, "alternatives": [{"transcript": "hi "}]}]})
    True
    """
    if not _has_alternatives(data):
        return False
    return "result_index" in data or holds(data, "speaker_labels") or any("final" in one for one in data["results"])


def read_watson(data: dict[str, Any], place: Place) -> Iterator[Draft]:
    """One visit; the speaker of a word is the one labelled from the time where it starts.

    Raises:
        UnreadableFile: nothing is said.
    """
    labels = {seconds(one.get("from")): speaker(one.get("speaker")) for one in objects(data, "speaker_labels")}
    words, plain = [], []
    for result in objects(data, "results"):
        best = next(iter(objects(result, "alternatives")), {})
        plain.append(DraftTurn(string(best, "transcript").replace(_HESITATION, "").strip()))
        stamps = best.get("timestamps")
        for stamp in stamps if isinstance(stamps, list) else ():
            if isinstance(stamp, list) and len(stamp) == 3 and isinstance(stamp[0], str) and stamp[0] != _HESITATION:
                start = seconds(stamp[1])
                words.append(Word(stamp[0], labels.get(start), start, seconds(stamp[2])))
    yield transcript(place, turns_of(words) or plain)


def is_google(data: Any) -> bool:
    """Whether results, or the response of an operation, hold alternatives.

    >>> is_google({"response": {"results": [{"alternatives": [{"words": []}]}]}}), is_google({"results": []})
    (True, False)
    """
    return _has_alternatives(_response(data)) and not is_watson(data)


def read_google(data: dict[str, Any], place: Place) -> Iterator[Draft]:
    """One visit of the words that have a speaker, else of the results without one.

    Raises:
        UnreadableFile: nothing is said.
    """
    results = [next(iter(objects(one, "alternatives")), {}) for one in objects(_response(data), "results")]
    words = [[_word(one) for one in objects(best, "words")] for best in results]
    tagged = [part for part in words if any(word.speaker for word in part)]
    if tagged and _same_word(tagged[-1][0], next(part[0] for part in words if part)):
        tagged = tagged[-1:]
    if tagged:
        turns = turns_of([word for part in tagged for word in part])
    else:
        turns = [_untagged(best, part) for best, part in zip(results, words, strict=True)]
    yield transcript(place, turns)


def _has_alternatives(data: Any) -> bool:
    return holds(data, "results") and any(holds(one, "alternatives") for one in data["results"])


def _response(data: Any) -> Any:
    if isinstance(data, dict) and isinstance(data.get("response"), dict):
        return data["response"]
    return data


def _word(word: dict[str, Any]) -> Word:
    tags = (word.get(key) for key in _TAGS)
    who = next((speaker(tag) for tag in tags if tag not in (None, 0, "0", "")), None)
    start, end = _time(word, _STARTS), _time(word, _ENDS)
    if start is None and end is not None:
        start = 0.0  # as Protobuf writes it
    return Word(string(word, "word"), who, start, end)


def _same_word(one: Word, other: Word) -> bool:
    return (one.text, one.start_s) == (other.text, other.start_s)


def _time(word: dict[str, Any], keys: tuple[str, ...]) -> float | None:
    return next((time for key in keys if (time := seconds(word.get(key))) is not None), None)


def _untagged(best: dict[str, Any], words: list[Word]) -> DraftTurn:
    starts = [word.start_s for word in words if word.start_s is not None]
    ends = [word.end_s for word in words if word.end_s is not None]
    text = string(best, "transcript") or " ".join(word.text for word in words)
    return DraftTurn(text, None, None, min(starts, default=None), max(ends, default=None))
