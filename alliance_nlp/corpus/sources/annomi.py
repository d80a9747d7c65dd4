"""AnnoMI: ``AnnoMI-full.csv``, one row an utterance and annotator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from ...errors import BadCorpus
from .originals import Originals
from .public_visit import PublicVisit

FILE = "AnnoMI-full.csv"
_ABOUT = ("transcript_id", "topic", "video_title", "mi_quality")
_TURN = ("utterance_id", "interlocutor", "utterance_text", "timestamp")
_EXPERT = (
    "main_therapist_behaviour",
    "therapist_input_subtype",
    "reflection_subtype",
    "question_subtype",
    "client_talk_type",
)


def read_annomi(originals: Originals, wanted: Collection[str]) -> Iterator[PublicVisit]:
    """One visit a ``transcript_id``, in the order of the file; the text of an utterance is that of its first row.

    Each record also has ``title`` and ``quality`` (high or low), each turn AnnoMI's own labels: ``expert``, by
    majority of the ``annotators``, the first on a tie.

    Args:
        originals: where the file is.
        wanted: ids of the visits to read.

    Raises:
        BadCorpus: the file is not there, or is not as expected.
    """
    rows = originals.table(FILE, columns=(*_ABOUT, *_TURN, *_EXPERT))
    if rows is None:
        raise originals.missing(FILE)
    transcripts: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if f"annomi-{row['transcript_id']}" in wanted:
            transcripts.setdefault(row["transcript_id"], []).append(row)
    for transcript_id, transcript in transcripts.items():
        try:
            turns = _turns(transcript)
        except ValueError:
            place = f"{FILE}, transcript {transcript_id}"
            raise BadCorpus(place, "an utterance_id is no number", "download the file again") from None
        first = transcript[0]
        yield PublicVisit.of(
            {
                "visit_id": f"annomi-{transcript_id}",
                "source": "AnnoMI (Wu et al. 2022/2023)",
                "setting": first["topic"].strip(),
                "title": first["video_title"],
                "patient": None,
                "quality": first["mi_quality"],
                "turns": turns,
            }
        )


def _turns(rows: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    """Utterances in numeric order.

    Raises:
        ValueError: an ``utterance_id`` is no number.
    """
    utterances: dict[int, list[dict[str, str]]] = {}
    for row in rows:
        utterances.setdefault(int(row["utterance_id"]), []).append(row)
    return [
        {
            "role": "provider" if same[0]["interlocutor"] == "therapist" else "patient",
            "text": same[0]["utterance_text"].strip(),
            "start_s": _seconds(same[0]["timestamp"]),
            "expert": {label: _majority([row[label] for row in same]) for label in _EXPERT},
            "annotators": len(same),
        }
        for _, same in sorted(utterances.items())
    ]


def _majority(labels: Sequence[str]) -> str | None:
    counted = Counter(label for label in labels if label)
    return counted.most_common(1)[0][0] if counted else None


def _seconds(timestamp: str) -> float | None:
    """``0:01:12`` as seconds; None where it is no time.

    >>> _seconds("0:01:12")
    72.0
    """
    fields = (timestamp + ":0:0").split(":")[:3]
    if not all(field.isdecimal() for field in fields):
        return None
    hours, minutes, seconds = map(int, fields)
    return float(hours * 3600 + minutes * 60 + seconds)
