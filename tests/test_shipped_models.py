"""Every model folder that comes with the package."""

from pathlib import Path

import pytest

from alliance_nlp.annotate.encoder import Encoder
from alliance_nlp.annotate.small_encoder import SmallEncoder
from alliance_nlp.evaluate.benchmark import sample_visits
from alliance_nlp.folder import default_folder, read_meta
from alliance_nlp.model import load

FOLDERS = sorted(folder.name for folder in (Path(__file__).parents[1] / "models").iterdir())


@pytest.mark.parametrize("name", FOLDERS)
def test_shipped_model_is_found_by_its_name_and_scores(name):
    report = load(name).score(sample_visits()[0])
    assert report.model == name
    assert report.status == "scored"
    assert report.evidence


def test_default_model_has_a_small_encoder_and_needs_nothing_more():
    coder = load().coder_weights()
    assert isinstance(coder["transcript"].encoder, SmallEncoder)
    assert coder["note"].encoder is None


def test_default_model_is_not_the_one_that_needs_an_extra():
    with_encoder = [name for name in FOLDERS if isinstance(load(name).coder_weights()["transcript"].encoder, Encoder)]
    assert default_folder().name not in with_encoder


@pytest.mark.parametrize("name", FOLDERS)
def test_shipped_model_holds_its_figures(name):
    assert any(title.startswith("Cross-validated") for title in read_meta(default_folder().parent / name)["figures"])
