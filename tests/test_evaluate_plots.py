import sys

import pytest
from held_answers import SECRET, held_answers

from alliance_nlp.errors import MissingExtra
from alliance_nlp.evaluate.plots import write_plots
from alliance_nlp.evaluate.summary import summarise

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def evaluation():
    return summarise(held_answers(), method="cross_validation")


def test_evaluate_plots_writes_png_and_svg_of_every_set(evaluation, tmp_path):
    written = write_plots(evaluation, tmp_path / "plots")
    assert [path.name for path in written] == [
        "reliability-cross-validated-transcripts.svg",
        "reliability-cross-validated-transcripts.png",
    ]
    svg, png = (path.read_bytes() for path in written)
    assert png.startswith(PNG)
    assert b"goal_state" in svg
    assert b"p_strong" in svg
    assert SECRET.encode() not in svg


def test_evaluate_plots_svg_is_the_same_every_time(evaluation, tmp_path):
    first, second = (write_plots(evaluation, tmp_path / name)[0].read_bytes() for name in ("a", "b"))
    assert first == second


def test_evaluate_plots_names_the_missing_extra(evaluation, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtra, match=r"pip install 'alliance_nlp\[report\]'"):
        write_plots(evaluation, tmp_path / "plots")
    assert not (tmp_path / "plots").exists()
