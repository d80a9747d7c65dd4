"""Where each sentence stands in its visit: who says it, what stands beside it, and the surface measures of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.strings import get_string_id

from .words import Words

_QUESTION = np.uint64(get_string_id("?"))
_LENGTHS = (1, 3, 7, 15, 30)
_PLACES = 8
_NEIGHBOURS = ("previous", "next", "answered")

#: Names of the surface measures, in the order of the columns of `surface`.
SURFACE: tuple[str, ...] = (
    "provider",
    "patient",
    "question",
    "first_in_turn",
    "last_in_turn",
    "whole_turn",
    "turn_length",
    *(f"words_over_{n}" for n in (0, *_LENGTHS)),
    *(f"place_{n}" for n in range(_PLACES)),
    *(f"{n}_{what}" for n in _NEIGHBOURS for what in ("there", "provider", "same_role", "question", "length")),
)


class Layout(NamedTuple):
    """One entry a sentence; a neighbour that does not exist is -1.

    ``provider``/``patient``: who speaks; ``turn``: index of the turn; ``previous``, ``next``: the sentences beside it;
    ``answered``: last sentence of the nearest turn before it by somebody of another role.
    """

    provider: NDArray[np.bool_]
    patient: NDArray[np.bool_]
    turn: NDArray[np.int64]
    previous: NDArray[np.int64]
    next: NDArray[np.int64]
    answered: NDArray[np.int64]


def lay_out(state: dict[str, Any]) -> Layout:
    """Layout of the sentences of a parsed Doc (``doc._.alliance_visit``)."""
    turn = np.array([sent[2] for sent in state["sents"]], np.int64)
    roles = np.array([each[3] for each in state["turns"]] or ["other"])
    last_sentence = np.full(len(roles), -1)
    last_sentence[turn] = np.arange(len(turn))
    answered_by_turn = np.full(len(roles), -1)
    newest: dict[str, int] = {}
    for index, role in enumerate(roles.tolist()):
        answered_by_turn[index] = max((n for other, n in newest.items() if other != role), default=-1)
        if last_sentence[index] >= 0:
            newest[role] = int(last_sentence[index])
    n = np.arange(len(turn))
    following = np.where(n + 1 < len(turn), n + 1, -1)
    role = roles[turn]
    return Layout(role == "provider", role == "patient", turn, n - 1, following, answered_by_turn[turn])


def take(values: NDArray[np.float64], at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Rows of ``values`` at the given positions; zeros where the position is -1."""
    if not len(values):
        return values
    return np.where((at >= 0)[:, None], values[np.maximum(at, 0)], 0.0)


def surface(words: Words, layout: Layout) -> NDArray[np.float64]:
    """Surface measures of every sentence, each in 0-1: one row a sentence, one column a name of `SURFACE`."""
    n = len(layout.turn)
    length = np.bincount(words.sentence, minlength=n).astype(float)
    question = np.bincount(words.sentence, weights=words.hashes == _QUESTION, minlength=n) > 0
    first = np.r_[True, layout.turn[1:] != layout.turn[:-1]][:n]
    last = np.r_[layout.turn[1:] != layout.turn[:-1], True][:n]
    in_turn = np.bincount(layout.turn)[layout.turn] if n else length
    columns = [layout.provider, layout.patient, question, first, last, first & last, np.minimum(1, in_turn / 8)]
    bounds = np.array([-1.0, *_LENGTHS, np.inf])
    columns += [(length > low) & (length <= high) for low, high in pairwise(bounds)]
    place = np.minimum(_PLACES - 1, (np.arange(n) * _PLACES) // max(1, n))
    columns += [place == k for k in range(_PLACES)]
    shared = np.stack([np.ones(n), layout.provider, question, np.minimum(1, length / 20)], axis=1)
    for at in (layout.previous, layout.next, layout.answered):
        there, provider, asked, size = take(shared, at).T
        same = (provider > 0) == layout.provider
        columns += [there, provider, same & (there > 0), asked, size]
    return np.stack([np.asarray(column, float) for column in columns], axis=1)
