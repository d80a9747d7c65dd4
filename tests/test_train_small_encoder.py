"""Small encoders that are kept and taken again; how they are taught is a system test."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from spacy.strings import get_string_id
from tiny_small_encoder import tiny_small_encoder

from alliance_nlp.corpus.added import SOURCE
from alliance_nlp.errors import BadCorpus, MissingExtra
from alliance_nlp.train.fit import fit_model, inner_folds
from alliance_nlp.train.lessons import courses_of, lessons_of
from alliance_nlp.train.small_encoder import MIN_SAID, vocabulary_of
from alliance_nlp.train.teach import FOLDER, read_small_encoders, teach_small_encoders
from alliance_nlp.train.vocabulary import MIN_GROUPS


@pytest.fixture
def inner(prepared):
    return inner_folds([each.visit for each in prepared])


@pytest.fixture
def kept(prepared, inner, tmp_path):
    """A data folder with a small encoder for every fold, each with weights of its own."""
    (tmp_path / FOLDER).mkdir()
    for course in courses_of(prepared, inner):
        np.savez(tmp_path / FOLDER / f"{course.name}.npz", **tiny_small_encoder(course.fold + 1).arrays())
    return tmp_path


def test_small_encoders_that_are_there_are_taken(prepared, inner, kept):
    fit = read_small_encoders(prepared, inner, [kept])
    for each, fold in zip(prepared, inner.tolist(), strict=True):
        if each.visit.kind == "transcript":
            expected = tiny_small_encoder(fold + 1).log_odds(each.words, each.measures)
            np.testing.assert_array_equal(fit.log_odds[each.visit.visit.visit_id], expected)
        else:
            assert each.visit.visit.visit_id not in fit.log_odds
    np.testing.assert_array_equal(fit.whole.table, tiny_small_encoder(0).table)


def test_small_encoders_are_not_taken_where_one_is_missing(prepared, inner, kept):
    next((kept / FOLDER).iterdir()).unlink()
    assert read_small_encoders(prepared, inner, [kept]) is None


def test_small_encoders_serve_with_any_added_visits(prepared, inner, kept):
    spoken = next(each for each in prepared if each.visit.kind == "transcript")
    visit = replace(spoken.visit, source=SOURCE, visit=spoken.visit.visit.model_copy(update={"visit_id": "own"}))
    fit = read_small_encoders([*prepared, replace(spoken, visit=visit)], np.append(inner, 0), [kept])
    np.testing.assert_array_equal(fit.log_odds["own"], tiny_small_encoder(1).log_odds(spoken.words, spoken.measures))


def test_small_encoder_file_that_is_garbled_is_named(prepared, inner, kept):
    file = kept / FOLDER / f"{courses_of(prepared, inner)[0].name}.npz"
    file.write_bytes(b"nothing")
    with pytest.raises(BadCorpus, match=file.name):
        read_small_encoders(prepared, inner, [kept])


def test_teaching_small_encoders_without_pytorch_names_the_extra(prepared, inner, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match="encoder-training"):
        teach_small_encoders(prepared, inner, tmp_path / "out", teachers=tmp_path / "kept")


def test_model_with_a_small_encoder_scores_alone(prepared, inner, kept):
    fit = read_small_encoders(prepared, inner, [kept])
    model = fit_model(prepared, inner, encoder=fit.whole, encoded=fit.log_odds)
    visit = next(each.visit.visit for each in prepared if each.visit.kind == "transcript")
    assert model.score(visit).scores is not None
    assert model.coder_weights()["transcript"].ceiling.shape[0] == 4


def test_words_said_often_have_weights_of_their_own(prepared):
    lessons = lessons_of([each for each in prepared if each.visit.kind == "transcript"])
    said = [set(sentence) for lesson in lessons for sentence in lesson.sentences]
    often = {word for words in said for word in words if sum(word in each for each in said) >= MIN_SAID}
    assert vocabulary_of(lessons).own.sum() == len(often) + 2


def test_words_of_few_patients_are_not_kept(prepared):
    spoken = [each for each in prepared if each.visit.kind == "transcript"]
    secret = [["zzyzx"]] * MIN_SAID
    lessons = [lesson._replace(sentences=[*lesson.sentences, *secret]) for lesson in lessons_of(spoken)]
    rare, common = lessons[: MIN_GROUPS - 1], lessons[:MIN_GROUPS]
    assert len({lesson.group for lesson in common}) == MIN_GROUPS
    key = get_string_id("zzyzx")
    for chosen, kept in ((rare, False), (common, True)):
        vocabulary = vocabulary_of(chosen)
        assert vocabulary.kept[:-2][vocabulary.keys == key].tolist() == [kept]
