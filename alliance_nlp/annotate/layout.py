"""Where each sentence stands in its visit: who says it, what stands beside it, and the surface measures of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.strings import get_string_id

from .words import Words

_QUESTION = np.uint64(get_string_id("?"))
_ROLES = {"provider": 0, "patient": 1, "other": 2}
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
_TURN_LENGTH = SURFACE.index("turn_length")


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
    roles = np.array([_ROLES.get(each[3], 2) for each in state["turns"]] or [2])
    n = np.arange(len(turn))
    last_sentence = np.full(len(roles) + 1, -1)
    last_sentence[turn + 1] = n
    newest = np.full((len(_ROLES), len(roles)), -1)  # before each turn, the last sentence of each role's newest turn
    for role in range(len(_ROLES)):
        newest[role] = np.maximum.accumulate(np.where(np.append(-1, roles[:-1]) == role, last_sentence[:-1], -1))
    newest[roles, np.arange(len(roles))] = -1
    following = np.where(n + 1 < len(turn), n + 1, -1)
    said_by = roles[turn]
    return Layout(said_by == 0, said_by == 1, turn, n - 1, following, newest.max(axis=0)[turn])


def take(values: NDArray[np.float64], at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Rows of ``values`` at the given positions; zeros where the position is -1."""
    if not len(values):
        return values
    return np.concatenate([values, np.zeros((1, values.shape[1]))])[at]


def surface(words: Words, layout: Layout) -> NDArray[np.float64]:
    """Surface measures of every sentence, each in 0-1: one row a sentence, one column a name of `SURFACE`."""
    n = len(layout.turn)
    length = np.bincount(words.sentence, minlength=n).astype(float)
    question = np.bincount(words.sentence, weights=words.hashes == _QUESTION, minlength=n) > 0
    first = np.r_[True, layout.turn[1:] != layout.turn[:-1]][:n]
    last = np.r_[layout.turn[1:] != layout.turn[:-1], True][:n]
    in_turn = np.bincount(layout.turn)[layout.turn] if n else length
    out = np.zeros((n, len(SURFACE)))
    for column, values in enumerate((layout.provider, layout.patient, question, first, last, first & last)):
        out[:, column] = values
    out[:, _TURN_LENGTH] = np.minimum(1, in_turn / 8)
    rows = np.arange(n)
    out[rows, _TURN_LENGTH + 1 + np.searchsorted(_LENGTHS, length)] = 1
    out[rows, _TURN_LENGTH + 2 + len(_LENGTHS) + np.minimum(_PLACES - 1, (rows * _PLACES) // max(1, n))] = 1
    shared = np.stack([np.ones(n), layout.provider, question, np.minimum(1, length / 20)], axis=1)
    for index, at in enumerate((layout.previous, layout.next, layout.answered)):
        near = out[:, len(SURFACE) - 5 * (len(_NEIGHBOURS) - index) :]
        near[:, [0, 1, 3, 4]] = take(shared, at)
        near[:, 2] = (near[:, 0] > 0) & ((near[:, 1] > 0) == layout.provider)
    return out
