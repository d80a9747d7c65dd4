import json
import re

import pytest
from stand_in import make_concordance, make_note, make_visit

import alliance_nlp.concord.compare
from alliance_nlp.report.page.entry import unpack


@pytest.fixture
def visits(tmp_path):
    folder = tmp_path / "visits"
    folder.mkdir()
    lines = [make_visit("v1"), make_visit("v2", "FAIL at my secret"), make_visit("v3")]
    (folder / "a.jsonl").write_text("".join(visit.model_dump_json() + "\n" for visit in lines), encoding="utf-8")
    return folder


def ids(page):
    rows = re.search(r'id="rows">(.*?)</script>', page.read_text(encoding="utf-8"))[1]
    return [row["id"] for row in json.loads(rows)]


def test_cli_score_html_lists_what_was_scored(alliance, visits, tmp_path):
    run = alliance("score", visits, "--html", tmp_path / "page.html")
    assert (run.code, run.out) == (3, "")
    assert "page.html" in run.err
    assert ids(tmp_path / "page.html") == ["v1", "v3"]
    assert (tmp_path / "page.errors.jsonl").exists()


def test_cli_score_html_stands_beside_an_output(alliance, visits, tmp_path):
    alliance("score", visits, "-o", tmp_path / "out.jsonl", "--html", tmp_path / "page.html")
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert ids(tmp_path / "page.html") == ["v1", "v3"]
    names = {"visits", "out.jsonl", "out.errors.jsonl", "page.html"}
    assert {path.name for path in tmp_path.iterdir()} == names


def test_cli_score_html_is_not_read_as_a_visit(alliance, visits):
    page = visits / "page.html"
    first = alliance("score", visits, "--html", page)
    before = page.read_bytes()
    assert alliance("score", visits, "--html", page).err == first.err
    assert page.read_bytes() == before


def test_cli_score_html_holds_no_words_without_text(alliance, visits, tmp_path):
    alliance("score", visits, "--html", tmp_path / "page.html", "--no-text")
    assert "left out of this page" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_cli_score_html_compares_only_when_asked(alliance, visits, tmp_path):
    page = tmp_path / "page.html"
    alliance("score", visits, "--html", page)
    assert "side by side" not in page.read_text(encoding="utf-8")
    alliance("score", visits, "--html", page, "--compare")
    assert "side by side" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("options", [["--compare"], ["--html", "page.txt"], ["--html", "nowhere/page.html"]])
def test_cli_score_html_refuses_what_makes_no_sense(alliance, visits, options):
    run = alliance("score", visits, *options)
    assert run.code == 2
    assert len(run.err.splitlines()) == 1


def test_cli_score_html_has_notes_beside_their_transcripts(alliance, tmp_path, monkeypatch):
    monkeypatch.setattr(alliance_nlp.concord.compare, "compare", make_concordance)
    visits = tmp_path / "visits.jsonl"
    lines = [each.model_dump_json() for each in (make_visit("v1"), make_note("v1"), make_note("n9"))]
    visits.write_text("\n".join(lines) + "\n", encoding="utf-8")
    page = tmp_path / "page.html"
    run = alliance("score", visits, "--html", page, "--concordance", "--no-text")
    assert (run.code, ids(page)) == (0, ["v1", "v1-note", "n9"])
    assert "notes compared with their transcript: 1; without a transcript: 1" in run.err
    assert "came before" not in run.err
    packed = re.search(r'id="packed-1">(.*?)</script>', page.read_text(encoding="utf-8"))[1]
    beside = unpack(packed)["beside"]
    assert beside["visit"] == "v1"
    assert beside["items"][0][2][0] is None
