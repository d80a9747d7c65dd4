"""HL7 v2 messages with a note in them (MDM, ORU) -> drafts, by python-hl7.

A file may hold several messages, in batches (FHS, BHS) or framed for MLLP; one at a time is held in memory. The text
below every OBR or TXA is a note; messages without text (ADT, laboratory values) are passed over. Source: HL7 2.5.1,
chapters 2 (escapes), 3 (PID), 7 (ORU) and 9 (MDM).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import MissingExtra, UnreadableFile
from .attached import Attachment, Record, iso_day, person, read_attached
from .draft import Draft
from .escapes import unescape
from .extracted import clean_text, read_extracted, unwrap
from .source import Source

if TYPE_CHECKING:
    from hl7 import Message, Segment

_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}(?=[^\w\s])")
_ENVELOPE = ("FHS", "BHS", "BTS", "FTS")
_FRAMES = dict.fromkeys((0x0B, 0x1C))
_LONG_TEXT, _SHORT_TEXT = ("TX", "FT", "CF"), ("ST", "")
_SENTENCE = 6  # words; shorter strings alone are laboratory values
_WITHDRAWN = ("D", "W", "X")  # OBX-11
_CANCELLED = "T11"  # event of an MDM that takes a document back
_MEDIA_TYPES = {"PDF": "application/pdf", "HTML": "text/html", "RTF": "text/rtf", "PLAIN": "text/plain"}
_LEGAL_NAMES = ("L", "D", "B", "")
_RECORD_NUMBER = "MR"


def read_hl7(source: Source, speakers: Collection[str] = ()) -> Iterator[Draft | UnreadableFile]:
    """Notes (or labelled transcripts) of all messages, with the patient of PID, in their order.

    Raises:
        UnreadableFile: the file as a whole is no text; what is wrong with a message costs only that.
        MissingExtra: python-hl7 is not installed.
    """
    try:
        import hl7
    except ImportError:
        raise MissingExtra(f"{source.path}: reading HL7 messages", "formats") from None
    broken = (hl7.HL7Exception, ValueError, IndexError, KeyError, AssertionError)
    found, empty = 0, True
    for line, text in _messages(source):
        empty = False
        if isinstance(text, UnreadableFile):
            yield text
            continue
        try:
            notes = list(_notes(_Fields(hl7.parse(text)), source, line))
        except broken:
            yield source.error("the message is damaged", "export it again", line)
            continue
        found += len(notes)
        for note in notes:
            yield from note.record.fill(_read(note, source, speakers))
    if not found and not empty:
        yield source.error("no message in the file has text in it", "export the notes (MDM or ORU) with their text")


@dataclass
class _Note:
    """A document in a message."""

    record: Record
    lines: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    linked: bool = False
    """Whether (a part of) it is only pointed to."""


class _Fields:
    """A message, to ask for its fields as text."""

    def __init__(self, message: Message) -> None:
        self.message = message
        _, _, self.repeat, self.component, self.subcomponent = message.separators[:5]

    def raw(self, segment: Segment | None, number: int) -> str:
        """A field as it came, blank where it is missing."""
        return str(segment[number]) if segment is not None and number < len(segment) else ""

    def repeats(self, segment: Segment | None, number: int) -> list[list[str]]:
        """Components of each repeat of a field; of a component the first part."""
        return [
            [self.text(part.split(self.subcomponent)[0]) for part in one.split(self.component)]
            for one in self.raw(segment, number).split(self.repeat)
        ]

    def first(self, segment: Segment | None, number: int) -> str:
        """First component of the first repeat."""
        return self.repeats(segment, number)[0][0]

    def text(self, raw: str) -> str:
        """What a part says, its escapes resolved."""
        return unescape(raw, str(self.message.esc), self.message.separators)


def _messages(source: Source) -> Iterator[tuple[int, str | UnreadableFile]]:
    """Number of the first line and segments (or the error) of each message.

    A line that begins no segment goes on with the one before it: some systems break lines inside a field.
    """
    first, segments, error = 0, list[str](), None
    for number, line in source.lines(newline=None, legacy=True):
        if isinstance(line, UnreadableFile):
            error = error or line
            continue
        segment = line.translate(_FRAMES).rstrip("\n")
        name = segment[:3] if _SEGMENT.match(segment) else None
        if name in _ENVELOPE:
            continue
        if name == "MSH":
            if segments or error:
                yield first, error or "\r".join(segments)
            first, segments, error = number, [segment], None
        elif segments and name:
            segments.append(segment)
        elif segments and segments[-1].startswith("OBX"):
            segments[-1] += rf"\.br\{segment}"
    if segments or error:
        yield first, error or "\r".join(segments)


def _notes(fields: _Fields, source: Source, line: int) -> Iterator[_Note]:
    """The documents of one message that have text."""
    message = fields.message
    header = message[0]
    if _CANCELLED in fields.repeats(header, 9)[0]:
        return
    by_name = {str(segment[0]): segment for segment in reversed(message)}
    pid, pv1 = by_name.get("PID"), by_name.get("PV1")
    groups: list[tuple[dict[str, Segment], list[Segment]]] = [({}, [])]
    for segment in message:
        name = str(segment[0])
        if name in ("OBR", "TXA"):
            if groups[-1][1]:
                groups.append(({}, []))
            groups[-1][0][name] = segment
        elif name == "OBX":
            groups[-1][1].append(segment)
    for number, (heads, results) in enumerate(groups, start=1):
        obr, txa = heads.get("OBR"), heads.get("TXA")
        message_id = fields.first(header, 10) or f"{source.stem}-{line}"
        visit_id = fields.first(txa, 12) or fields.first(obr, 3) or fields.first(obr, 2)
        stamps = (fields.first(txa, 4), fields.first(obr, 7), fields.first(header, 7))
        people = (fields.repeats(txa, 9), fields.repeats(txa, 5), fields.repeats(obr, 16), fields.repeats(pv1, 7))
        record = Record(
            visit_id or (message_id if number == 1 else f"{message_id}-{number}"),
            line,
            next(filter(None, map(iso_day, stamps)), None),
            patient=_patient(fields, pid),
            provider=next(filter(None, map(_provider, people)), None),
        )
        note = _note(fields, record, results)
        if note.lines or note.attachments or note.linked:
            yield note


def _note(fields: _Fields, record: Record, results: list[Segment]) -> _Note:
    note = _Note(record)
    names = [(fields.repeats(one, 3)[0] + [""])[1] for one in results]
    several, last = len(set(filter(None, names))) > 1, ""
    words = 0
    for result, name in zip(results, names, strict=True):
        kind = fields.raw(result, 2).strip()
        if fields.raw(result, 11).strip() in _WITHDRAWN:
            continue
        if kind in (*_LONG_TEXT, *_SHORT_TEXT):
            if several and name and name != last:
                note.lines.append(name)
            last = name
            said = [fields.text(one) for one in fields.raw(result, 5).split(fields.repeat)]
            note.lines += said
            words = max(words, _SENTENCE if kind in _LONG_TEXT else len(" ".join(said).split()))
        elif kind == "ED":
            for one in fields.raw(result, 5).split(fields.repeat):
                note.attachments.append(_attachment(fields, one, f"{len(note.attachments) + 1}"))
        elif kind == "RP":
            note.linked = True
    if words < _SENTENCE or not "".join(note.lines).strip():
        note.lines = []
    return note


def _read(note: _Note, source: Source, speakers: Collection[str]) -> Iterator[Draft | UnreadableFile]:
    if note.lines:
        yield from read_extracted(source, unwrap(clean_text("\n".join(note.lines))), speakers)
    for attachment in note.attachments:
        try:
            yield from read_attached(source, attachment, speakers)
        except UnreadableFile as error:
            yield error
    if note.linked and not note.lines and not note.attachments:
        why = "the message only points to its document (RP), and nothing is fetched"
        yield source.error(why, "export it with the document inside")


def _attachment(fields: _Fields, raw: str, name: str) -> Attachment:
    """Encapsulated data: application, type, subtype, encoding, data."""
    _, kind, subtype, encoding, data, *_ = [*raw.split(fields.component), "", "", "", "", ""]
    media_type = _MEDIA_TYPES.get(subtype.upper()) or _MEDIA_TYPES.get(kind.upper(), "")
    if encoding.strip().lower() == "base64":
        return Attachment(name, data, media_type)
    if encoding.strip().lower() == "hex":
        return Attachment(name, bytes.fromhex(data), media_type)
    return Attachment(name, fields.text(data).encode(), media_type)


def _patient(fields: _Fields, pid: Segment | None) -> dict[str, object] | None:
    numbers = [[*one, "", "", "", "", ""] for one in fields.repeats(pid, 3)]
    number = next((one[0] for one in numbers if one[4] == _RECORD_NUMBER), numbers[0][0]) or fields.first(pid, 2)
    names = [[*one, "", "", "", "", "", "", ""] for one in fields.repeats(pid, 5)]
    legal = next((one for one in names if one[6] in _LEGAL_NAMES), names[0])
    others = [one[1] or one[0] for one in names if one is not legal and one[6] in ("N", "A")]
    return person(number, legal[1], legal[0], others)


def _provider(people: list[list[str]]) -> dict[str, object] | None:
    """Of a field of type XCN: id, family, given, middle, suffix, prefix, degree."""
    number, family, given, _, _, prefix, degree, *_ = [*people[0], *[""] * 7]
    name = " ".join(filter(None, (prefix, given, family)))
    known = {"id": number, "name": f"{name}, {degree}" if name and degree else name}
    return {key: value for key, value in known.items() if value} if name else None
