"""`alliance train`, what it refuses before it begins."""

import pytest


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
