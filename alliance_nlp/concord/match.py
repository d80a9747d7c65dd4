"""Two sides -> items: which clause documents which sentence, what was left out, and what nobody said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .features import (
    KINDS,
    N_KINDS,
    found_features,
    item_features,
    link_features,
    note_features,
    said_features,
    told_features,
    with_kind,
)
from .likeness import Rarity, among, compare_units
from .units import Side
from .weights import Weights

Array = NDArray[np.float64]
Status = Literal["both", "said_only", "note_only"]
#: How far a sentence may be covered by another of the same kind before it counts as the same thing said again.
_AGAIN = 0.6
#: The same where one goal stands beside another; other kinds do not stand side by side as two items.
_GOES_ON = 0.4


class Answers(NamedTuple):
    """Probabilities, kinds last. ``links``: (clauses, sentences, kinds); ``item``, ``found``: (clauses, kinds), whether
    a clause is an item, and if it is whether it was said; ``said_only``: (sentences, kinds); ``again``: (sentences,
    sentences), how far one covers another.
    """

    links: Array
    item: Array
    found: Array
    said_only: Array
    again: Array


class Match(NamedTuple):
    """One item: index of its kind in `KINDS`, its status, its sentence and clause (None: not there), probability."""

    kind: int
    status: Status
    said: int | None
    note: int | None
    p: float


def answer(note: Side, said: Side, rarity: Rarity, weights: Weights) -> Answers:
    """Every probability of a pair.

    Args:
        note: clauses of the note.
        said: sentences of the visit.
        rarity: weight of a word.
        weights: what was learnt.
    """
    p_said = weights.said.of_kinds([said_features(said)] * N_KINDS)
    p_note = weights.note.of_kinds([note_features(note)] * N_KINDS)
    again = among(said.units, rarity)
    if not len(note) or not len(said):
        links = np.zeros((len(note), len(said), N_KINDS))
        return Answers(links, p_note, np.zeros_like(p_note), p_said, again)
    measures = compare_units(note.units, said.units, rarity).measures
    base = link_features(note, said, measures)
    links = np.stack([weights.link.of_kind(kind, with_kind(base, p_said[:, kind])) for kind in range(N_KINDS)], axis=-1)
    p_item = weights.item.of_kinds(item_features(p_note, p_said, links, measures))
    p_found = weights.found.of_kinds(found_features(links, measures))
    p_told = weights.told.of_kinds(told_features(links, p_item, measures, again))
    return Answers(links, p_item, p_found, p_said * (1 - p_told), again)


def find_matches(note: Side, said: Side, answers: Answers, cuts: dict[str, tuple[float, ...]]) -> list[Match]:
    """Items over their cuts, the surest first; a clause is used once, and one thing said twice is one item."""
    both, used = _both(note, answers, cuts)
    taken = [(match.kind, match.said) for match in both if match.said is not None]
    return [
        *both,
        *_said_only(answers, cuts["said_only"], taken),
        *_note_only(note, answers, cuts, used),
    ]


def _over(p: Array, cuts: tuple[float, ...]) -> Iterator[tuple[int, int, float]]:
    """Rows and kinds over their cuts, those farthest over first."""
    over = [(row, kind) for row, kind in np.argwhere(p >= np.array(cuts)).tolist()]
    over.sort(key=lambda at: (-p[at] / cuts[at[1]], at))
    for row, kind in over:
        yield row, kind, float(p[row, kind])


def _both(note: Side, answers: Answers, cuts: dict[str, tuple[float, ...]]) -> tuple[list[Match], set[int]]:
    """Items that are on both sides, and the clauses they take."""
    found: list[Match] = []
    used: set[int] = set()
    said = answers.found >= np.array(cuts["found"])
    for clause, kind, p in _over(np.where(said, answers.item, 0), cuts["both"]):
        if clause in used:
            continue
        used.add(clause)
        sentence = int(answers.links[clause, :, kind].argmax())
        if not any(
            other.kind == kind
            and other.note is not None
            and note.units[other.note].sentence == note.units[clause].sentence
            and abs(other.note - clause) == 1
            and (other.said == sentence or KINDS[kind] in ("goal", "agreement"))
            for other in found
        ):
            found.append(Match(kind, "both", sentence, clause, p * float(answers.found[clause, kind])))
    return found, used


def _said_only(answers: Answers, cuts: tuple[float, ...], taken: list[tuple[int, int]]) -> Iterator[Match]:
    taken = list(taken)
    for sentence, kind, p in _over(answers.said_only, cuts):
        if any(other == sentence for _, other in taken):
            continue
        if not any(same == kind and _same_again(answers, kind, sentence, other) for same, other in taken):
            taken.append((kind, sentence))
            yield Match(kind, "said_only", sentence, None, p)


def _same_again(answers: Answers, kind: int, one: int, other: int) -> bool:
    """Whether two sentences of a kind are one item: said again, or the second half of the first."""
    alike = max(answers.again[one, other], answers.again[other, one])
    if abs(one - other) > 1:
        return bool(alike >= _AGAIN)
    return KINDS[kind] != "goal" or bool(alike >= _GOES_ON)


def _note_only(note: Side, answers: Answers, cuts: dict[str, tuple[float, ...]], used: set[int]) -> Iterator[Match]:
    taken: list[int] = []
    unsaid = answers.found < np.array(cuts["found"])
    for clause, kind, p in _over(np.where(unsaid, answers.item, 0), cuts["note_only"]):
        near = any(
            note.units[other].sentence == note.units[clause].sentence and abs(other - clause) <= 1 for other in taken
        )
        if clause not in used and not near:
            taken.append(clause)
            yield Match(kind, "note_only", None, clause, p * (1 - float(answers.found[clause, kind])))
