"""Coded transcripts -> what an encoder learns from them, sentence by sentence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..annotate.layout import Layout
from ..annotate.weights import allowed
from ..annotate.words import Words
from ..corpus.added import SOURCE as ADDED
from ..corpus.gold import GoldVisit
from .coder import settle_bags
from .sentences import Prepared

Array = NDArray[np.float64]

#: (label of AnnoMI's experts, its value, whether it is the provider's): what is learnt beside the codes.
EXPERT: tuple[tuple[str, str, bool], ...] = (
    ("main_therapist_behaviour", "question", True),
    ("main_therapist_behaviour", "reflection", True),
    ("main_therapist_behaviour", "therapist_input", True),
    ("reflection_subtype", "complex", True),
    ("question_subtype", "open", True),
    ("client_talk_type", "change", False),
    ("client_talk_type", "sustain", False),
    ("client_talk_type", "neutral", False),
)


class Lesson(NamedTuple):
    """A transcript, an entry or row a sentence. ``words`` and ``sentences``: its masked words, as hashes and strings;
    ``gold``, ``told``: (sentences, codes), ``told`` is 1 where the gold tells; ``expert``: -1 where unknown; ``group``:
    who or what it shares with other visits.
    """

    group: str
    words: Words
    sentences: list[list[str]]
    layout: Layout
    measures: Array
    gold: NDArray[np.float32]
    told: NDArray[np.float32]
    expert: NDArray[np.float32]


class Course(NamedTuple):
    """What one encoder learns from. ``fold``: the inner fold left out, -1 for none; ``at``: which of the visits;
    ``name``: see `name_of`.
    """

    fold: int
    at: list[int]
    name: str


def courses_of(prepared: Sequence[Prepared], inner: NDArray[np.int64]) -> list[Course]:
    """What an encoder for every inner fold of transcripts, and one for all, learn from: the coded ones outside it.

    None learns from visits that a clinic added, so that what is kept serves with any of them.
    """
    own = [n for n, each in enumerate(prepared) if each.visit.kind == "transcript" and each.visit.source != ADDED]
    courses = []
    for fold in [*sorted(set(inner[own].tolist())), -1]:
        at = [n for n in own if prepared[n].visit.coded and inner[n] != fold]
        courses.append(Course(fold, at, name_of([prepared[n].visit for n in at])))
    return courses


def lessons_by_course(courses: Sequence[Course], prepared: Sequence[Prepared]) -> dict[int, list[Lesson]]:
    """The lessons of every course, by its fold."""
    at = sorted({n for course in courses for n in course.at})
    lessons = dict(zip(at, lessons_of([prepared[n] for n in at]), strict=True))
    return {course.fold: [lessons[n] for n in course.at] for course in courses}


def lessons_of(visits: Sequence[Prepared]) -> list[Lesson]:
    """What an encoder learns from coded transcripts: the gold alone, as soft labels come from encoders."""
    hard = [replace(each, soft=np.full_like(each.soft, np.nan)) for each in visits]
    return [
        Lesson(
            each.visit.group,
            each.words,
            each.tokens,
            each.layout,
            each.measures,
            each.gold.astype(np.float32),
            (allowed(each.layout) & each.known).astype(np.float32),
            _expert(each),
        )
        for each in settle_bags(hard)
    ]


def name_of(visits: Sequence[GoldVisit]) -> str:
    """A hash of the visits and the gold that an encoder learns from, by which it is kept.

    How a visit is cut into sentences and which names are masked is no part of it: an encoder still serves when that
    has become a little better since.
    """
    found = hashlib.sha256()
    for visit in visits:
        found.update(repr((visit.sha256(), visit.codes, sorted(visit.experts.items()))).encode())
    return found.hexdigest()[:16]


def _expert(visit: Prepared) -> NDArray[np.float32]:
    """The experts' labels of every sentence's turn, (sentences, labels)."""
    rows = np.full((len(visit.tokens), len(EXPERT)), -1, np.float32)
    for sentence, turn in enumerate(visit.layout.turn.tolist()):
        if said := visit.visit.experts.get(turn):
            for column, (label, value, provider) in enumerate(EXPERT):
                if provider == bool(visit.layout.provider[sentence]):
                    rows[sentence, column] = said.get(label) == value
    return rows
