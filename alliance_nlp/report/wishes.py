"""The patient's goal in the words of a sentence said to the patient: "you want to climb the stairs".

A goal of a plain shape ("I want to ...") is turned to the second person; any other is quoted as it was said, so that
no example puts a wrong word into somebody's mouth.
"""

from __future__ import annotations

import re

from ..records import Evidence, Visit

MAX_WORDS = 25
MIN_WORDS = 4
#: A goal less sure than this is not put into an example.
SURE_P = 0.5
#: Longer than this, a goal is quoted rather than turned.
MAX_TURNED_WORDS = 14
_MARGIN = ' \t\n-*•–—.!?,;:…"“”'
_WANT = re.compile(
    r"(?:^|\b(?:well|honestly|um|uh|so|and|but|because|just|really|mostly)[, ]+)"
    r"i(?:'d| would)?(?: just| really| also)* (?:want to|wanna|like to|hope to) (?P<rest>[^.?!;]+)$",
    re.IGNORECASE,
)
_SWAPS = {"i": "you", "i'm": "you're", "i've": "you've", "i'll": "you'll", "my": "your", "myself": "yourself"}
# Words that do not turn one for one ("me" is "you" or, in speech, "my"); a goal with one of them is quoted.
_UNTURNED = re.compile(r"\b(?:me|mine|we|us|our|ours|you|your|yours|i'd|i was|i am|um|uh|like i|know)\b", re.IGNORECASE)
_WORD = re.compile(r"[\w'’]+")
# What a note puts before a goal: "LTG 2:", "Pt's own goal:", "P:", "1)".
_LABEL = re.compile(r"^(?:(?:[LS]TGs?|[SOAP]|(?:[\w'’]+ ){0,3}goals?)\s*\d*\s*:\s*|\d+[.)]\s*)+", re.IGNORECASE)


def find_goal(visit: Visit, evidence: tuple[Evidence, ...]) -> str | None:
    """The surest goal that the patient names (of a note: that it documents), as it stands there, or None.

    >>> visit = Visit(visit_id="n", text="LTG 1: climb 12 stairs with one rail.")
    >>> said = Evidence(code="goal_state", turn=None, start=0, end=37, p=0.9, why="coder")
    >>> find_goal(visit, (said,))
    'climb 12 stairs with one rail'
    """
    found: list[tuple[float, str]] = []
    for piece in evidence:
        if piece.code != "goal_state" or piece.p < SURE_P:
            continue
        if piece.turn is not None and visit.turns[piece.turn].role != "patient":
            continue
        source = (visit.text or "") if piece.turn is None else visit.turns[piece.turn].text
        words = source[piece.start : piece.end].strip(_MARGIN)
        words = words if piece.turn is not None else _LABEL.sub("", words).strip(_MARGIN)
        if MIN_WORDS <= len(_WORD.findall(words)) <= MAX_WORDS:
            # One that can be said to the patient is worth a little doubt.
            found.append((piece.p + (0.2 if to_second_person(words) else 0.0), words))
    return max(found, key=lambda one: one[0])[1] if found else None


def wish(goal: str) -> str:
    """What follows "You told me" in an example.

    >>> wish("I want to get up the stairs with my cane")
    'you want to get up the stairs with your cane'
    >>> wish("Down on the rug with them")
    '“Down on the rug with them”'
    """
    return to_second_person(goal) or f"“{goal}”"


def to_second_person(goal: str) -> str | None:
    """Turn "I want to ..." into "you want to ...", or give None where that is not safe."""
    found = _WANT.search(goal.replace("’", "'"))
    if found is None:
        return None
    rest = found["rest"].strip(_MARGIN)
    if not rest or _UNTURNED.search(rest) or '"' in goal or len(rest.split()) > MAX_TURNED_WORDS:
        return None
    return "you want to " + _WORD.sub(lambda word: _SWAPS.get(word.group().lower(), word.group()), rest)
