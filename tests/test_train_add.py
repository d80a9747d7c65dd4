import json
from dataclasses import replace

import numpy as np
import pytest
from conftest import CORPUS

from alliance_nlp.annotate.coder import pack
from alliance_nlp.folder import CARD, read_meta
from alliance_nlp.train.fit import fit_model, inner_folds, names_pipeline, prepare
from alliance_nlp.train.run import train

RATED = {"goal": 5, "task": 5, "bond": 5}


@pytest.fixture(scope="module")
def further(corpus_golds, training_golds):
    """Training visits of both kinds that the tiny model has not seen."""
    known = {gold.visit.visit_id for gold in training_golds}
    rest = [gold for gold in corpus_golds if gold.split == "train" and gold.visit.visit_id not in known]
    rest.sort(key=lambda gold: len(gold.visit.turns))
    return [next(gold for gold in rest if gold.kind == kind) for kind in ("transcript", "note")]


def test_train_add_of_a_rated_visit_moves_the_estimator_and_leaves_the_coder(prepared, tiny_model, further):
    rated = [replace(gold, codes=(), names=(), coded=False, ratings=RATED) for gold in further]
    visits = [*prepared, *prepare(rated, names_pipeline())]
    model = fit_model(visits, inner_folds([each.visit for each in visits]))
    was, now = pack(tiny_model.coder_weights()), pack(model.coder_weights())
    assert was.keys() == now.keys()
    assert all(np.array_equal(was[name], now[name]) for name in was)
    assert all(model.estimator[kind] != tiny_model.estimator[kind] for kind in ("transcript", "note"))


@pytest.fixture
def small_corpus(tmp_path, training_golds):
    """A data folder of the tiny model's visits as they stand in the corpus."""
    wanted = {gold.visit.visit_id for gold in training_golds}
    lines = [
        line
        for path in sorted((CORPUS / "rehab").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if json.loads(line)["visit_id"] in wanted
    ]
    (tmp_path / "data" / "rehab").mkdir(parents=True)
    (tmp_path / "data" / "rehab" / "some.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return tmp_path / "data"


def test_train_add_says_and_writes_what_was_added(small_corpus, further, tmp_path):
    mine = tmp_path / "mine.jsonl"
    rated = {**further[0].visit.model_dump(mode="json"), "visit_id": "mine-1", "ratings": RATED}
    mine.write_text(json.dumps(rated) + "\n", "utf-8")
    told, out = [], tmp_path / "en_alliance-0.0.2"
    train([small_corpus], out, add=[mine], figures=False, tell=told.append)
    meta = read_meta(out)
    assert "of them 1 added: 0 coded, 1 rated; 1 without codes train the estimator alone" in told
    assert meta["added"] == {"visits": 1, "coded": 0, "coded_empty": 0, "rated": 1, "merely_rated": 1}
    assert meta["trained_on"]["added transcripts"] == 1
    assert "1 added transcripts" in (out / CARD).read_text("utf-8")
    assert further[0].sha256() in meta["seen"]
