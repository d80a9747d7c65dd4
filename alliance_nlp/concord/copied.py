"""Text of a note that was carried over from an earlier one: long stretches of equal words.

The share of text copied between notes is how copy-forward is measured in the literature (Tsou 2017, Appl Clin Inform
8:12); headings and short phrases are alike in any two notes, so stretches under `MIN_WORDS` do not count.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

#: Words from which an equal stretch counts.
MIN_WORDS = 10
_WORD = re.compile(r"\w+(?:['’./-]\w+)*")


class Copied(NamedTuple):
    """An equal stretch: characters in the note and in the earlier note, half-open, and its words."""

    start: int
    end: int
    earlier_start: int
    earlier_end: int
    words: int


def find_copied(note: str, earlier: str, *, min_words: int = MIN_WORDS) -> list[Copied]:
    """Stretches of the note that stand in the earlier note word for word, case and punctuation aside.

    >>> earlier = "S: sore. P: continue the home exercises twice a day and ice after walking, recheck Monday"
    >>> note = "S: better. P: Continue the home exercises twice a day and ice after walking, recheck Friday"
    >>> [(note[each.start : each.end], each.words) for each in find_copied(note, earlier)]
    [('P: Continue the home exercises twice a day and ice after walking, recheck', 13)]
    """
    ours, theirs = list(_WORD.finditer(note)), list(_WORD.finditer(earlier))
    matcher = SequenceMatcher(
        None, [word.group().lower() for word in ours], [word.group().lower() for word in theirs], autojunk=False
    )
    return [
        Copied(ours[a].start(), ours[a + n - 1].end(), theirs[b].start(), theirs[b + n - 1].end(), n)
        for a, b, n in matcher.get_matching_blocks()
        if n >= min_words
    ]


def copied_share(note: str, copied: list[Copied]) -> float:
    """Share of the note's words that stand in the copied stretches, 0 to 1; 0 for a note without words.

    >>> copied_share("", [])
    0.0
    """
    words = sum(1 for _ in _WORD.finditer(note))
    return sum(each.words for each in copied) / words if words else 0.0
