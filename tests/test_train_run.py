"""``alliance train``, from a data folder to a model folder."""

import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from conftest import CORPUS, PLANTED

from alliance_nlp.errors import BadCorpus, BadOption, NoVisits
from alliance_nlp.folder import CARD, CODER, CONFIG, ESTIMATOR, META, read_meta
from alliance_nlp.model import load
from alliance_nlp.train.run import merge_gold, model_name, train


@pytest.fixture(scope="module")
def trained(training_golds, tmp_path_factory):
    """The folder the command writes, in a process of its own, from the tiny model's training visits."""
    texts = [path.read_text("utf-8") for path in CORPUS.glob("rehab/*.jsonl")]
    by_id = {line["visit_id"]: line for text in texts for line in map(json.loads, text.splitlines())}
    home = tmp_path_factory.mktemp("training")
    (home / "rehab").mkdir()
    with (home / "rehab" / "visits.jsonl").open("w", encoding="utf-8") as out:
        for gold in training_golds:
            line = by_id[gold.visit.visit_id]
            if gold.kind == "note":
                line["text"] = gold.visit.text
            for turn, said in zip(line.get("turns") or (), gold.visit.turns, strict=True):
                turn["text"] = said.text
            out.write(json.dumps(line) + "\n")
    folder = home / "en_tiny-0.0.2"
    command = [sys.executable, "-m", "alliance_nlp", "train", "--data", home, "-o", folder, "--no-figures"]
    run = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"PYTHONHASHSEED": "7"}, check=False
    )
    assert run.returncode == 0, run.stderr
    assert PLANTED not in run.stdout + run.stderr
    return folder


def test_train_run_gives_the_same_bytes_as_another_training(trained, tiny_folder):
    for name in (CODER, ESTIMATOR, CONFIG):
        assert (trained / name).read_bytes() == (tiny_folder / name).read_bytes(), name


def test_train_run_writes_a_model_that_loads(trained, tiny_model, corpus_golds):
    model = load(trained)
    assert model.name == trained.name
    visit = corpus_golds[0].visit
    assert model.score(visit).scores == tiny_model.score(visit).scores


def test_train_run_writes_these_files_alone(trained):
    assert {path.name for path in trained.iterdir()} == {META, CONFIG, CODER, ESTIMATOR, CARD}


def everything_in(folder):
    """Every byte of a model folder, arrays unpacked."""
    data = [path.read_bytes() for path in sorted(folder.iterdir())]
    with np.load(io.BytesIO((folder / CODER).read_bytes()), allow_pickle=False) as arrays:
        data += [arrays[name].tobytes() for name in arrays.files]
    return b"\n".join(data).lower()


def test_train_run_no_rare_word_of_the_visits_stands_in_the_model(trained, training_golds):
    held = everything_in(trained)
    assert sum(PLANTED in gold.visit.model_dump_json() for gold in training_golds) == 4
    for word in PLANTED.lower().split():
        assert word.encode() not in held
        assert word.encode("utf-16-le") not in held
        assert word.encode("utf-32-le") not in held


def test_train_run_no_sentence_of_the_visits_stands_in_the_model(trained, prepared):
    held = everything_in(trained)
    for each in prepared:
        texts = [turn.text for turn in each.visit.visit.turns] or [each.visit.visit.text]
        for turn, start, end in each.stretches:
            sentence = texts[turn][start:end]
            assert len(sentence.split()) < 4 or sentence.lower().encode() not in held


def test_train_run_no_id_of_a_visit_stands_in_the_model(trained, training_golds):
    held = everything_in(trained)
    assert not [gold.visit.visit_id for gold in training_golds if gold.visit.visit_id.encode() in held]


def test_train_run_remembers_its_visits_by_hash_and_count(trained, training_golds):
    meta = read_meta(trained)
    assert meta["seen"] == sorted(gold.sha256() for gold in training_golds)
    assert sum(meta["trained_on"].values()) == len(training_golds)
    assert set(meta["rating_means"]) == {"transcript", "note"}


@pytest.mark.parametrize("name", ["alliance-0.1.0", "en_alliance", "de_alliance-0.1.0", "en_-0.1.0", "en_alliance-x"])
def test_train_run_a_folder_of_another_name_is_refused(tmp_path, name):
    with pytest.raises(BadOption, match="en_NAME-VERSION"):
        train([tmp_path], tmp_path / name)


def test_train_run_reads_the_name_of_a_model(tmp_path):
    assert model_name(tmp_path / "en_my_clinic-1.2.0") == ("en", "my_clinic", "1.2.0")


def test_train_run_of_a_visit_in_two_folders_the_first_is_taken(corpus_golds):
    assert len(merge_gold([CORPUS, CORPUS])) == len(corpus_golds)


def test_train_run_without_data_is_refused(tmp_path):
    with pytest.raises(BadCorpus):
        merge_gold([])
    with pytest.raises(NoVisits):
        merge_gold([tmp_path])
