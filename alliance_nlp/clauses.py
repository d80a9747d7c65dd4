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
from itertools import pairwise
from typing import NamedTuple

PLACES = (-2, -1, 1, 2)
MIN_WORDS = 14
MIN_CLAUSE_WORDS = 3
_WORD = re.compile(r"\S+")
_PUNCTUATION = re.compile(r"[,;:]\s|[.?!…]\s+\w|\s[-–—]\s")


def split_clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Character bounds of the clauses of one stretch; the stretch itself where it is short, punctuated or one clause.

    >>> said = "okay so how did the week go i tried the stairs every day and it was fine"
    >>> [said[a:b] for a, b in split_clauses(said, 0, len(said))]
    ['okay so how did the week go', 'i tried the stairs every day', 'and it was fine']
    """
    if end - start < 2 * MIN_WORDS - 1:
        return [(start, end)]
    plain = text[start:end].lower().split()
    if len(plain) < MIN_WORDS or _PUNCTUATION.search(text, start, end):
        return [(start, end)]
    cuts = []
    first = 0
    for gap, is_over in enumerate(_is_over([word.strip(".,?!…\"'") for word in plain]), MIN_CLAUSE_WORDS):
        if is_over and gap - first >= MIN_CLAUSE_WORDS:
            cuts.append(first := gap)
    if not cuts:
        return [(start, end)]
    words = [match.span() for match in _WORD.finditer(text, start, end)]
    return [(words[a][0], words[b - 1][1]) for a, b in pairwise([0, *cuts, len(words)])]


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


class _Weights(NamedTuple):
    """What a gap is worth in log-odds. ``words``: by word, as the second before it, the first before, the first after
    and the second after; ``pairs``: by the pair it parts; ``floor``: what the words must reach for a pair to matter.
    """

    words: dict[str, tuple[float, float, float, float]]
    pairs: dict[str, float]
    bias: float
    cut: float
    floor: float


_NOTHING = (0.0, 0.0, 0.0, 0.0)


def _is_over(words: list[str]) -> list[bool]:
    """Whether a sentence ends before each word, from the `MIN_CLAUSE_WORDS`-th to as many before the last."""
    known = _weights()
    last = len(words) - MIN_CLAUSE_WORDS + 1
    get, get_pair, bias, cut = known.words.get, known.pairs.get, known.bias, known.cut
    rows = [get(word, _NOTHING) for word in words[1 : last + 1]]
    sums = [a[0] + b[1] + c[2] + d[3] for a, b, c, d in zip(rows, rows[1:], rows[2:], rows[3:], strict=False)]
    return [
        reached > known.floor and bias + (reached + get_pair(f"{words[gap - 1]}|{words[gap]}", 0.0)) > cut
        for gap, reached in enumerate(sums, MIN_CLAUSE_WORDS)
    ]


@cache
def _weights() -> _Weights:
    data = json.loads((files(__package__) / "clauses.json").read_text("utf-8"))
    words: dict[str, list[float]] = {}
    pairs: dict[str, float] = {}
    places = {str(place): at for at, place in enumerate(PLACES)}
    for key, weight in data["weights"].items():
        place, space, word = key.partition(" ")
        if space:
            words.setdefault(word, [0.0] * len(PLACES))[places[place]] = weight
        else:
            pairs[key] = weight
    bias, cut = data["bias"], data["cut"]
    floor = cut - bias - max(0.0, *pairs.values()) - 1e-6
    return _Weights({word: (a, b, c, d) for word, (a, b, c, d) in words.items()}, pairs, bias, cut, floor)
