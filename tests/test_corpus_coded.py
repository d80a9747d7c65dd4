import json

import pytest
from public_corpora import load, write_annomi, write_standoff

from alliance_nlp.corpus.coded import coded_visit, read_coded, write_coded
from alliance_nlp.corpus.fetch import fetch_source
from alliance_nlp.corpus.gold import read_gold
from alliance_nlp.errors import BadCorpus, NoVisits

RECORD = {
    "visit_id": "v1",
    "kind": "transcript",
    "pair": None,
    "discipline": "PT",
    "patient": {"given": "Jo", "gender": "f"},
    "ratings": {"goal": 4, "task": 3, "bond": 5},
    "turns": [
        {"i": 0, "role": "provider", "speaker": "Dana", "text": "Hi Jo.", "codes": [["name_vocative", 3, 5]]},
        {"i": 1, "role": "patient", "speaker": "Jo", "text": "I want to run.", "codes": [["goal_state", 0, 14]]},
    ],
}
NOTE = {"visit_id": "n1", "kind": "note", "of": "v1", "text": "Jo wants to run.", "codes": [["goal_state", 0, 16]]}


def changed(**keys):
    return {**RECORD, **keys}


def with_codes(codes):
    return changed(turns=[{**RECORD["turns"][0], "codes": codes}])


@pytest.mark.parametrize("record", [RECORD, NOTE])
def test_corpus_coded_gives_back_what_it_took_apart(record):
    assert coded_visit(record, "here").record() == record


def test_corpus_coded_tells_no_code_found_from_not_coded():
    rated = {"visit_id": "v", "kind": "transcript", "ratings": {"goal": 4}, "turns": [{"i": 0, "role": "patient"}]}
    none = {**rated, "turns": [{"i": 0, "role": "patient", "text": "Hi.", "codes": []}]}
    bare = {**rated, "turns": [{"i": 0, "role": "patient", "text": "Hi."}]}
    assert [coded_visit(one, "here").coded for one in (none, bare)] == [True, False]
    assert [coded_visit(one, "here").record() for one in (none, bare)] == [none, bare]


def test_corpus_coded_keeps_the_codes_of_visits_after_one_without(tmp_path):
    lines = [json.dumps({"visit_id": "v0", "turns": [{"role": "patient", "text": "Hi."}]}), json.dumps(RECORD)]
    (tmp_path / "visits.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert [len(visit.codes) for visit in read_coded(tmp_path / "visits.jsonl")] == [0, 2]


def test_corpus_coded_sorts_codes_by_place_and_keeps_each_once():
    codes = [["name_vocative", 3, 5], ["affirm", 0, 6], ["affirm", 0, 2], ["affirm", 0, 6]]
    assert [one[0::2] for one in coded_visit(with_codes(codes), "here").codes] == [
        ("affirm", 0),
        ("affirm", 0),
        ("name_vocative", 3),
    ]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (
            changed(turns=[{"role": "nurse", "text": "secret"}]),
            "it is no visit: role of turn 0 is not provider, patient or other; ",
        ),
        ({"turns": []}, "it is no visit: visit_id is missing"),
        (with_codes([["kind", 0, 2]]), "here, visit v1, turn 0: unknown code kind"),
        (with_codes([["affirm", 2, 2]]), "characters 2 to 2 of affirm are not within the text"),
        (with_codes([["affirm", 0, 7]]), "characters 0 to 7 of affirm are not within the text"),
        (with_codes([["affirm", 0]]), "not of the form"),
        (with_codes("affirm"), "the codes are no list"),
        (changed(ratings={"goal": 6}), "the rating of goal is no whole number from 1 to 5"),
        (changed(ratings={"goal": True}), "the rating of goal is no whole number from 1 to 5"),
        (changed(ratings={"warmth": 3}), "not of goal, task and bond"),
    ],
)
def test_corpus_coded_refuses_what_is_wrong_without_quoting_it(record, message):
    with pytest.raises(BadCorpus, match=message) as error:
        coded_visit(record, "here")
    assert "secret" not in str(error.value)


def test_corpus_coded_reads_what_it_wrote(tmp_path):
    visits = [coded_visit(RECORD, "here"), coded_visit(NOTE, "here")]
    assert write_coded(visits, tmp_path / "visits.jsonl") == 2
    assert list(read_coded(tmp_path / "visits.jsonl")) == visits
    assert list(read_coded(tmp_path)) == visits


def test_corpus_coded_keeps_the_codes_of_a_folder_with_a_file_that_nobody_coded(tmp_path):
    write_coded([coded_visit(RECORD, "here")], tmp_path / "a.jsonl")
    bare = {"visit_id": "bare", "kind": "note", "text": "Goal: run."}
    (tmp_path / "b.jsonl").write_text(json.dumps(bare) + "\n", encoding="utf-8")
    coded, uncoded = read_coded(tmp_path)
    assert coded.codes
    assert not uncoded.coded


def test_corpus_coded_writes_what_read_gold_reads(tmp_path):
    write_coded([coded_visit(RECORD, "here")], tmp_path / "rehab" / "visits.jsonl")
    gold = read_gold(tmp_path)[0]
    assert (gold.codes, gold.names) == ((("goal_state", 1, 0, 14),), (("name_vocative", 0, 3, 5),))
    assert gold.ratings == RECORD["ratings"]


def test_corpus_coded_takes_a_clinics_own_transcripts(tmp_path):
    (tmp_path / "monday.txt").write_text("Therapist: Any pain?\nPatient: A little.\n", encoding="utf-8")
    visit = next(read_coded(tmp_path / "monday.txt"))
    assert visit.turns == (("provider", "Any pain?"), ("patient", "A little."))
    assert visit.codes == ()


def test_corpus_coded_takes_visits_in_json_lines_without_codes(tmp_path):
    record = {"visit_id": "v", "turns": [{"role": "provider", "text": "Hi."}, {"role": "patient", "text": "Hi."}]}
    (tmp_path / "visits.jsonl").write_text(json.dumps(record), encoding="utf-8")
    assert next(read_coded(tmp_path / "visits.jsonl")).visit_id == "v"


def test_corpus_coded_takes_a_data_folder(tmp_path):
    write_annomi(tmp_path)
    publics = load("annomi", tmp_path, "annomi-7").values()
    write_standoff(tmp_path / "standoff", publics, [("annomi-7", 0, 9, 25, "goal_state")])
    fetch_source("annomi", tmp_path / "data", originals=tmp_path, standoff=tmp_path / "standoff")
    visit = next(read_coded(tmp_path / "data"))
    assert visit.codes == (("goal_state", 0, 9, 25),)
    assert visit.ratings == {"goal": 2, "task": 3, "bond": 4}


def test_corpus_coded_refuses_an_empty_folder(tmp_path):
    with pytest.raises(NoVisits):
        list(read_coded(tmp_path))


def test_corpus_coded_names_a_broken_line(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps(NOTE) + "\n{\n", encoding="utf-8")
    with pytest.raises(BadCorpus, match=r"a\.jsonl, line 2: it is no JSON"):
        list(read_coded(tmp_path / "a.jsonl"))
