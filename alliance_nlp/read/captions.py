"""WebVTT and SRT captions -> draft; consecutive captions of one speaker are one turn."""

from __future__ import annotations

import html
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import NamedTuple

from ..errors import MissingExtra
from .draft import Draft, DraftTurn, join_turns
from .labelled import speaker_labels, split_label
from .source import Source, parse_clock

_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]*)>")
_TAG = re.compile(r"</?(?:[cibuv]|ruby|rt|lang|font)(?:[.\s][^<>]*)?>|<\d[\d:.]*>", re.IGNORECASE)
_LEFT_OUT = "captions without a readable time were left out"


class _Caption(NamedTuple):
    start_s: float | None
    end_s: float | None
    text: str


def read_vtt(source: Source, speakers: Collection[str] = ()) -> Iterator[Draft]:
    """WebVTT of Zoom (``Name: text``), Teams (``<v Name>text</v>``) or a transcriber.

    Args:
        source: the file.
        speakers: labels that the user has named (lower case).

    Raises:
        UnreadableFile: the file is no text or no WebVTT.
        MissingExtra: webvtt-py is not installed.
    """
    yield _read(source, "vtt", speakers)


def read_srt(source: Source, speakers: Collection[str] = ()) -> Iterator[Draft]:
    """SRT captions, with ``Name: text`` or ``[SPEAKER_00]: text`` where speakers are known; raises as `read_vtt`."""
    yield _read(source, "srt", speakers)


def _read(source: Source, form: str, speakers: Collection[str]) -> Draft:
    draft = Draft(source.stem)
    text = source.text().strip()
    captions = _parse(source, text, form)
    if not captions:
        raise source.error("there is no caption in the file", "export the captions again")
    if (lost := text.count("-->") - len(captions)) > 0:
        draft.warnings.append(f"{lost} {_LEFT_OUT}")
    pieces = [piece for caption in captions for piece in _pieces(caption)]
    if all(piece.speaker is None for piece in pieces):
        pieces = _split_names(pieces, speakers)
    draft.turns = join_turns(pieces)
    return draft


def _parse(source: Source, text: str, form: str) -> list[_Caption]:
    try:
        from webvtt import WebVTT
        from webvtt.errors import MalformedCaptionError, MalformedFileError
    except ImportError:
        raise MissingExtra(f"{source.path}: reading captions", "formats") from None
    try:
        found = WebVTT.from_buffer(io.StringIO(text), format=form)
    except (MalformedFileError, MalformedCaptionError):
        why = "this is no WebVTT" if form == "vtt" else "this is no SRT"
        raise source.error(f"{why}, or a time in it is damaged", "export the captions again") from None
    return [_Caption(parse_clock(one.start), parse_clock(one.end), one.raw_text) for one in found.captions]


def _pieces(caption: _Caption) -> Iterator[DraftTurn]:
    """A caption as stretches of one voice each; the speaker is None where there is no voice tag."""
    at, speaker = 0, None
    for voice in [*_VOICE.finditer(caption.text), None]:
        end = voice.start() if voice else len(caption.text)
        said = " ".join(html.unescape(_TAG.sub("", caption.text[at:end])).split())
        if said:
            yield DraftTurn(said, speaker, None, caption.start_s, caption.end_s)
        if voice:
            at, speaker = voice.end(), html.unescape(voice[1]).strip() or None


def _split_names(pieces: list[DraftTurn], speakers: Collection[str]) -> list[DraftTurn]:
    """Take ``Name:`` off the text; a caption without one goes on with the speaker before it, as Zoom writes it."""
    found = [split_label(piece.text) for piece in pieces]
    known = speaker_labels(Counter(line.label for line in found if line), len(pieces), speakers)
    split, speaker = [], None
    for piece, line in zip(pieces, found, strict=True):
        if line and line.label in known:
            speaker = line.label
            piece = piece._replace(text=piece.text[line.said_at :].strip())
        split.append(piece._replace(speaker=speaker))
    return split
