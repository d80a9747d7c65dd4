import json
import re
import sys
from html.parser import HTMLParser

import pytest
from held_answers import HOSTILE, SECRET, held_answers

from alliance_nlp.errors import BadOption, MissingExtra
from alliance_nlp.evaluate.records import Evaluation
from alliance_nlp.evaluate.summary import summarise
from alliance_nlp.evaluate.write import SUFFIXES, check_output, write_evaluation

CARD = {"Finished model, test transcripts (8)": [("F1 goals", "0.50 [0.40, 0.60]", "0.58", ">= 0.82")]}


@pytest.fixture(scope="module")
def evaluation():
    return summarise(held_answers(), method="finished_model", model="en_alliance-9.9.9", left_out=7, card=CARD)


@pytest.fixture(scope="module")
def written(evaluation, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    for suffix in SUFFIXES:
        write_evaluation(evaluation, folder / f"report{suffix}")
    return {suffix: (folder / f"report{suffix}").read_text("utf-8") for suffix in SUFFIXES}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_evaluate_write_holds_no_word_of_a_visit(written, suffix):
    assert not any(word in written[suffix] for word in [*SECRET.split(), "stairs"])


@pytest.mark.parametrize("suffix", [".html", ".md", ".txt"])
def test_evaluate_write_shows_every_kind_of_figure(written, suffix):
    wanted = ("goal_state", "names with roster", "Spearman", "90 % interval holds", "AUC", "Brier", "ECE", "discipline")
    assert [what for what in wanted if what not in written[suffix]] == []
    assert "7 visits that the model has seen in training are left out" in written[suffix]


def test_evaluate_write_json_is_read_back(written, evaluation):
    def refuse(constant):
        raise ValueError(constant)

    json.loads(written[".json"], parse_constant=refuse)
    assert Evaluation.model_validate_json(written[".json"]) == evaluation


def test_evaluate_write_html_asks_for_nothing_from_elsewhere(written):
    page = written[".html"]
    assert not re.search(r"https?:|src=|@import|<link|url\((?!#)", page)
    assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)"', page))


def test_evaluate_write_html_escapes_what_comes_from_data(written):
    assert HOSTILE not in written[".html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written[".html"]


def test_evaluate_write_html_is_well_formed_with_a_plot_a_set(written):
    open_, ids = [], []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            ids.extend(value for key, value in attributes if key == "id")
            if tag != "meta":
                open_.append(tag)

        def handle_endtag(self, tag):
            assert open_.pop() == tag

    Reader().feed(written[".html"])
    assert open_ == []
    assert len(ids) == len(set(ids))
    assert written[".html"].count("<svg ") == 2


def test_evaluate_write_markdown_rows_are_as_long_as_their_heads(written):
    lines = [line for line in written[".md"].splitlines() if line.startswith("|")]
    length = None
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if after.startswith("| ---"):
            length = len(re.findall(r"(?<!\\)\|", line))
        assert len(re.findall(r"(?<!\\)\|", line)) == length


def test_evaluate_write_is_the_same_every_time(written, evaluation, tmp_path):
    for suffix in SUFFIXES:
        write_evaluation(evaluation, tmp_path / f"again{suffix}")
        assert (tmp_path / f"again{suffix}").read_text("utf-8") == written[suffix]


def test_evaluate_write_refuses_an_unknown_form(tmp_path):
    with pytest.raises(BadOption, match=r"report\.pdf: end the name in \.json, \.html, \.md or \.txt"):
        check_output(tmp_path / "report.pdf")


@pytest.mark.parametrize("missing", ["jinja2", "matplotlib.figure"])
def test_evaluate_write_names_the_missing_extra(monkeypatch, tmp_path, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtra, match=r"pip install 'alliance_nlp\[report\]'"):
        check_output(tmp_path / "report.html")
    check_output(tmp_path / "report.json")
