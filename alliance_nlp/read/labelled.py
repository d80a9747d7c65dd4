"""Text with a speaker label in front of every turn (``.txt``, ``.md``) -> draft; text without is a note.

Names and times on lines of their own are read by ``headed``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from .draft import Draft, DraftTurn
from .headed import headed_turns
from .headings import CLOCK, is_heading, is_name
from .roles import find_label
from .source import Source, parse_clock

_LABEL_CHARS = 40
_LINE = re.compile(
    rf"""
    [ \t>]*(?:[-*•][ \t]+)?                                  # quote or bullet marks
    (?:[(\[<]?(?P<before>{CLOCK})[)\]>]?[ \t]*(?:[-–|][ \t]*)?)?     # a time in front
    (?:\*\*|__|\*|_)?                                        # bold or italic in Markdown
    (?:\[(?P<bracket>[^\[\]\n:]{{1,{_LABEL_CHARS}}})\][ \t]*:?     # [doctor] or [SPEAKER_00]:
      |(?P<label>[^\W_][^\n:\[\]<>|*]{{0,{_LABEL_CHARS - 1}}}?)
       [ \t]*+(?:[(\[<](?P<after>{CLOCK})[)\]>]|(?<=[ \t])(?P<bare>{CLOCK}))?
       [ \t]*+(?:\*\*|__|\*|_)?:(?=\s|\*|_|$|[^\s\d/]))
    (?:\*\*|__|\*|_)?[ \t]*
    """,
    re.VERBOSE,
)
_LABELLED_SHARE = 0.5
# Names that no table knows are speakers among much unlabelled text if few of them take turns at length.
_SPEAKERS, _LONG, _CHANGE_SHARE = 4, 6, 0.8


class LabelledLine(NamedTuple):
    """A line that may start a turn."""

    start: int
    """Offset of the line in the text."""
    label: str
    said_at: int
    """Offset of what is said."""
    start_s: float | None


def split_label(line: str, offset: int = 0) -> LabelledLine | None:
    """The label at the start of a line, or None; whether it is a speaker's is seen from the whole text.

    >>> split_label("[00:01:02] Dr. Reed: How are you?")[1:]
    ('Dr. Reed', 21, 62.0)
    """
    match = _LINE.match(line)
    if match is None:
        return None
    label = (match["bracket"] or match["label"] or "").strip()
    if not label or parse_clock(label) is not None:
        return None
    clock = match["before"] or match["after"] or match["bare"]
    return LabelledLine(offset, label, offset + match.end(), parse_clock(clock) if clock else None)


def read_text(source: Source, speakers: Collection[str] = ()) -> Iterator[Draft]:
    """A transcript if the text has speaker labels, else a note.

    Args:
        source: the file.
        speakers: labels that the user has named (lower case).

    Raises:
        UnreadableFile: the file is no text.
    """
    text = source.text()
    lines, headed = find_turns(text, speakers), headed_turns(text)
    if headed and len(headed) >= len(lines):
        yield Draft(source.stem, turns=headed)
        return
    if not lines:
        yield Draft(source.stem, "note", text=text)
        return
    draft = Draft(source.stem)
    if text[: lines[0].start].strip():
        draft.warnings.append("text before the first speaker label was left out")
    ends = [line.start for line in lines[1:]] + [len(text)]
    for line, end in zip(lines, ends, strict=True):
        if said := " ".join(filter(None, map(str.strip, text[line.said_at : end].split("\n")))):
            draft.turns.append(DraftTurn(said, line.label, None, line.start_s))
    if draft.turns:
        yield draft


def find_turns(text: str, speakers: Collection[str] = ()) -> list[LabelledLine]:
    """The lines that start a turn; empty where the text is no transcript.

    A label counts if the table of labels or the user knows it, or if it stands in front of two lines and looks like a
    name. Headings of a note do not count, and a text that has more of them than of turns is a note.

    >>> [line.label for line in find_turns("T: Any pain?\\nC: Yes:\\nhere.\\nT: Okay.")]
    ['T', 'C', 'T']
    >>> find_turns("Subjective: Pt reports pain.\\nObjective: AROM 0-90.\\nPlan: HEP.")
    []
    """
    candidates, headings, filled, at = [], 0, 0, 0
    for line in text.split("\n"):
        found = split_label(line, at)
        if found is not None:
            candidates.append(found)
        headings += is_heading(found.label if found else line.strip(" \t#*_:"))
        filled += bool(line.strip())
        at += len(line) + 1
    counts = Counter(line.label for line in candidates)
    accepted = speaker_labels(counts, filled, speakers)
    lines = [line for line in candidates if line.label in accepted]
    known = any(is_known(label, speakers) for label in accepted)
    return lines if _is_talk(text, lines, headings, filled, known=known) else []


def speaker_labels(counts: Mapping[str, int], total: int, speakers: Collection[str] = ()) -> set[str]:
    """Which labels are of speakers: known ones and names that come twice.

    A name that comes once counts too where all speakers go by name and half of all lines is labelled.

    Args:
        counts: how often each label stands in front of a line (or caption).
        total: number of lines (or captions).
        speakers: labels that the user has named (lower case).

    >>> sorted(speaker_labels({"Dana": 2, "Will": 1, "Plan": 1}, 4))
    ['Dana', 'Will']
    """
    known = {label for label in counts if is_known(label, speakers)}
    names = {label for label in counts if is_name(label)}
    accepted = known | {label for label in names if counts[label] >= 2}
    if not known and sum(counts[label] for label in names) >= _LABELLED_SHARE * total:
        accepted |= names
    return accepted


def is_known(label: str, speakers: Collection[str]) -> bool:
    """Whether the user or the table of labels names the label, and no note has it as a heading."""
    if label.casefold() in speakers:
        return True
    return not is_heading(label) and find_label(label) is not None


def _is_talk(text: str, lines: list[LabelledLine], headings: int, filled: int, *, known: bool) -> bool:
    """Whether the labelled lines are turns, and not the header or the headings of a note."""
    turns, labels = len(lines), len({line.label for line in lines})
    if turns < 2:
        return turns == filled == 1 and known
    if headings >= 2 and (not known or turns < 2 * headings):
        return False
    roles = {row.role if (row := find_label(line.label)) else None for line in lines}
    if headings and roles == {"provider"}:  # what each discipline did or shall do: "PT: twice weekly"
        return False
    if not known and (labels < 2 or turns < _LABELLED_SHARE * filled):
        changes = sum(one.label != other.label for one, other in pairwise(lines))
        return 2 <= labels <= _SPEAKERS and turns >= _LONG and changes >= _CHANGE_SHARE * turns
    if turns > labels:
        return True
    # No label comes twice: in talk most of the text stands on lines with a label, in a note on lines without.
    ends = [line.start for line in lines[1:]] + [len(text)]
    parts = [text[line.said_at : end].partition("\n") for line, end in zip(lines, ends, strict=True)]
    return sum(len(first) for first, _, _ in parts) >= sum(len(rest.strip()) for _, _, rest in parts)
