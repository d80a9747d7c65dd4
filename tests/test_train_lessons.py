"""What encoders learn from coded transcripts."""

from dataclasses import replace

import numpy as np
import pytest

from alliance_nlp.annotate.weights import allowed
from alliance_nlp.train.lessons import EXPERT, courses_of, lessons_of, name_of


@pytest.fixture
def visits(prepared):
    return [each for each in prepared if each.visit.kind == "transcript"][:3]


def test_encoder_learns_what_each_role_may_carry(visits):
    lessons = lessons_of(visits)
    for lesson, visit in zip(lessons, visits, strict=True):
        assert len(lesson.sentences) == len(visit.tokens)
        assert (lesson.gold == visit.gold).all()
        assert (lesson.told <= allowed(visit.layout)).all()


def test_encoder_learns_the_labels_of_experts_for_the_role_they_are_of(visits):
    visit = visits[0]
    turn = int(visit.layout.turn[np.flatnonzero(visit.layout.provider)[0]])
    said = {"main_therapist_behaviour": "question", "question_subtype": "open", "client_talk_type": "n/a"}
    (lesson,) = lessons_of([replace(visit, visit=replace(visit.visit, experts={turn: said}))])
    names = [f"{label} {value}" for label, value, _ in EXPERT]
    for sentence, row in enumerate(lesson.expert.tolist()):
        if visit.layout.turn[sentence] != turn:
            assert set(row) == {-1}
        else:
            known = dict(zip(names, row, strict=True))
            assert known["main_therapist_behaviour question"] == 1
            assert known["main_therapist_behaviour reflection"] == 0
            assert known["question_subtype open"] == 1
            assert known["client_talk_type change"] == -1


def test_encoders_are_kept_by_the_visits_and_gold_they_learn_from(visits):
    golds = [each.visit for each in visits]
    name = name_of(golds)
    assert name_of([replace(gold, soft={(0, 0, 1): np.zeros(1)}) for gold in golds]) == name
    assert name_of([replace(golds[0], codes=golds[0].codes[1:]), *golds[1:]]) != name
    assert name_of(golds[:2]) != name


def test_encoders_learn_from_coded_transcripts_outside_their_fold(prepared):
    visits = [each for each in prepared if each.visit.kind == "transcript"][:4]
    uncoded = replace(visits[3], visit=replace(visits[3].visit, coded=False))
    note = next(each for each in prepared if each.visit.kind == "note")
    courses = courses_of([*visits[:3], uncoded, note], np.array([0, 1, 1, 0, 0]))
    assert [(course.fold, course.at) for course in courses] == [(0, [1, 2]), (1, [0]), (-1, [0, 1, 2])]
