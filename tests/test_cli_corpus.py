import json
import os

import pytest
from public_corpora import ANNOMI_ROWS, load, write_annomi, write_standoff

from alliance_nlp.cli.corpus import Tool
from alliance_nlp.corpus.exchange import Form

RECORD = {
    "visit_id": "v1",
    "kind": "transcript",
    "ratings": {"goal": 4, "task": 3, "bond": 5},
    "turns": [{"i": 0, "role": "provider", "text": "Well done.", "codes": [["affirm", 0, 10]]}],
}


@pytest.fixture
def originals(tmp_path):
    write_annomi(tmp_path / "originals")
    publics = load("annomi", tmp_path / "originals", "annomi-7", "annomi-8").values()
    write_standoff(tmp_path / "standoff", publics)
    return tmp_path / "originals"


@pytest.fixture
def visits(tmp_path):
    (tmp_path / "visits.jsonl").write_text(json.dumps(RECORD) + "\n", encoding="utf-8")
    return tmp_path / "visits.jsonl"


def fetch(alliance, tmp_path, *names):
    options = ("--from", tmp_path / "originals", "--gold", tmp_path / "standoff", "-o", tmp_path / "data")
    return alliance("corpus", "fetch", *names, *options)


def test_cli_corpus_fetch_says_the_licence_before_anything_else(alliance, tmp_path, originals):
    run = fetch(alliance, tmp_path, "annomi")
    assert (run.code, run.err) == (0, "")
    assert run.out.index("licence: ") < run.out.index("2 visits in ")


def test_cli_corpus_fetch_names_visits_that_differ(alliance, tmp_path, originals):
    write_annomi(originals, ANNOMI_ROWS[:4])
    run = fetch(alliance, tmp_path, "annomi")
    assert run.code == 3
    assert run.err == "warning: visit annomi-8 is not in the files; it is left out.\n"


def test_cli_corpus_fetch_refuses_an_unknown_name_before_it_begins(alliance, tmp_path, originals):
    run = fetch(alliance, tmp_path, "annomi", "mimic")
    assert (run.code, run.out) == (2, "")
    assert len(run.err.splitlines()) == 1


def test_cli_corpus_fetch_says_what_a_folder_lacks(alliance, tmp_path, originals):
    run = fetch(alliance, tmp_path, "all")
    assert run.code == 2
    assert run.err.startswith(f"{tmp_path / 'standoff'}: it has no visits of aci")


def test_cli_corpus_check_ends_with_0_where_nothing_is_wrong(alliance, tmp_path, visits):
    run = alliance("corpus", "check", visits)
    assert (run.code, run.out, run.err) == (0, "", f"0 problems in {visits}\n")


def test_cli_corpus_check_ends_with_3_where_something_is(alliance, tmp_path, visits):
    visits.write_text(json.dumps({**RECORD, "ratings": {"goal": 4, "task": 3}}), encoding="utf-8")
    run = alliance("corpus", "check", tmp_path)
    assert (run.code, run.out) == (3, "visits.jsonl, visit v1: the rating of bond is missing\n")


def test_cli_corpus_check_refuses_a_folder_that_is_not_there(alliance, tmp_path):
    run = alliance("corpus", "check", tmp_path / "gone")
    assert run.code == 2
    assert len(run.err.splitlines()) == 1


@pytest.mark.parametrize("tool", list(Tool))
def test_cli_corpus_export_and_import_give_the_same_file(alliance, tmp_path, visits, tool):
    assert alliance("corpus", "export", visits, "--to", tool.value, "-o", tmp_path / "out").code == 0
    run = alliance("corpus", "import", tmp_path / "out", "--from", tool.value, "-o", tmp_path / "back.jsonl")
    assert (run.code, run.err) == (0, f"1 visit in {tmp_path / 'back.jsonl'}\n")
    assert json.loads((tmp_path / "back.jsonl").read_text(encoding="utf-8")) == RECORD


def test_cli_corpus_import_names_visits_that_nobody_coded(alliance, tmp_path, visits):
    alliance("corpus", "export", visits, "--to", "label-studio", "--suggest", "-o", tmp_path / "out.json")
    run = alliance("corpus", "import", tmp_path / "out.json", "--from", "label-studio", "-o", tmp_path / "back.jsonl")
    assert "visit v1 is not coded yet" in run.err


@pytest.mark.parametrize("tool", ["doccano", "csv"])
def test_cli_corpus_import_takes_the_users_word_that_all_was_read(alliance, tmp_path, visits, tool):
    visits.write_text(json.dumps({"visit_id": "v1", "turns": [{"role": "patient", "text": "Hi."}]}), encoding="utf-8")
    alliance("corpus", "export", visits, "--to", tool, "-o", tmp_path / "out")
    imported = ("corpus", "import", tmp_path / "out", "--from", tool, "-o", tmp_path / "back.jsonl")
    assert "visit v1 is not coded yet" in alliance(*imported).err
    assert alliance(*imported, "--all-coded").err == f"1 visit in {tmp_path / 'back.jsonl'}\n"
    assert json.loads((tmp_path / "back.jsonl").read_text(encoding="utf-8"))["turns"][0]["codes"] == []


@pytest.mark.parametrize("tool", list(Tool))
def test_cli_corpus_import_refuses_an_empty_file(alliance, tmp_path, tool):
    (tmp_path / "empty").write_text("[]" if tool is Tool.LABEL_STUDIO else "", encoding="utf-8")
    run = alliance("corpus", "import", tmp_path / "empty", "--from", tool.value, "-o", tmp_path / "back.jsonl")
    assert (run.code, len(run.err.splitlines())) == (2, 1)
    assert not (tmp_path / "back.jsonl").exists()


@pytest.mark.parametrize("side", ["in", "out"])
def test_cli_corpus_export_refuses_a_pipe(alliance, tmp_path, visits, side):
    os.mkfifo(tmp_path / "pipe.jsonl")
    path, output = (tmp_path / "pipe.jsonl", tmp_path / "o") if side == "in" else (visits, tmp_path / "pipe.jsonl")
    run = alliance("corpus", "export", path, "--to", "csv", "-o", output)
    assert (run.code, len(run.err.splitlines())) == (2, 1)


def test_cli_corpus_import_refuses_an_unknown_code(alliance, tmp_path, visits):
    alliance("corpus", "export", visits, "--to", "doccano", "-o", tmp_path / "out")
    changed = (tmp_path / "out").read_text(encoding="utf-8").replace('"affirm"', '"kind"')
    (tmp_path / "out").write_text(changed, encoding="utf-8")
    run = alliance("corpus", "import", tmp_path / "out", "--from", "doccano", "-o", tmp_path / "back.jsonl")
    assert run.code == 2
    assert "unknown code kind; use the codes of CODEBOOK.md" in run.err
    assert not (tmp_path / "back.jsonl").exists()


@pytest.mark.parametrize("arguments", [("export", "--to"), ("import", "--from")])
def test_cli_corpus_does_not_write_over_what_it_reads(alliance, visits, arguments):
    command, option = arguments
    run = alliance("corpus", command, visits, option, "csv", "-o", visits)
    assert run.code == 2
    assert json.loads(visits.read_text(encoding="utf-8")) == RECORD


@pytest.mark.parametrize("command", [("export", "--to"), ("import", "--from")])
def test_cli_corpus_refuses_a_file_that_is_not_there(alliance, tmp_path, command):
    run = alliance("corpus", command[0], tmp_path / "gone", command[1], "csv", "-o", tmp_path / "out")
    assert run.code == 2
    assert len(run.err.splitlines()) == 1


def test_cli_corpus_knows_every_form_of_exchange():
    assert {tool.value for tool in Tool} == {form.value for form in Form}
