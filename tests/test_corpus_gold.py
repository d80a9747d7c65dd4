"""Gold visits of a data folder."""

import json

import pytest

from alliance_nlp.codes import CODE_NAMES, NAME_CODES
from alliance_nlp.corpus.gold import GoldVisit, read_gold
from alliance_nlp.errors import BadCorpus, NoVisits
from alliance_nlp.records import Visit


@pytest.fixture
def public(tmp_path):
    """A data folder with one public visit, its note, and their gold."""
    turns = [
        {"i": 0, "role": "provider", "text": "Hi Jo. What do you want?", "sents": [[0, 6], [7, 24]]},
        {"i": 1, "role": "patient", "text": "To run.", "sents": [[0, 7]]},
    ]
    data = {"visit_id": "aci-1", "turns": turns, "note": "Wants to run.", "patient": {"given": "Jo"}, "quality": "high"}
    (tmp_path / "aci.jsonl").write_text(json.dumps(data) + "\n\n", "utf-8")
    tables = {
        "gold/codes.tsv": "visit_id\tturn\tsentence\tcodes\n"
        "aci-1\t0\t1\tgoal_elicit\naci-1\t1\t0\tgoal_state,task_commit\n",
        "gold/names.tsv": "visit_id\tturn\tstart\tend\tcode\naci-1\t0\t3\t5\tname_vocative\n",
        "gold/ratings.tsv": "visit_id\tgoal\ttask\tbond\naci-1\t4\t3\t2\n",
        "gold/notes_codes.tsv": "visit_id\tstart\tend\tcodes\naci-1\t0\t13\tgoal_state\n",
        "gold/notes_names.tsv": "visit_id\tstart\tend\tcode\n",
        "gold/notes_ratings.tsv": "visit_id\tgoal\ttask\tbond\naci-1\t3\t1\t1\n",
        "folds.tsv": "visit_id\tfold\tstrict_fold\naci-1\t2\t4\n",
    }
    (tmp_path / "gold").mkdir()
    for name, text in tables.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_corpus_gold_sentence_codes_become_stretches(public):
    assert read_gold(public)[0].codes == (("goal_elicit", 0, 7, 24), ("goal_state", 1, 0, 7), ("task_commit", 1, 0, 7))


def test_corpus_gold_ratings_folds_and_names_are_read(public):
    gold = read_gold(public)[0]
    assert gold.ratings == {"goal": 4, "task": 3, "bond": 2}
    assert (gold.fold, gold.strict_fold, gold.quality, gold.source) == (2, 4, "high", "aci")
    assert gold.names == (("name_vocative", 0, 3, 5),)


def test_corpus_gold_a_note_shares_its_visits_fold_and_group(public):
    visit, note = read_gold(public)
    assert (note.kind, note.visit.visit_id, note.visit.text) == ("note", "aci-1-note", "Wants to run.")
    assert (note.group, note.fold, note.strict_fold) == (visit.group, visit.fold, visit.strict_fold)
    assert note.codes == (("goal_state", 0, 0, 13),)


def test_corpus_gold_the_visit_itself_holds_no_gold(public):
    visit = read_gold(public)[0].visit
    assert not {"sents", "note", "quality", "ratings"} & set(visit.model_dump())
    assert "sents" not in visit.turns[0].model_dump()


def test_corpus_gold_an_annomi_visit_is_grouped_by_its_video(public):
    (public / "annomi_groups.tsv").write_text("visit_id\tvideo_group\naci-1\t7\n", "utf-8")
    assert read_gold(public)[0].group == "video 7"


def test_corpus_gold_an_empty_folder_has_no_visits(tmp_path):
    with pytest.raises(NoVisits):
        read_gold(tmp_path)


def test_corpus_gold_a_broken_line_is_named_without_its_text(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"visit_id": "secret', "utf-8")
    with pytest.raises(BadCorpus, match=r"a\.jsonl, line 1") as caught:
        read_gold(tmp_path)
    assert "secret" not in str(caught.value)


def test_corpus_gold_hash_tells_visits_apart_by_what_is_said():
    said = Visit(visit_id="a", turns=[{"role": "patient", "text": "x"}])
    by_other = Visit(visit_id="a", turns=[{"role": "provider", "text": "x"}])
    hashes = {GoldVisit(visit, "s").sha256() for visit in (said, said.model_copy(update={"visit_id": "b"}))}
    assert len(hashes) == 1
    assert GoldVisit(by_other, "s").sha256() not in hashes


def test_corpus_gold_of_the_corpus_lies_within_its_visits(corpus_golds):
    for gold in corpus_golds:
        texts = [turn.text for turn in gold.visit.turns] or [gold.visit.text]
        for code, turn, start, end in (*gold.codes, *gold.names):
            assert code in (*CODE_NAMES, *NAME_CODES)
            assert 0 <= start < end <= len(texts[turn])


def test_corpus_gold_pairs_and_their_visits_share_a_group_and_a_split(corpus_golds):
    by_id = {gold.visit.visit_id: gold for gold in corpus_golds}
    pairs = [(gold, by_id[gold.pair]) for gold in corpus_golds if gold.pair]
    assert pairs
    assert all((a.group, a.split) == (b.group, b.split) for a, b in pairs)


@pytest.fixture
def note_beside(tmp_path):
    """Gold of a rehabilitation folder with a coded transcript and a note of it that has these further keys."""

    def read(**keys):
        turn = {"i": 0, "role": "patient", "text": "Run.", "codes": [["goal_state", 0, 4]]}
        visit = {"visit_id": "v1", "turns": [turn]}
        note = {"visit_id": "n1", "kind": "note", "of": "v1", "text": "Goal: run.", **keys}
        (tmp_path / "rehab").mkdir()
        (tmp_path / "rehab" / "a.jsonl").write_text(f"{json.dumps(visit)}\n{json.dumps(note)}\n", "utf-8")
        return {gold.visit.visit_id: gold for gold in read_gold(tmp_path)}

    return read


def test_corpus_gold_leaves_out_a_note_that_is_neither_coded_nor_rated(note_beside):
    assert list(note_beside()) == ["v1"]


def test_corpus_gold_a_note_that_is_rated_alone_is_not_coded(note_beside):
    gold = note_beside(ratings={"goal": 2, "task": 2, "bond": 1})
    assert (gold["v1"].coded, gold["n1"].coded) == (True, False)


def test_corpus_gold_a_note_in_which_no_code_was_found_is_coded(note_beside):
    assert note_beside(codes=[])["n1"].coded


def test_corpus_gold_every_corpus_visit_is_rated_and_split(corpus_golds):
    assert all(gold.ratings for gold in corpus_golds)
    assert {gold.split for gold in corpus_golds} >= {"train", "test"}
    assert len({gold.visit.visit_id for gold in corpus_golds}) == len(corpus_golds)


def test_corpus_gold_visits_of_another_shape_are_named_without_their_words(tmp_path):
    line = {"visit_id": "v1", "turns": [{"role": "provider", "text": "SECRET"}]}
    (tmp_path / "mine.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    with pytest.raises(BadCorpus, match=r"mine\.jsonl, line 1: a turn lacks one of i, sents") as caught:
        read_gold(tmp_path)
    assert "SECRET" not in str(caught.value)


def test_corpus_gold_a_line_that_is_no_visit_is_named_without_its_words(tmp_path):
    (tmp_path / "mine.jsonl").write_text(json.dumps({"visit_id": "v1", "turns": "SECRET"}) + "\n", "utf-8")
    with pytest.raises(BadCorpus, match=r"line 1: it is no visit of the schema") as caught:
        read_gold(tmp_path)
    assert "SECRET" not in str(caught.value)
