"""Cut speech that was written down without punctuation into clauses.

A recogniser often writes a whole turn as one run of words. Where a sentence would have ended is guessed from the two
words before and the two after a gap: a logistic regression fitted on punctuated visits with the punctuation taken away
(`train.clauses`), kept as ``clauses.json``. Only common words carry weight.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

PLACES = (-2, -1, 1, 2)
MIN_WORDS = 14
MIN_CLAUSE_WORDS = 3
_WORD = re.compile(r"\S+")
_PUNCTUATION = re.compile(r"[,;:]\s|[.?!…]\s+\w|\s[-–—]\s")


def split_clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Character bounds of the clauses of one stretch; the stretch itself where it is short or punctuated.

    >>> said = "okay so how did the week go i tried the stairs every day and it was fine"
    >>> [said[a:b] for a, b in split_clauses(said, 0, len(said))]
    ['okay so how did the week go', 'i tried the stairs every day', 'and it was fine']
    """
    words = [(start + match.start(), start + match.end()) for match in _WORD.finditer(text[start:end])]
    if len(words) < MIN_WORDS or _PUNCTUATION.search(text, start, end):
        return [(start, end)]
    plain = [text[a:b].lower().strip(".,?!…\"'") for a, b in words]
    weights, bias, cut = _weights()
    bounds = []
    first = 0
    for gap in range(MIN_CLAUSE_WORDS, len(words) - MIN_CLAUSE_WORDS + 1):
        if gap - first >= MIN_CLAUSE_WORDS and bias + gap_score(plain, gap, weights) > cut:
            bounds.append((words[first][0], words[gap - 1][1]))
            first = gap
    return [*bounds, (words[first][0], words[-1][1])]


def gap_keys(words: list[str], gap: int) -> list[str]:
    """What a gap is judged by: the words around it by place, and the pair it parts.

    >>> gap_keys(["so", "i", "went"], 1)
    ['-1 so', '1 i', '2 went', 'so|i']
    """
    keys = []
    for place in PLACES:
        at = gap + place if place < 0 else gap + place - 1
        if 0 <= at < len(words):
            keys.append(f"{place} {words[at]}")
    return [*keys, f"{words[gap - 1]}|{words[gap]}"]


def gap_score(words: list[str], gap: int, weights: dict[str, float]) -> float:
    """Log-odds, without the bias, that a sentence ends before the word at ``gap``."""
    return sum(weights.get(key, 0.0) for key in gap_keys(words, gap))


@cache
def _weights() -> tuple[dict[str, float], float, float]:
    data = json.loads((files(__package__) / "clauses.json").read_text("utf-8"))
    return data["weights"], data["bias"], data["cut"]
