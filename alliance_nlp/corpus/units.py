"""The coding units of the public gold: the sentence rule by which it was made, kept as it was.

`parse.split_sentences` is what the tool reads visits by; it knows more initials and closing quotes and differs in one
turn of two hundred. The gold of the public corpora counts units, so they must come out as they did then: the fetched
visits carry them as ``sents``, and the stand-off gold carries a hash of them.
"""

from __future__ import annotations

import re

_END = re.compile(r"[.?!…]+[\"')\]]*(?=\s|$)")
_ABBREVIATION = re.compile(r"\b(dr|mr|mrs|ms|st|vs|e\.g|i\.e|a\.m|p\.m)\s?\.$", re.IGNORECASE)
_INITIAL = re.compile(r"\b[a-hj-zA-HJ-Z]\s?\.$")
_WORD = re.compile(r"\w")


def coding_units(text: str) -> list[tuple[int, int]]:
    """Character bounds of the coding units of one turn, half-open.

    A unit ends at ``. ? ! …`` followed by white space, but not after a title, an abbreviation or an initial; what
    holds no word belongs to the unit before it.

    >>> coding_units("Hi Dr. Reed. How are you? ...")
    [(0, 12), (13, 29)]
    """
    units: list[tuple[int, int]] = []
    start = 0
    for match in [*_END.finditer(text), None]:
        end = match.end() if match else len(text.rstrip())
        head = text[start:end]
        if match and (_ABBREVIATION.search(head) or _INITIAL.search(head)):
            continue
        if _WORD.search(head):
            units.append((start + len(head) - len(head.lstrip()), end))
        elif units and head.strip():
            units[-1] = (units[-1][0], end)
        else:
            continue
        start = end
    return units
