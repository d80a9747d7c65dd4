"""What the comparison goes by: features of a sentence, of a clause, and of a clause beside a sentence.

Kinds of items are a last axis of five, in the order of `KINDS`. Weights are learnt from pairs of notes and visits that
were coded for it (`alliance_nlp.train.concord`).
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..annotate.goal_parts import read_goal
from ..codes import CODE_NAMES
from ..vectors import vectors_of
from .likeness import NAMES
from .units import SECTIONS, Side, Unit

Array = NDArray[np.float64]
KINDS = ("goal", "agreement", "preference", "plan", "next_contact")
N_KINDS = len(KINDS)
_VECTOR_WEIGHT = 1.5
_GOALS = [CODE_NAMES.index("goal_state"), CODE_NAMES.index("goal_align")]
_ABOUT_GOALS = re.compile(r"(?i)\b(?:goals?|ltgs?|stgs?|target|read back|said back)\b")
_BACK = 5  # sentences in which a goal may have been named before it is agreed
_COVERED, _COVERED_NEAR, _SAID, _NOTE_SAME, _SAID_SAME, _RARE = range(6)


def logit(p: Array) -> Array:
    """Log-odds, a third of them, so that they are of the size of the other features."""
    kept = np.clip(p, 1e-3, 1 - 1e-3)
    odds: Array = np.log(kept / (1 - kept)) / 3
    return odds


def said_features(side: Side) -> Array:
    """One row a sentence."""
    own = logit(side.p)
    seen = np.array(
        [
            [
                unit.role == "patient",
                unit.role == "other",
                unit.place,
                unit.place > 0.85,
                unit.place < 0.15,
                min(1, len(unit.terms) / 10),
                bool(unit.numbers),
                bool(unit.days),
                not unit.terms,
                unit.text.rstrip().endswith("?"),
            ]
            for unit in side.units
        ],
        np.float64,
    ).reshape(-1, 10)
    near = (own, 0.5 * logit(side.before), 0.5 * logit(side.after))
    return np.hstack([*near, seen, seen[:, :1] * own, _meaning(side), _cues_of(side, "said")])


def note_features(side: Side) -> Array:
    """One row a clause."""
    life = [read_goal(unit.text).kind == "life" for unit in side.units]
    seen = np.array(
        [
            [
                *(unit.section == section for section in SECTIONS),
                unit.listed_goal,
                unit.listed_goal and lived,
                unit.listed_goal and not lived,
                unit.section in ("goals", "patient_goals") and lived,
                unit.place,
                min(1, len(unit.terms) / 10),
                bool(unit.numbers),
                bool(unit.days),
            ]
            for unit, lived in zip(side.units, life, strict=True)
        ],
        np.float64,
    ).reshape(-1, len(SECTIONS) + 8)
    near = (logit(side.p), 0.3 * logit(side.before), 0.3 * logit(side.after))
    return np.hstack([*near, seen, _meaning(side), _cues_of(side, "note")])


def link_features(note: Side, said: Side, measures: Array) -> Array:
    """(clauses, sentences, features) that do not depend on the kind; see `with_kind`.

    Args:
        note: clauses of the note.
        said: sentences of the visit.
        measures: of `likeness.compare_units`.
    """
    n, s = measures.shape[:2]
    sum_ = measures[:, :, _COVERED] + measures[:, :, _SAID]
    place = np.array([unit.place for unit in said.units])
    patient = np.array([unit.role == "patient" for unit in said.units], np.float64)
    named = said.p[:, _GOALS].max(axis=1) if s else np.zeros(0)
    before = np.zeros(s)
    for back in range(min(_BACK, s)):
        before[back:] = np.maximum(before[back:], named[: s - back])
    about = np.array([unit.listed_goal or bool(_ABOUT_GOALS.search(unit.text)) for unit in note.units], np.float64)
    more = [
        sum_ - sum_.max(axis=1, keepdims=True),
        sum_ - sum_.max(axis=0, keepdims=True),
        np.repeat(place[None], n, axis=0),
        measures[:, :, _COVERED] * measures[:, :, _SAID],
        np.repeat(patient[None], n, axis=0),
        np.outer(about, before),
        np.outer(1 - about, place),
        np.outer(1 - about, before),
    ]
    return np.concatenate([measures, np.stack(more, axis=2)], axis=2)


def with_kind(links: Array, p_said: Array) -> Array:
    """Link features of one kind: those of `link_features` and how likely each sentence is an item of that kind."""
    n = len(links)
    each = np.stack([logit(p_said), p_said], axis=1)
    return np.concatenate([links, np.repeat(each[None], n, axis=0)], axis=2)


#: Columns of `with_kind` whose weight may differ from kind to kind.
LINK_SLOPES = (0, 1, 2, len(NAMES) + 2, *range(len(NAMES) + 4, len(NAMES) + 10))


def item_features(p_note: Array, p_said: Array, links: Array, measures: Array) -> list[Array]:
    """By kind, one row a clause: whether it is an item.

    Args:
        p_note: (clauses, kinds), from the clause's own features.
        p_said: (sentences, kinds).
        links: (clauses, sentences, kinds), probability that the sentence is what the clause documents.
        measures: of `likeness.compare_units`.
    """
    best, at = links.max(axis=1), links.argmax(axis=1)
    product = (measures[:, :, _COVERED] * measures[:, :, _SAID]).max(axis=1)
    covered = [measures[:, :, column].max(axis=1) for column in (_COVERED, _COVERED_NEAR, _SAID, _NOTE_SAME, _RARE)]
    own, linked = logit(p_note), logit(best)
    out = []
    for kind in range(N_KINDS):
        other = logit(np.delete(p_note, kind, axis=1).max(axis=1))
        said = logit(p_said[at[:, kind], kind])
        columns = (own[:, kind], linked[:, kind], p_note[:, kind], other, best[:, kind], *covered, product, said)
        out.append(np.stack([*columns, own[:, kind] * linked[:, kind]], axis=1))
    return out


def found_features(links: Array, measures: Array) -> list[Array]:
    """By kind, one row a clause that is an item: whether it was said, by its likest sentence."""
    rows = np.arange(len(links))
    return [
        np.hstack(
            [
                logit(links[:, :, kind].max(axis=1))[:, None],
                measures[rows, links[:, :, kind].argmax(axis=1)],
                measures[:, :, [_COVERED, _COVERED_NEAR, _SAID, _NOTE_SAME]].max(axis=1),
            ]
        )
        for kind in range(N_KINDS)
    ]


def told_features(links: Array, p_item: Array, measures: Array, again: Array) -> list[Array]:
    """By kind, one row a sentence that is an item: whether the note has it, by its likest clause.

    Args:
        links: (clauses, sentences, kinds).
        p_item: (clauses, kinds), probability that a clause is an item.
        measures: of `likeness.compare_units`.
        again: (sentences, sentences), how far one covers another: another sentence may be what the clause documents.
    """
    told = links * p_item[:, None, :]
    any_kind = told.max(axis=2)
    columns = np.arange(links.shape[1])
    clause = any_kind.argmax(axis=0)
    rival = any_kind.argmax(axis=1)[clause]
    behind = logit(any_kind[clause, columns]) - logit(any_kind[clause, rival])
    alike = measures[:, :, [_COVERED, _SAID, _NOTE_SAME, _SAID_SAME, _RARE]]
    shared = [
        np.stack([behind, again[columns, rival], again[rival, columns], rival == columns], axis=1),
        alike[clause, columns],
        alike[:, :, 1:].max(axis=0),
        (alike[:, :, 0] * alike[:, :, 1]).max(axis=0)[:, None],
    ]
    return [
        np.hstack([shared[0][:, 3:] * logit(told[:, :, kind].max(axis=0))[:, None], *shared]) for kind in range(N_KINDS)
    ]


#: Columns of `item_features` whose weight may differ from kind to kind.
ITEM_SLOPES = (0, 1)


def _meaning(side: Side) -> Array:
    """Direction of the sum of a unit's word vectors."""
    words = tuple(dict.fromkeys(term for unit in side.units for term in unit.terms))
    vectors = vectors_of(words)
    at = {word: index for index, word in enumerate(words)}
    out = np.zeros((len(side), vectors.shape[1]))
    for row, unit in enumerate(side.units):
        if unit.terms:
            whole = vectors[[at[term] for term in unit.terms]].sum(axis=0)
            out[row] = _VECTOR_WEIGHT * whole / max(1e-9, float(np.linalg.norm(whole)))
    return out


def _cues_of(side: Side, which: Literal["said", "note"]) -> Array:
    return np.array([_matches(unit, which) for unit in side.units], np.float64).reshape(-1, len(_cues(which)))


def _matches(unit: Unit, which: Literal["said", "note"]) -> list[bool]:
    text = unit.text.replace("’", "'")
    return [bool(cue.search(text)) for cue in _cues(which)]


@cache
def _cues(which: str) -> tuple[re.Pattern[str], ...]:
    lines = (files(__package__) / "cues.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return tuple(re.compile(row["pattern"], re.IGNORECASE) for row in rows if row["side"] == which)
