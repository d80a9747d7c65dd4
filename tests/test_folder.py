"""A model folder: what it holds, and what is refused."""

import io
import json

import numpy as np
import pytest

from alliance_nlp.errors import BadModel
from alliance_nlp.folder import (
    CARD,
    CODER,
    CONFIG,
    ESTIMATOR,
    HASHED,
    META,
    default_folder,
    find_folder,
    read_folder,
    read_meta,
)
from alliance_nlp.model import load

FILES = (*HASHED, META)


def test_folder_holds_these_files_alone(tiny_folder):
    assert {path.name for path in tiny_folder.iterdir()} == {META, CONFIG, CODER, ESTIMATOR}


def test_folder_gives_back_what_was_written(tiny_folder, tiny_model):
    folder = read_folder(tiny_folder)
    assert folder.estimator == tiny_model.estimator
    assert folder.meta["seen"] == tiny_model.meta["seen"]
    for kind, weights in tiny_model.coder_weights().items():
        assert folder.coder[kind].vocabulary.names() == weights.vocabulary.names()
        for back, written in zip(folder.coder[kind].matrix(), weights.matrix(), strict=True):
            np.testing.assert_array_equal(back, written)
        np.testing.assert_array_equal(folder.coder[kind].second, weights.second)


def test_folder_arrays_need_no_pickle(tiny_folder):
    with np.load(io.BytesIO((tiny_folder / CODER).read_bytes()), allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fiu" for name in arrays.files)


@pytest.mark.parametrize("name", FILES)
def test_folder_without_a_file_is_refused(tiny_folder, name):
    (tiny_folder / name).unlink()
    with pytest.raises(BadModel, match=name):
        load(tiny_folder)


@pytest.mark.parametrize("place", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
@pytest.mark.parametrize("name", FILES)
def test_folder_with_a_changed_byte_is_refused(tiny_folder, name, place):
    data = bytearray((tiny_folder / name).read_bytes())
    data[int(place * (len(data) - 1))] ^= 1
    (tiny_folder / name).write_bytes(data)
    with pytest.raises(BadModel):
        load(tiny_folder)


@pytest.mark.parametrize("name", FILES)
def test_folder_with_a_cut_file_is_refused(tiny_folder, name):
    data = (tiny_folder / name).read_bytes()
    (tiny_folder / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(BadModel):
        load(tiny_folder)


@pytest.mark.parametrize("meta", ["", "[]", "null", "{}", '{"format": 1}', '{"format": 99}'])
def test_folder_with_another_meta_is_refused(tiny_folder, meta):
    (tiny_folder / META).write_text(meta, "utf-8")
    with pytest.raises(BadModel):
        load(tiny_folder)


def test_folder_of_another_format_says_which(tiny_folder):
    facts = json.loads((tiny_folder / META).read_text("utf-8")) | {"format": 99}
    (tiny_folder / META).write_text(json.dumps(facts), "utf-8")
    with pytest.raises(BadModel, match="99"):
        load(tiny_folder)


@pytest.mark.parametrize("path", ["nowhere", "."])
def test_folder_that_is_none_is_refused(tmp_path, path):
    with pytest.raises(BadModel):
        load(tmp_path / path)


def test_folder_of_the_package_is_whole_and_small():
    folder = default_folder()
    assert {path.name for path in folder.iterdir()} == {META, CONFIG, CODER, ESTIMATOR, CARD}
    assert sum(path.stat().st_size for path in folder.iterdir()) < 25e6
    assert read_meta(folder)["version"] == folder.name.rpartition("-")[2]


def test_folder_of_the_package_loads():
    assert load().name == default_folder().name


def test_folder_that_is_not_there_is_said_to_be_missing():
    with pytest.raises(BadModel, match="no such folder, nor does a model of that name"):
        read_folder("en_nobody")


def test_find_folder_takes_a_shipped_model_by_its_name_or_a_folder_by_its_path(tiny_folder):
    shipped = default_folder()
    assert find_folder("en_alliance") == find_folder(shipped.name) == find_folder(None) == shipped
    assert find_folder(tiny_folder) == tiny_folder
