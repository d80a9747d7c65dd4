import json
from pathlib import Path

import pytest
from public_corpora import load, write_aci, write_annomi, write_standoff

from alliance_nlp.corpus.check import check_corpus
from alliance_nlp.corpus.fetch import fetch_source
from alliance_nlp.corpus.rows import read_rows
from alliance_nlp.corpus.standoff import read_fingerprints, standoff_folder

COMMITTED = Path(__file__).parents[1] / "corpus" / "public"


@pytest.fixture
def standoff(tmp_path):
    write_annomi(tmp_path / "originals")
    write_aci(tmp_path / "originals")
    publics = [
        *load("aci", tmp_path / "originals", "aci-D1").values(),
        *load("annomi", tmp_path / "originals", "annomi-7", "annomi-8").values(),
    ]
    folder = tmp_path / "standoff"
    codes = [("annomi-7", 0, 9, 25, "goal_state"), ("annomi-7", 1, 0, 6, "directive")]
    names, notes_names = [("aci-D1", 0, 5, 9, "name_vocative")], [("aci-D1", 0, 8, "name_reference")]
    write_standoff(folder, publics, codes, names, [("aci-D1", 18, 36, "goal_state")], notes_names)
    return folder


@pytest.fixture
def data(tmp_path, standoff):
    for name in ("annomi", "aci"):
        fetch_source(name, tmp_path / "data", originals=tmp_path / "originals", standoff=standoff)
    return tmp_path / "data"


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def problems(folder):
    return [str(problem) for problem in check_corpus(folder)]


def test_corpus_check_public_finds_nothing_wrong(standoff, data):
    assert problems(standoff) == problems(data) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("codes", "goal_state", "kind", "codes.tsv, visit annomi-7, turn 0: unknown code kind"),
        ("codes", "goal_state", "affirm", "codes.tsv, visit annomi-7, turn 0: affirm is not for the role patient"),
        ("codes", "\t9\t25", "\t25\t9", "characters 25 to 9 of goal_state are not within the text"),
        ("codes", "\t9\t25", "\t9\t-1", "start or end is no whole number"),
        ("codes", "annomi-7\t0", "annomi-7\t5", "codes.tsv, visit annomi-7, turn 5: is not in visits.tsv"),
        ("codes", "annomi-7\t0", "annomi-6\t0", "codes.tsv, visit annomi-6, turn 0: is not in visits.tsv"),
        ("codes", "annomi-7\t0", "annomi-7\t1", "has another hash than in visits.tsv"),
        ("names", "aci-D1\t0", "aci-D1\t1", "has another hash than in visits.tsv"),
        ("notes_codes", "aci-D1", "annomi-7", "has another hash than in visits.tsv"),
        ("notes_codes", "goal_state", "task_commit", "task_commit is not for the role provider"),
        ("ratings", "annomi-7\t2", "annomi-7\t9", "ratings.tsv, visit annomi-7: the rating of goal is no whole"),
        ("ratings", "annomi-7", "annomi-6", "ratings.tsv, visit annomi-7: has no ratings"),
        ("ratings", "annomi-7", "annomi-8", "ratings.tsv, visit annomi-8: is there twice"),
        ("notes_ratings", "aci-D1", "annomi-7", "notes_ratings.tsv, visit annomi-7: is not in the corpus"),
        ("folds", "annomi-7\t0", "annomi-7\t3", "video 5: stands in more than one fold: 0, 3"),
        ("folds", "annomi-7\t0\t1", "annomi-7\t0\t2", "producer 6: stands in more than one strict_fold: 1, 2"),
        ("folds", "annomi-7", "annomi-6", "folds.tsv, visit annomi-7: has no fold"),
        ("visits", "\tcp\t", "\tc\t", "has not one role and one hash a turn"),
        ("codes", "\tcode\t", "\tlabel\t", "it has no column code"),
        ("codes", "\tgoal_state\t", "\t", "it has fewer or more cells than the header"),
    ],
)
def test_corpus_check_public_names_a_fault_of_the_standoff_gold(standoff, name, old, new, problem):
    replace(standoff / f"{name}.tsv", old, new)
    assert any(problem in one for one in problems(standoff)), problems(standoff)


def test_corpus_check_public_passes_over_known_faults(standoff):
    replace(standoff / "codes.tsv", "goal_state", "affirm")
    known = "visit_id\tturn\tcode\twhy\nannomi-7\t0\taffirm\tkept\n"
    (standoff / "known_faults.tsv").write_text(known, encoding="utf-8")
    assert problems(standoff) == []


def test_corpus_check_public_looks_at_settled_notes_too(standoff):
    for name in ("notes_codes", "notes_ratings"):
        (standoff / f"{name}_settled.tsv").write_bytes((standoff / f"{name}.tsv").read_bytes())
    replace(standoff / "notes_codes_settled.tsv", "goal_state", "task_commit")
    replace(standoff / "notes_ratings_settled.tsv", "aci-D1\t1", "aci-D1\t6")
    assert problems(standoff) == [
        "notes_codes_settled.tsv, visit aci-D1: task_commit is not for the role provider",
        "notes_ratings_settled.tsv, visit aci-D1: the rating of goal is no whole number from 1 to 5",
    ]


def test_corpus_check_public_knows_the_faults_in_fetched_visits_too(tmp_path, standoff):
    replace(standoff / "codes.tsv", "goal_state", "affirm")
    known = "visit_id\tturn\tcode\twhy\nannomi-7\t0\taffirm\tkept\n"
    (standoff / "known_faults.tsv").write_text(known, encoding="utf-8")
    fetch_source("annomi", tmp_path / "data", originals=tmp_path / "originals", standoff=standoff)
    assert problems(tmp_path / "data") == []


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("annomi.jsonl", "I want to sleep.", "I want to sleeq.", "visit annomi-7: has another text in turn 0"),
        ("annomi.jsonl", "[9, 25]", "[9, 24]", "visit annomi-7: is cut into other sentences"),
        ("annomi.jsonl", '"annomi-7"', '"annomi-6"', "visit annomi-6: is not in gold/visits.tsv"),
        ("annomi.jsonl", '"annomi-7"', '"annomi-8"', "line 2: visit annomi-8 is there twice"),
        ("annomi.jsonl", '"sents": [[0, 8], [9, 25]]', '"sents": [[0]]', "line 1: is no visit with turns"),
        ("aci.jsonl", "She wants", "She vants", "visit aci-D1: has another note"),
        ("gold/codes.tsv", "annomi-7\t0\t1", "annomi-7\t0\t5", "visit annomi-7, turn 0: sentence 5 is not there"),
        ("gold/codes.tsv", "goal_state", "goal_state,affirm", "turn 0: affirm is not for the role patient"),
        ("gold/names.tsv", "\t5\t9\t", "\t5\t99\t", "characters 5 to 99 of name_vocative are not within the text"),
        ("gold/names.tsv", "aci-D1\t0", "aci-D1\t9", "names.tsv, visit aci-D1, turn 9: is not there"),
        ("gold/notes_codes.tsv", "\t36\t", "\t99\t", "characters 18 to 99 of goal_state are not within the text"),
        ("gold/notes_names.tsv", "aci-D1", "annomi-7", "notes_names.tsv, visit annomi-7: has no note"),
        ("gold/ratings.tsv", "annomi-7\t2", "annomi-7\t", "the rating of goal is no whole number"),
        ("gold/visits.tsv", "annomi-7", "annomi-6", "gold/visits.tsv, visit annomi-6: is not in the folder"),
    ],
)
def test_corpus_check_public_names_a_fault_of_fetched_visits(data, name, old, new, problem):
    replace(data / name, old, new)
    assert any(problem in one for one in problems(data)), problems(data)


def test_corpus_check_public_committed_gold_is_without_problems():
    assert problems(COMMITTED) == []


def test_corpus_check_public_committed_gold_is_what_the_package_uses():
    assert len(read_fingerprints(standoff_folder())) == 308


def test_corpus_check_public_committed_gold_holds_no_text():
    columns = {path.name: set(read_rows(path)[0]) for path in COMMITTED.glob("*.tsv")}
    place = {"visit_id", "start", "end", "code", "sha256"}
    ratings = {"visit_id", "goal", "task", "bond"}
    assert columns == {
        "visits.tsv": {"visit_id", "source", "roles", "units", "note", "turns"},
        "codes.tsv": place | {"turn"},
        "names.tsv": place | {"turn"},
        "ratings.tsv": ratings,
        "notes_codes.tsv": place,
        "notes_names.tsv": place,
        "notes_ratings.tsv": ratings,
        "notes_codes_settled.tsv": place | {"first", "second", "settled"},
        "notes_ratings_settled.tsv": ratings | {"goal_second", "task_second", "bond_second"},
        "folds.tsv": {"visit_id", "fold", "strict_fold"},
        "annomi_groups.tsv": {"visit_id", "video_group", "producer_group"},
        "known_faults.tsv": {"visit_id", "turn", "code", "why"},
        "concordance.tsv": {"visit_id", "turn", "start", "end", "note_start", "note_end", "note_sha256", "turn_sha256"}
        | {"kind", "status", "also"},
    }


def test_corpus_check_public_gives_no_words_of_a_visit(data):
    lines = (data / "annomi.jsonl").read_text(encoding="utf-8").splitlines()
    first = json.loads(lines[0])
    first["turns"][0]["text"] = "secret"
    (data / "annomi.jsonl").write_text(json.dumps(first), encoding="utf-8")
    assert "secret" not in str(problems(data))
