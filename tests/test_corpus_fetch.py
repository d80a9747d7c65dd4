import json

import pytest
from public_corpora import ANNOMI_ROWS, load, write_aci, write_annomi, write_standoff

from alliance_nlp.corpus.check import check_corpus
from alliance_nlp.corpus.fetch import fetch_source
from alliance_nlp.corpus.gold import read_gold
from alliance_nlp.errors import BadCorpus


@pytest.fixture
def originals(tmp_path):
    write_annomi(tmp_path / "originals")
    write_aci(tmp_path / "originals")
    return tmp_path / "originals"


@pytest.fixture
def standoff(tmp_path, originals):
    publics = [
        *load("aci", originals, "aci-D1").values(),
        *load("annomi", originals, "annomi-8").values(),
        *load("annomi", originals, "annomi-7").values(),
    ]
    codes = [("annomi-7", 0, 9, 25, "goal_state"), ("annomi-8", 0, 0, 9, "directive"), ("annomi-8", 0, 0, 9, "judge")]
    write_standoff(
        tmp_path / "standoff",
        publics,
        codes,
        names=[("aci-D1", 0, 5, 9, "name_vocative")],
        notes_codes=[("aci-D1", 18, 36, "goal_state")],
        notes_names=[("aci-D1", 0, 8, "name_reference")],
    )
    return tmp_path / "standoff"


def fetch_all(into, originals, standoff):
    return [fetch_source(name, into, originals=originals, standoff=standoff) for name in ("annomi", "aci")]


def test_corpus_fetch_writes_what_read_gold_reads(tmp_path, originals, standoff):
    assert [fetched.left_out for fetched in fetch_all(tmp_path / "data", originals, standoff)] == [(), ()]
    gold = {one.visit.visit_id: one for one in read_gold(tmp_path / "data")}
    assert gold["annomi-7"].codes == (("goal_state", 0, 9, 25),)
    assert gold["annomi-8"].codes == (("directive", 0, 0, 9), ("judge", 0, 0, 9))
    assert gold["aci-D1"].names == (("name_vocative", 0, 5, 9),)
    assert gold["aci-D1-note"].codes == (("goal_state", 0, 18, 36),)
    assert gold["aci-D1-note"].names == (("name_reference", 0, 0, 8),)
    assert gold["annomi-7"].ratings == {"goal": 2, "task": 3, "bond": 4}
    assert (gold["annomi-7"].fold, gold["annomi-7"].strict_fold, gold["annomi-7"].group) == (0, 1, "video 5")
    assert gold["annomi-8"].quality == "low"


def test_corpus_fetch_keeps_the_order_of_the_gold(tmp_path, originals, standoff):
    fetch_all(tmp_path / "data", originals, standoff)
    known = [line.split("\t")[0] for line in (standoff / "visits.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    assert [one.visit.visit_id for one in read_gold(tmp_path / "data") if one.kind == "transcript"] == known


def test_corpus_fetch_gives_a_folder_without_problems(tmp_path, originals, standoff):
    fetch_all(tmp_path / "data", originals, standoff)
    assert check_corpus(tmp_path / "data") == []


def test_corpus_fetch_writes_the_name_that_the_gold_leaves_out(tmp_path, originals, standoff):
    fetch_all(tmp_path / "data", originals, standoff)
    names = (tmp_path / "data" / "gold" / "names.tsv").read_text(encoding="utf-8")
    assert names == "visit_id\tturn\tstart\tend\tname\tcode\naci-D1\t0\t5\t9\tanna\tname_vocative\n"
    assert "anna" not in (standoff / "names.tsv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("column", "cell", "difference"),
    [(7, "Eat more.", "has another text in turn 0"), (5, "client", "has another role in turn 0")],
)
def test_corpus_fetch_names_and_leaves_out_a_visit_that_differs(
    tmp_path, originals, standoff, column, cell, difference
):
    changed = list(ANNOMI_ROWS[4])
    changed[column] = cell
    write_annomi(originals, [*ANNOMI_ROWS[:4], changed])
    fetched = fetch_source("annomi", tmp_path / "data", originals=originals, standoff=standoff)
    assert fetched.left_out == (f"visit annomi-8 {difference}; it is left out.",)
    assert [one.visit.visit_id for one in read_gold(tmp_path / "data")] == ["annomi-7"]
    assert "annomi-8" not in (tmp_path / "data" / "gold" / "codes.tsv").read_text(encoding="utf-8")


def test_corpus_fetch_names_a_visit_that_is_missing(tmp_path, originals, standoff):
    write_annomi(originals, ANNOMI_ROWS[:4])
    fetched = fetch_source("annomi", tmp_path / "data", originals=originals, standoff=standoff)
    assert fetched.left_out == ("visit annomi-8 is not in the files; it is left out.",)


def test_corpus_fetch_names_a_visit_with_another_number_of_turns(tmp_path, originals, standoff):
    write_annomi(originals, [ANNOMI_ROWS[0], *ANNOMI_ROWS[4:]])
    fetched = fetch_source("annomi", tmp_path / "data", originals=originals, standoff=standoff)
    assert fetched.left_out == ("visit annomi-7 has 1 turns in place of 2; it is left out.",)


def test_corpus_fetch_leaves_out_only_the_note_where_only_that_differs(tmp_path, originals, standoff):
    write_aci(originals, note="Something else.")
    fetched = fetch_source("aci", tmp_path / "data", originals=originals, standoff=standoff)
    assert fetched.left_out == ("visit aci-D1 has another note; the note is left out.",)
    assert [one.kind for one in read_gold(tmp_path / "data")] == ["transcript"]


def test_corpus_fetch_refuses_files_with_no_visit_that_was_coded(tmp_path, originals, standoff):
    write_annomi(originals, [ANNOMI_ROWS[1]])
    with pytest.raises(BadCorpus, match="no visit there is the one that was coded"):
        fetch_source("annomi", tmp_path / "data", originals=originals, standoff=standoff)


def test_corpus_fetch_keeps_no_visit_beyond_the_gold(tmp_path, originals, standoff):
    write_annomi(originals, [*ANNOMI_ROWS, ("high", "99", *ANNOMI_ROWS[4][2:])])
    fetch_source("annomi", tmp_path / "data", originals=originals, standoff=standoff)
    lines = (tmp_path / "data" / "annomi.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["visit_id"] for line in lines] == ["annomi-8", "annomi-7"]


def test_corpus_fetch_refuses_gold_without_that_corpus(tmp_path, originals, standoff):
    with pytest.raises(BadCorpus, match="it has no visits of osce"):
        fetch_source("osce", tmp_path / "data", originals=originals, standoff=standoff)


def test_corpus_fetch_refuses_a_folder_that_is_no_gold(tmp_path, originals):
    with pytest.raises(BadCorpus, match=r"there is no visits\.tsv"):
        fetch_source("annomi", tmp_path / "data", originals=originals, standoff=tmp_path)


def test_corpus_fetch_refuses_a_code_on_no_sentence(tmp_path, originals, standoff):
    broken = (standoff / "codes.tsv").read_text(encoding="utf-8").replace("\t9\t25\t", "\t9\t24\t")
    (standoff / "codes.tsv").write_text(broken, encoding="utf-8")
    with pytest.raises(BadCorpus, match=r"codes\.tsv, visit annomi-7, turn 0: a coded stretch is no sentence"):
        fetch_source("annomi", tmp_path / "data", originals=originals, standoff=standoff)
