"""What the words around a place say of it: cues as strings, weighed by small logistic models kept as JSON.

Three models: `name` (a word that is also a name stands there as a name), `patient` (an unknown name is the
patient's) and `vocative` (the patient's name is said to the patient, not of them). The cues never hold the candidate
itself nor any word that may be a name, so a verdict does not depend on which name stands there.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .persons import COMMON, GIVEN

if TYPE_CHECKING:
    from .mentions import Mention, Scene

FILLERS = frozenset(("um", "uh", "er", "erm", "hmm", "mm", "ah", "...", "…"))
_STOPS = frozenset((",", ".", "?", "!", ";", ":", "-", "--", "–", "—", "…", "...", "<", ">"))


def cues(before: list[str], after: list[str]) -> list[str]:
    """Cues of a place from its neighbours, nearest last in ``before`` and first in ``after``, at most four each.

    A turn's start is given as ``<`` at the head of ``before``, its end as ``>`` at the tail of ``after``.

    >>> cues(["<", "hi", ","], [".", "how"])[:3]
    ['L1=,', 'L2=hi', 'L3=<']
    """
    left = [word for word in before if word not in FILLERS][::-1]
    right = [word for word in after if word not in FILLERS]
    found = [f"L{n}={word}" for n, word in enumerate(left[:3], 1)]
    found += [f"R{n}={word}" for n, word in enumerate(right[:3], 1)]
    found.append("L=" + " ".join(left[1::-1]))
    found.append("R=" + " ".join(right[:2]))
    first, then = (left or ["<"])[0], (right or [">"])[0]
    found.append(f"B={first if first in _STOPS else 'w'}{then if then in _STOPS else 'w'}")
    found.append(f"B1={first}|{then}")
    lefts, rights = _classes()
    left_classes = ("stop",) if first in _STOPS else lefts.get(first, ("word",))
    right_classes = rights.get(then, ("word",))
    found += [f"LC={name}" for name in left_classes] + [f"RC={name}" for name in right_classes]
    found += [f"C={a}|{b}" for a in left_classes for b in right_classes]
    if len(right) > 1:
        seconds = rights.get(right[1], ("word",))
        found += [f"RC2={name}" for name in seconds]
        if "modal" in right_classes:
            found += [f"RR=modal|{name}" for name in seconds]
    if first in _STOPS and len(left) > 1:
        found += [f"LC2={name}" for name in lefts.get(left[1], ())]
        found += [f"C2={a}|{b}" for a in lefts.get(left[1], ()) for b in right_classes]
    if any(map(_shows_age, right)):
        found.append("age")
    return found


def may_be_apart(before: list[str], after: list[str]) -> bool:
    """Whether a name may be set apart there, by a stop, a greeting or the like, or comes with an age; quick to tell.

    >>> may_be_apart(["<", "hi"], ["how", "are"]), may_be_apart(["took", "some"], ["last", "night"])
    (True, False)
    """
    nearest = [word for word in before if word not in FILLERS][-2:]
    if not nearest or nearest[-1] in _STOPS or "you" in nearest:
        return True
    classes = _classes()[0].get(nearest[-1], ())
    return "greeting" in classes or "opener" in classes or any(map(_shows_age, after))


def _shows_age(word: str) -> bool:
    return word.isdigit() or word in ("year", "old", "birth")


def place_cues(scene: Scene, mention: Mention) -> list[str]:
    """Cues of a mention the roster does not know: those of its place, and what kind of word stands there."""
    given, word = mention.bits & GIVEN, mention.bits & COMMON
    kind = "title" if mention.title else "given_word" if given and word else "given" if given else "unknown"
    if scene.cased:
        case = "first" if mention.start in scene.sentence_starts else "mid"
    else:
        case = "lower_cap" if mention.capital else "lower"
    following = scene.turns[mention.turn + 1][3] if mention.turn + 1 < len(scene.turns) else "none"
    found = [*mention.cues, f"kind={kind}", f"case={case}", f"kind_case={kind}{case}", f"next={following}"]
    found += [f"{cue} {kind}" for cue in mention.cues if cue.startswith("C=")]
    if mention.title:
        found.append("T=" + scene.word(mention.start).strip("."))
    if len(mention.form) > 1:
        found.append("long")
    found.append("turn0" if mention.turn < 3 else "turn_later")
    return found


@cache
def _classes() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Classes of the words to the left and to the right."""
    rows = json.loads((files(__package__) / "patterns" / "cue_classes.json").read_text("utf-8"))
    sides: list[dict[str, tuple[str, ...]]] = []
    for side in ("left", "right"):
        by_word: dict[str, tuple[str, ...]] = {}
        for name, words in rows[side].items():
            for word in words:
                by_word[word] = (*by_word.get(word, ()), name)
        sides.append(by_word)
    return sides[0], sides[1]


class Model:
    """A logistic model over cues: sum of weights and a constant, in log odds."""

    def __init__(self, weights: dict[str, float], constant: float) -> None:
        self.weights, self.constant = weights, constant

    def log_odds(self, found: list[str]) -> float:
        """Log odds of a place with these cues; an unknown cue counts nothing."""
        weight = self.weights.get
        return self.constant + math.fsum(weight(cue, 0.0) for cue in found)


def models() -> dict[str, Model]:
    """The models in use: those of the package, or those of the `models_from` around."""
    return _CHOSEN.get() or _shipped()


@contextmanager
def models_from(rows: Mapping[str, Any]) -> Iterator[None]:
    """Use other weights for a while, as measuring on visits that the package's have seen needs it.

    Args:
        rows: weights as `train.names.fit_contexts` gives them.
    """
    token = _CHOSEN.set(_as_models(rows))
    try:
        yield
    finally:
        _CHOSEN.reset(token)


@cache
def _shipped() -> dict[str, Model]:
    return _as_models(json.loads((files(__package__) / "patterns" / "name_contexts.json").read_text("utf-8")))


def _as_models(rows: Mapping[str, Any]) -> dict[str, Model]:
    return {name: Model(row["weights"], row["constant"]) for name, row in rows.items()}


_CHOSEN: ContextVar[dict[str, Model] | None] = ContextVar("models of name contexts", default=None)
