import json

import numpy as np
import pytest

from alliance_nlp.codes import CODE_NAMES
from alliance_nlp.corpus.check import check_corpus
from alliance_nlp.corpus.gold import read_gold
from alliance_nlp.corpus.soft_labels import FILE, read_soft_labels, write_soft_labels
from alliance_nlp.errors import BadCorpus
from alliance_nlp.train.fit import names_pipeline, prepare
from alliance_nlp.train.run import merge_gold


@pytest.fixture
def labels():
    """Two visits; one has no sentence."""
    rng = np.random.default_rng(3)
    return {"b": {(0, 0, 9): rng.random(14), (2, 4, 31): rng.random(14)}, "a": {}}


def test_soft_labels_read_back_as_written(labels, tmp_path):
    write_soft_labels(tmp_path / FILE, labels)
    found = read_soft_labels(tmp_path)
    assert list(found["b"]) == list(labels["b"])
    assert found["a"] == {}
    np.testing.assert_allclose(list(found["b"].values()), list(labels["b"].values()), atol=0.5 / 255)


def test_soft_labels_of_equal_values_have_equal_bytes(labels, tmp_path):
    for name, order in (("x", 1), ("y", -1)):
        write_soft_labels(tmp_path / name, dict(list(labels.items())[::order]))
    assert (tmp_path / "x").read_bytes() == (tmp_path / "y").read_bytes()


def test_soft_labels_of_a_folder_without_them_are_none(tmp_path):
    assert read_soft_labels(tmp_path) == {}


@pytest.mark.parametrize("spoilt", [b"", b"PK\x03\x04oops", b"no archive"])
def test_soft_labels_refuse_what_is_none(spoilt, tmp_path):
    (tmp_path / FILE).write_bytes(spoilt)
    with pytest.raises(BadCorpus, match="soft-labels"):
        read_soft_labels(tmp_path)


def test_soft_labels_refuse_other_codes(labels, tmp_path, monkeypatch):
    monkeypatch.setattr("alliance_nlp.corpus.soft_labels.CODE_NAMES", CODE_NAMES[::-1])
    write_soft_labels(tmp_path / FILE, labels)
    monkeypatch.undo()
    with pytest.raises(BadCorpus, match="codes are others"):
        read_soft_labels(tmp_path)


def test_soft_labels_reach_the_sentences_they_are_of(tmp_path, training_golds):
    gold = next(gold for gold in training_golds if gold.kind == "transcript")
    (tmp_path / "rehab").mkdir()
    line = gold.visit.model_dump(mode="json", exclude_none=True) | {"ratings": gold.ratings}
    line["turns"] = [turn | {"i": n, "codes": []} for n, turn in enumerate(line["turns"])]

    (tmp_path / "rehab" / "a.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    (bare,) = prepare(read_gold(tmp_path), names_pipeline())
    assert np.isnan(bare.soft).all()
    assert bare.soft.shape == bare.gold.shape
    wanted = np.linspace(0, 1, 14)
    write_soft_labels(tmp_path / FILE, {gold.visit.visit_id: {bare.stretches[1]: wanted, (0, 0, 10**6): wanted}})
    (told,) = prepare(merge_gold([tmp_path]), names_pipeline())
    np.testing.assert_allclose(told.soft[1], wanted, atol=0.5 / 255)
    assert np.isnan(np.delete(told.soft, 1, 0)).all()


def test_soft_labels_of_a_test_visit_are_a_problem(labels, tmp_path):
    (tmp_path / "rehab").mkdir()
    (tmp_path / "rehab" / "split.tsv").write_text("visit_id\tsplit\na\ttrain\nb\ttest\n", encoding="utf-8")
    visit = {"visit_id": "a", "turns": [{"i": 0, "role": "provider", "text": "Hello.", "codes": []}]}
    (tmp_path / "rehab" / "a.jsonl").write_text(json.dumps(visit) + "\n", encoding="utf-8")
    write_soft_labels(tmp_path / FILE, labels)
    places = [problem.place for problem in check_corpus(tmp_path) if FILE in problem.place]
    assert places == [f"{FILE}, visit b"]
