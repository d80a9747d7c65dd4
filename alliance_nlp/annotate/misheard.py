"""The patient's name as a recogniser misheard it: words that sound like a form of the roster, where a name is due.

By Bayes: a stretch stands as the name where the odds of its place, and how alike it sounds, outweigh how often its
words are said as words. Only talk without capitals is looked at, and only the provider's turns.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..tokens import Fresh
from .contexts import FILLERS, models
from .mentions import Mention, Scene
from .name_bounds import Bounds, after_title
from .persons import CALL, CLOSED, COMMON, GIVEN, SELDOM, TITLE, lists
from .sounds import likeness, sounds_of

_EARLY_TURNS = 6
_LONG = 5
_MOST_WORDS = 3

_LEAST, _LEAST_TITLED = 0.9, 0.87
_STANDS = -3.5
_UNLIKE, _PER_LIKENESS, _LEAST_UNLIKE = 11.5, 20.0, 3.0
"""Log odds a mishearing must make up for at likeness 1, how they fall with it, and their least."""
_NEVER_SAID, _FAMILY = 5.5, 2.0
"""What is off where the given name is nowhere heard right, and what a family name must make up for more."""
_TITLED = 10.0
"""By how much a stretch after a title stands at least."""
_LIKE_NAMES = 0.15
"""How much liker words must be that are listed as somebody's given name."""
_RARE, _UNKNOWN, _LEAST_SAID, _WORDS_PER_VISIT, _TOGETHER = 0.1, 0.003, 0.0003, 1000.0, 150.0
"""Uses per visit of a listed word without a rate and of a word on no list; how much likelier neighbours go together."""


class _Heard(NamedTuple):
    """A stretch that stands as the name, and by how much."""

    margin: float
    bounds: Bounds


def find_misheard(scene: Scene) -> dict[int, Bounds]:
    """Stretches of up to three words that sound like a form of the roster, by their first token."""
    if scene.cased or not scene.forms:
        return {}
    spelt = frozenset(form[0] for form, kind in scene.forms.items() if kind != "nickname" and form[-1] != "'s")
    said = any(scene.role_of(i) == "provider" for i in scene.places_of(spelt))
    names = {name: _UNLIKE - (0.0 if said else _NEVER_SAID) for name in names_of(scene, "given")}
    names |= {name: _UNLIKE + _FAMILY for name in names_of(scene, "family") if name not in names}
    if not names:
        return {}
    found: list[_Heard] = []
    for start, core, ends in _due(scene):
        for end in ends:
            pieces = [scene.word(i) for i in range(core, end)]
            if not spelt.isdisjoint(pieces) or not all(map(str.isalpha, pieces)) or scene.bits(end - 1) & CALL:
                break
            if end < len(scene.tokens.row) and scene.word(end) == "'s" and f"{''.join(pieces)}s" in names:
                break
            margin = _margin(scene, (start, core, end, "misheard"), pieces, names)
            if margin > 0:
                found.append(_Heard(margin, (start, core, end, "misheard")))
    kept: dict[int, Bounds] = {}
    taken: set[int] = set()
    for _, bounds in sorted(found, reverse=True):
        stretch = range(bounds[0], bounds[2])
        if taken.isdisjoint(stretch):
            taken.update(stretch)
            kept[bounds[0]] = bounds
    return kept


def names_of(scene: Scene, *kinds: str) -> list[str]:
    """Names of the roster of these kinds (`persons.forms_of`), joined, of two consonants or more."""
    names = ["".join(form) for form, kind in scene.forms.items() if kind in kinds and form[-1] != "'s"]
    return [name for name in names if len(sounds_of(name).replace("a", "")) > 1]


def _due(scene: Scene) -> list[tuple[int, int, list[int]]]:
    """Where a name may be heard: start with its title, first word, and ends to try."""
    sets = lists().sets
    early, titles = sets["call_early"], sets["title_patient"]
    due: dict[tuple[int, int], int] = {}

    def add(start: int, core: int, most: int = _MOST_WORDS) -> None:
        due[start, core] = max(most, due.get((start, core), 0))

    for i in scene.places_of_class("calls and titles", early | sets["call"] | titles):
        turn = scene.turn_of(i)
        last = scene.turns[turn][1]
        if scene.word(i) in titles:
            add(i, after_title(scene, i, last))
        elif turn < _EARLY_TURNS or scene.word(i) not in early or scene.word(i) == "thanks":
            core = i + 1
            while core < last and (scene.word(core) in FILLERS or scene.word(core).isspace()):
                core += 1
            add(core, core)
    for turn, (first, last, *_) in enumerate(scene.turns):
        if turn < _EARLY_TURNS:
            add(first, first)
        for core in range(max(first, last - 2), last):
            add(core, core)
    for i in np.flatnonzero(scene.tokens.column("on no list", _are_unknown)).tolist():
        add(i, i, 2)
        if i and not scene.bits(i - 1) & TITLE:
            add(i - 1, i - 1, 2)
    places = []
    for (start, core), most in due.items():
        first, last, _, role = scene.turns[scene.turn_of(start)]
        if role == "provider" and first <= start and core < last:
            places.append((start, core, list(range(core + 1, min(core + most, last) + 1))))
    return places


def _are_unknown(new: Fresh) -> NDArray[np.bool_]:
    bits = lists().bits
    return np.array([key not in bits for key in new.lower.tolist()], bool)


def _margin(scene: Scene, bounds: Bounds, pieces: list[str], names: dict[str, float]) -> float:
    """Log odds above those from which a stretch stands as the name."""
    start, core, end, _ = bounds
    title = start < core
    closed = [bool(scene.bits(i) & CLOSED) for i in range(core, end)]
    owned = not title and start and scene.word(start - 1) in lists().sets["article"]
    if owned or (all(closed) and not title) or (closed[0] and sum(map(len, pieces)) < _LONG):
        return -math.inf
    heard = "".join(pieces)
    least = _LEAST_TITLED if title else _LEAST
    if any(scene.bits(i) & (GIVEN | COMMON) == GIVEN for i in range(core, end)):
        least += _LIKE_NAMES
    likes = {name: likeness(name, heard) for name in names}
    like = max(likes.values())
    if like < least:
        return -math.inf
    if title:
        return _TITLED + like
    unlike = min(max(names[name] - _PER_LIKENESS * (n - 1), _LEAST_UNLIKE) for name, n in likes.items() if n >= least)
    said = math.prod(_rate(scene, i) / _WORDS_PER_VISIT for i in range(core, end)) * _TOGETHER ** (end - core - 1)
    floor = _STANDS + math.log(max(said * _WORDS_PER_VISIT, _LEAST_SAID)) + unlike
    return models()["name"].log_odds(Mention(scene, *bounds).cues) - floor


def _rate(scene: Scene, i: int) -> float:
    """Uses per visit of a token's word as a word."""
    rate = lists().rates.get(scene.word(i))
    return rate or (min(_RARE, SELDOM) if scene.bits(i) & (COMMON | CLOSED) else _UNKNOWN)
