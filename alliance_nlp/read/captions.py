"""WebVTT, SRT and SBV captions -> draft; consecutive captions of one speaker are one turn.

Where a caption names no speaker, the one before goes on (as Zoom writes it), unless a dash or ``>>`` says that the
speaker changes: then nobody is named.
"""

from __future__ import annotations

import html
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from ..errors import MissingExtra
from .draft import Draft, DraftTurn, join_turns
from .labelled import is_known, speaker_labels, split_label
from .source import Source, parse_clock

_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^<>]{0,300})>")
_TAG = re.compile(r"</?(?:[cibuv]|ruby|rt|lang|font)(?:[.\s][^<>]*)?>|<\d[\d:.]*>", re.IGNORECASE)
_TIMES = {"vtt": r"-->", "srt": r"-->", "sbv": r"^[\d:.]+,[\d:.]+[ \t]*$"}
_NAMES = {"vtt": "WebVTT", "srt": "SRT", "sbv": "SBV"}
_DASH = re.compile(r"[-–](?:[ \t]+|$)")
_ARROWS = re.compile(r">>+[ \t]*")
_NAME_LINE = re.compile(r"\(([^\W\d_][^()\n:]{0,60})\)")
_PHONE = re.compile(r"\+?\d[\d *()-]{5,20}\d(?=:)")  # how Zoom names who phones in, with or without asterisks
_NAME_LINE_SHARE = 0.5  # of captions, so that "(laughs)" here and there is no speaker
_LEFT_OUT = "captions without a readable time were left out"


class _Caption(NamedTuple):
    start_s: float | None
    end_s: float | None
    text: str


class _Line(NamedTuple):
    """A line of a caption, without tags."""

    caption: int
    text: str
    voice: str | None
    """Name of a voice tag."""
    changes: bool
    """Whether ``>>`` in front, or dashes in front of several lines of the caption, say that another one speaks."""


def read_vtt(source: Source, speakers: Collection[str] = ()) -> Iterator[Draft]:
    """WebVTT of Zoom (``Name: text``), Teams (``<v Name>text</v>``), Meet (``(Name)`` above the text) or a transcriber.

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


def read_sbv(source: Source, speakers: Collection[str] = ()) -> Iterator[Draft]:
    """SBV captions of YouTube, with ``>> NAME: text`` where speakers are known; raises as `read_vtt`."""
    yield _read(source, "sbv", speakers)


def _read(source: Source, form: str, speakers: Collection[str]) -> Draft:
    draft = Draft(source.stem)
    text = source.text().strip()
    captions = _parse(source, text, form)
    if not captions:
        raise source.error("there is no caption in the file", "export the captions again")
    if (lost := len(re.findall(_TIMES[form], text, re.MULTILINE)) - len(captions)) > 0:
        draft.warnings.append(f"{lost} {_LEFT_OUT}")
    lines = [line for number, caption in enumerate(captions) for line in _lines(number, caption.text)]
    named = _speakers(lines, len(captions), speakers)
    draft.turns = join_turns([_turn(captions[line.caption], line.text, speaker) for line, speaker in named])
    if not draft.turns:
        raise source.error("there are no words in the captions", "export the captions again")
    return draft


def _turn(caption: _Caption, text: str, speaker: str | None) -> DraftTurn:
    return DraftTurn(text, speaker, None, caption.start_s, caption.end_s)


def _parse(source: Source, text: str, form: str) -> list[_Caption]:
    try:
        from webvtt import WebVTT
        from webvtt.errors import MalformedCaptionError, MalformedFileError
    except ImportError:
        raise MissingExtra(f"{source.path}: reading captions", "formats") from None
    try:
        found = WebVTT.from_buffer(io.StringIO(text), format=form)
    except (MalformedFileError, MalformedCaptionError):
        why = f"this is no {_NAMES[form]}, or a time in it is damaged"
        raise source.error(why, "export the captions again") from None
    return [_Caption(parse_clock(one.start), parse_clock(one.end), one.raw_text) for one in found.captions]


def _lines(number: int, text: str) -> Iterator[_Line]:
    """Lines of a caption, with the voice that is open; what a voice says over several lines stays together."""
    at, voice = 0, None
    for tag in [*_VOICE.finditer(text), None]:
        said = text[at : tag.start() if tag else len(text)]
        plain = [" ".join(html.unescape(_TAG.sub("", line)).split()) for line in said.split("\n")]
        if voice:
            plain = [" ".join(filter(None, plain))]
        dashed = sum(_DASH.match(line) is not None for line in plain) > 1
        for line in plain:
            change = None if voice else _ARROWS.match(line) or (_DASH.match(line) if dashed or len(line) == 1 else None)
            if line:
                yield _Line(number, line[change.end() :] if change else line, voice, change is not None)
        if tag:
            at, voice = tag.end(), html.unescape(tag[1]).strip() or None


def _speakers(lines: list[_Line], captions: int, speakers: Collection[str]) -> Iterator[tuple[_Line, str | None]]:
    """Lines that say something with who says them: by voice tags, else by ``(Name)`` lines, else by ``Name:``."""
    if any(line.voice for line in lines):
        yield from ((line, line.voice) for line in lines)
        return
    opening = [next(group) for _, group in groupby(lines, key=lambda line: line.caption)]
    if sum(_NAME_LINE.fullmatch(line.text) is not None for line in opening) >= _NAME_LINE_SHARE * captions:
        yield from _named_above(lines)
        return
    yield from _named_in_front(lines, {id(line) for line in opening}, captions, speakers)


def _named_above(lines: list[_Line]) -> Iterator[tuple[_Line, str | None]]:
    speaker = None
    for line in lines:
        if found := _NAME_LINE.fullmatch(line.text):
            speaker = found[1].strip()
        elif line.text:
            yield line, speaker


def _named_in_front(
    lines: list[_Line], opening: Collection[int], captions: int, speakers: Collection[str]
) -> Iterator[tuple[_Line, str | None]]:
    """Take ``Name:`` off the text; within a caption, only a name that elsewhere stands first in one counts."""
    found = [split_label(line.text) for line in lines]
    first = [id(line) in opening or line.changes for line in lines]
    counts = Counter(label.label for label, is_first in zip(found, first, strict=True) if label and is_first)
    known = speaker_labels(counts, captions, speakers) - _words_alone(counts, speakers)
    speaker = None
    for line, label in zip(lines, found, strict=True):
        if phone := _PHONE.match(line.text):
            speaker = phone[0]
            line = line._replace(text=line.text[phone.end() + 1 :].strip())
        elif label and label.label in known:
            speaker = label.label
            line = line._replace(text=line.text[label.said_at :].strip())
        elif line.changes:
            speaker = None
        if line.text:
            yield line, speaker


def _words_alone(counts: Mapping[str, int], speakers: Collection[str]) -> set[str]:
    """Single words that come once where two speakers come again and again: "Listen:" is no name there."""
    if sum(count > 1 for count in counts.values()) < 2:
        return set()
    return {
        label for label, count in counts.items() if count == 1 and label.isalpha() and not is_known(label, speakers)
    }
