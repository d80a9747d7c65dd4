"""`alliance corpus rules` and the figures behind it."""

import pytest
from conftest import CORPUS

from alliance_nlp.errors import BadCorpus
from alliance_nlp.evaluate.note_rules import Figure, parse_spans, wilson


def test_rules_prints_a_line_a_figure(alliance):
    run = alliance("corpus", "rules", CORPUS / "rehab")
    assert run.code == 0
    assert "notes, train" in run.out
    assert "notes, test" not in run.out
    assert all(name in run.out for name in ("goal function", "goal owner", "goal kind"))


def test_rules_needs_the_gold(alliance, tmp_path):
    run = alliance("corpus", "rules", tmp_path)
    assert run.code == 2
    assert "goal_parts.tsv" in run.err


@pytest.mark.parametrize("marked", ["<doubt>claims", "claims</>"])
def test_rules_name_broken_markup(marked):
    with pytest.raises(BadCorpus, match="row 7"):
        parse_spans(marked, "row 7")


def test_rules_figures_of_nothing_are_undefined():
    figure = Figure("flags", "none", 0, 0, 0, 0)
    assert figure.precision != figure.precision
    assert wilson(0, 0)[0] != wilson(0, 0)[0]
    assert wilson(10, 10) == pytest.approx((0.722, 1.0), abs=0.001)
