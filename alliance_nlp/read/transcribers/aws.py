"""Amazon Transcribe, and AWS HealthScribe, whose transcript tells clinician from patient.

Source: the Amazon Transcribe developer guide, "Job output" and "AWS HealthScribe transcript file". Times of
Transcribe are texts; without diarisation ``speaker_labels`` is missing; punctuation has neither time nor speaker.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...records import Role
from ..draft import Draft, DraftTurn
from ..objects import Place
from .fields import CHANNEL_PAUSE_S, Word, by_start, holds, objects, seconds, speaker, string, transcript, turns_of

_ROLES: dict[str, Role] = {"CLINICIAN": "provider", "PATIENT": "patient"}
_MADE = "the note was written by AWS HealthScribe"


def is_transcribe(data: Any) -> bool:
    """Whether ``results`` has items and transcripts.

    >>> is_transcribe({"jobName": "v1", "results": {"transcripts": [], "items": []}})
    True
    """
    return holds(data, "results", "items") and holds(data, "results", "transcripts")


def read_transcribe(data: dict[str, Any], place: Place) -> Iterator[Draft]:
    """One visit of the items, named after the job; speakers by label, else by channel.

    Raises:
        UnreadableFile: nothing is said.
    """
    results = data["results"]
    channels = objects(results, "channel_labels", "channels")
    labels = {
        one.get("start_time"): speaker(one.get("speaker_label"))
        for segment in objects(results, "speaker_labels", "segments")
        for one in objects(segment, "items")
        if isinstance(one.get("start_time"), str)
    }
    if channels:
        parts = [turns_of(_words(objects(one, "items"), {}, _channel(one)), CHANNEL_PAUSE_S) for one in channels]
        turns = by_start(turn for part in parts for turn in part)
    else:
        turns = turns_of(_words(objects(results, "items"), labels, None))
    if not turns:
        turns = [DraftTurn(string(one, "transcript")) for one in objects(results, "transcripts")]
    yield transcript(place, turns, string(data, "jobName") or None)


def is_healthscribe(data: Any) -> bool:
    """Whether a ``Conversation`` has transcript segments, or a list is of a stream's events with a segment each.

    >>> is_healthscribe({"Conversation": {"TranscriptSegments": []}})
    True
    """
    if isinstance(data, list):
        return bool(data) and all(_of_event(one) is not None for one in data)
    return holds(data, "Conversation", "TranscriptSegments")


def read_healthscribe(data: Any, place: Place) -> Iterator[Draft]:
    """One visit with its roles, named after the job; partial segments of a stream are left out.

    The transcript file of a job and that of a stream differ in their items, not in their segments; events of a stream
    tell the channel, and no role.

    Raises:
        UnreadableFile: nothing is said.
    """
    if isinstance(data, list):
        talk, segments = {}, [_of_event(one) or {} for one in data]
    else:
        talk, segments = data["Conversation"], objects(data, "Conversation", "TranscriptSegments")
    turns = [_segment(one, *_participant(one)) for one in segments if one.get("IsPartial") is not True]
    yield transcript(place, turns, string(talk, "JobName", "ConversationId", "SessionId") or None)


def is_healthscribe_note(data: Any) -> bool:
    """Whether this is the summary that HealthScribe writes beside the transcript.

    >>> is_healthscribe_note({"ClinicalDocumentation": {"Sections": []}})
    True
    """
    return holds(data, "ClinicalDocumentation", "Sections")


def read_healthscribe_note(data: dict[str, Any], place: Place) -> Iterator[Draft]:
    """The summary as a note, a heading and its sentences a paragraph.

    Raises:
        UnreadableFile: the summary is empty.
    """
    parts = []
    for section in objects(data, "ClinicalDocumentation", "Sections"):
        sentences = [said for one in objects(section, "Summary") if (said := string(one, "SummarizedSegment"))]
        if sentences:
            parts.append("\n".join([string(section, "SectionName").replace("_", " ").capitalize() + ":", *sentences]))
    if not parts:
        raise place.error("is an empty summary", "leave the file out")
    draft = place.draft()
    draft.kind, draft.text = "note", "\n\n".join(parts)
    draft.warnings.append(_MADE)
    yield draft


def _words(items: list[dict[str, Any]], labels: dict[Any, str | None], channel: str | None) -> list[Word]:
    words = []
    for item in items:
        text = next((said for one in objects(item, "alternatives") if (said := string(one, "content"))), "")
        start = item.get("start_time")
        who = channel or speaker(item.get("speaker_label")) or (labels.get(start) if isinstance(start, str) else None)
        mark = item.get("type") == "punctuation"
        words.append(Word(text, None if mark else who, seconds(start), seconds(item.get("end_time")), joined=mark))
    return words


def _channel(channel: dict[str, Any]) -> str | None:
    return speaker(channel.get("channel_label"), "Channel")


def _of_event(event: Any) -> dict[str, Any] | None:
    if not isinstance(event, dict):
        return None
    inner = event.get("TranscriptEvent", event)
    segment = inner.get("TranscriptSegment") if isinstance(inner, dict) else None
    return segment if isinstance(segment, dict) else None


def _participant(segment: dict[str, Any]) -> tuple[str | None, Role | None]:
    details = segment.get("ParticipantDetails")
    label = string(details, "ParticipantRole") if isinstance(details, dict) else ""
    if not label:
        return speaker(segment.get("ChannelId"), "Channel"), None
    return label, _ROLES.get(label.partition("_")[0].upper())


def _segment(segment: dict[str, Any], who: str | None, role: Role | None) -> DraftTurn:
    return DraftTurn(
        string(segment, "Content") or next((string(one, "Content") for one in objects(segment, "Alternatives")), ""),
        who,
        role,
        seconds(segment.get("BeginAudioTime")),
        seconds(segment.get("EndAudioTime")),
    )
