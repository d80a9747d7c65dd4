import json
from copy import deepcopy

import pytest

from alliance_nlp.corpus.check import check_corpus
from alliance_nlp.corpus.markup import parse_markup
from alliance_nlp.errors import NoVisits

RATINGS = {"goal": 4, "task": 3, "bond": 5}


def turns(*lines):
    """``provider: <affirm>Well done.</>`` to turns."""
    made = []
    for index, line in enumerate(lines):
        role, _, marked = line.partition(": ")
        text, codes = parse_markup(marked)
        made.append({"i": index, "role": role, "text": text, "codes": [list(code) for code in codes]})
    return made


def visit(visit_id="v1", *lines, **keys):
    lines = lines or (
        "provider: Hi <name_vocative>Jo</>. <affirm>Well done.</>",
        "patient: <goal_state>I want to run.</>",
    )
    return {"visit_id": visit_id, "kind": "transcript", "ratings": dict(RATINGS), "turns": turns(*lines), **keys}


def note(visit_id="n1", marked="P: <directive>Rest.</>", **keys):
    text, codes = parse_markup(marked)
    codes = [list(code) for code in codes]
    return {"visit_id": visit_id, "kind": "note", "ratings": dict(RATINGS), "text": text, "codes": codes, **keys}


@pytest.fixture
def check(tmp_path):
    """Problems of visits that stand in a folder, with ``split`` beside them if given."""

    def run(*visits, split=None):
        lines = [one if isinstance(one, str) else json.dumps(one) for one in visits]
        (tmp_path / "visits.jsonl").write_text("\n".join(lines), encoding="utf-8")
        if split is not None:
            rows = "".join(f"{visit_id}\t{part}\n" for visit_id, part in split)
            (tmp_path / "split.tsv").write_text(f"visit_id\tsplit\n{rows}", encoding="utf-8")
        return [str(problem).removeprefix("visits.jsonl, ") for problem in check_corpus(tmp_path)]

    return run


def test_corpus_check_finds_nothing_wrong_in_a_good_corpus(check):
    assert check(visit(), note(of="v1"), split=[("v1", "train"), ("n1", "train")]) == []


@pytest.mark.parametrize(
    "line",
    [
        "provider: Hi. <affirm>You did it... all week.</> Good.",
        "provider: <affirm>You know Dr. Fox (he said so).</>",
        "provider: 'Well.' <affirm>You came.</>",
        "provider: <affirm>You came</>",
    ],
)
def test_corpus_check_takes_a_sentence_as_a_reader_does(check, line):
    assert check(visit("v1", line)) == []


@pytest.mark.parametrize(
    "marked",
    [
        "P: <directive>Rest.</>",
        "P:\n<directive>Rest</>\n<next_contact>Fri 10:00.</>",
        "<goal_state>Walk incl. stairs.</> <name_reference>Jo</> agrees.",
    ],
)
def test_corpus_check_knows_the_lines_and_labels_of_notes(check, marked):
    assert check(note(marked=marked)) == []


@pytest.mark.parametrize(
    "line",
    [
        "provider: You <affirm>did it.</>",
        "provider: <affirm>You did</> it.",
        "provider: <affirm>You did it. You came.</>",
    ],
)
def test_corpus_check_names_stretches_that_are_no_sentence(check, line):
    problem = check(visit("v1", line))[0]
    assert problem.startswith("visit v1, turn 0: characters ")
    assert problem.endswith(" of affirm are not one sentence")


def test_corpus_check_allows_clauses_in_visits_without_punctuation(check):
    assert check(visit("v1", "provider: hi <affirm>you did it</> okay", asr=True)) == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("patient: <affirm>Well done.</>", "visit v1, turn 0: affirm is not for the role patient"),
        ("provider: <task_commit>I will.</>", "visit v1, turn 0: task_commit is not for the role provider"),
        ("other: <goal_state>I want it.</>", "visit v1, turn 0: goal_state is not for the role other"),
        ("patient: I am <name_reference>Jo</>.", "visit v1, turn 0: name_reference is not for the role patient"),
        ("provider: Hi<affirm> Well done.</>", "visit v1, turn 0: the stretch of affirm has white space at its edge"),
    ],
)
def test_corpus_check_names_a_code_in_the_wrong_place(check, line, problem):
    assert check(visit("v1", line)) == [problem]


@pytest.mark.parametrize(
    ("codes", "problem"),
    [
        ([["kind", 0, 8]], "unknown code kind"),
        ([["goal_state", 0, 99]], "characters 0 to 99 of goal_state are not within the text"),
        ([["goal_state", -1, 8]], "characters -1 to 8 of goal_state are not within the text"),
        ([["goal_state", 8, 8]], "characters 8 to 8 of goal_state are not within the text"),
        ([["goal_state", 0, 8]] * 2, "goal_state is there twice on the same stretch"),
        ([["goal_state", 0]], "code 0 is not of the form [code, start, end]"),
        (None, "has no list of codes"),
    ],
)
def test_corpus_check_names_bad_codes(check, codes, problem):
    bad = visit("v1", "patient: I'd run.")
    bad["turns"][0]["codes"] = codes
    assert check(bad) == [f"visit v1, turn 0: {problem}"]


@pytest.mark.parametrize(
    ("ratings", "problem"),
    [
        (None, "the rating of goal is missing"),
        ({"task": 3, "bond": 3}, "the rating of goal is missing"),
        ({**RATINGS, "goal": 6}, "the rating of goal is no whole number from 1 to 5"),
        ({**RATINGS, "goal": 2.5}, "the rating of goal is no whole number from 1 to 5"),
        ({**RATINGS, "goal": True}, "the rating of goal is no whole number from 1 to 5"),
    ],
)
def test_corpus_check_names_bad_ratings(check, ratings, problem):
    assert check(visit(ratings=ratings))[0] == f"visit v1: {problem}"


def test_corpus_check_names_a_turn_with_another_number(check):
    bad = visit()
    bad["turns"][1]["i"] = 7
    assert check(bad) == ["visit v1, turn 1: has another number in i"]


def test_corpus_check_names_lines_that_are_no_visit_without_quoting_them(check):
    problems = check(visit("v1", turns=[{"role": "secret", "text": "secret"}]), '{"secret": 1}', visit())
    assert [problem.split(": ", 1)[1] for problem in problems] == [
        "is no visit: role of turn 0 is not provider, patient or other",
        "is no visit: visit_id is missing",
    ]
    assert "secret" not in str(problems)


def test_corpus_check_names_a_line_that_is_no_json(check):
    assert check(visit(), "{")[0].endswith("line 2: it is no JSON")


def test_corpus_check_names_a_file_it_cannot_read_once(tmp_path):
    (tmp_path / "bad.jsonl").write_bytes(b"\xff\xfe{")
    (problem,) = map(str, check_corpus(tmp_path / "bad.jsonl"))
    assert problem == f"{tmp_path / 'bad.jsonl'}: it is no UTF-8 text"


def test_corpus_check_names_a_file_without_a_visit(tmp_path):
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    assert [str(one) for one in check_corpus(tmp_path)] == [f"{tmp_path / 'empty.jsonl'}: holds no visit"]


def test_corpus_check_names_a_visit_that_is_there_twice(check):
    assert check(visit(), visit())[0].endswith("line 2: visit v1 is there twice")


def test_corpus_check_names_a_note_of_no_visit(check):
    assert check(note(of="v9")) == ["visit n1: is a note of v9, which is not in the corpus"]


def pair():
    lower = visit("v2", pair="v1", expect_lower=["goal"])
    lower["ratings"]["goal"] = 2
    return visit("v1", pair="v2", expect_lower=[]), lower


def test_corpus_check_takes_a_complete_pair(check):
    assert check(*pair()) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"pair": "v9"}, "visit v1: its pair v9 is not in the corpus"),
        ({"pair": None}, "visit v2: v1 is no pair of it"),
        ({"expect_lower": ["bond"]}, "not exactly one of it and its pair"),
        ({"ratings": {**RATINGS, "goal": 2}}, "visit v2: is not rated lower in goal than its pair v1"),
    ],
)
def test_corpus_check_names_a_broken_pair(check, change, problem):
    first, second = pair()
    assert any(problem in one for one in check({**first, **change}, second))


def test_corpus_check_names_an_expectation_without_a_pair(check):
    problems = check(visit(expect_lower=["goal"]))
    assert problems == ["visit v1: expects lower ratings than a pair that it does not name"]


@pytest.mark.parametrize(
    ("split", "problem"),
    [
        ([("v1", "train")], "split.tsv, visit v2: is missing"),
        ([("v1", "train"), ("v2", "train"), ("v3", "test")], "split.tsv, visit v3: is not in the corpus"),
        ([("v1", "train"), ("v2", "train"), ("v2", "train")], "split.tsv, visit v2: is there twice"),
        ([("v1", "train"), ("v2", "test")], "patient p1: stands in more than one split: test, train"),
    ],
)
def test_corpus_check_names_a_bad_split(check, split, problem):
    patient = {"id": "p1", "given": "Jo"}
    assert check(visit(patient=patient), visit("v2", patient=patient), split=split) == [problem]


def test_corpus_check_keeps_a_note_with_its_visit(check):
    problems = check(visit(), note(of="v1"), split=[("v1", "train"), ("n1", "test")])
    assert problems == ["visits n1 and v1: stands in more than one split: test, train"]


def test_corpus_check_takes_a_note_of_a_visit_without_codes_and_ratings(check):
    bare = {key: value for key, value in note(of="v1").items() if key not in ("codes", "ratings")}
    assert check(visit(), bare) == []
    assert len(check(visit(), {key: value for key, value in bare.items() if key != "of"})) == 4


def test_corpus_check_wants_both_codes_and_ratings_where_one_is_there(check):
    rated = {key: value for key, value in note(of="v1").items() if key != "codes"}
    assert check(visit(), rated) == ["visit n1: has no list of codes"]


def test_corpus_check_keeps_a_pair_together(check):
    problems = check(*pair(), split=[("v1", "train"), ("v2", "test")])
    assert problems == ["visits v1 and v2: stands in more than one split: test, train"]


def test_corpus_check_names_a_broken_split_table(check, tmp_path):
    check(visit())
    (tmp_path / "split.tsv").write_text("visit_id\tpart\nv1\ttrain\n", encoding="utf-8")
    assert "has no column split" in str(check_corpus(tmp_path)[0])


def test_corpus_check_looks_into_the_folders_of_a_corpus(tmp_path):
    (tmp_path / "rehab").mkdir()
    (tmp_path / "rehab" / "a.jsonl").write_text(json.dumps(visit(ratings=None)), encoding="utf-8")
    assert len(check_corpus(tmp_path)) == 3


def test_corpus_check_takes_one_file(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps(visit()), encoding="utf-8")
    assert check_corpus(tmp_path / "a.jsonl") == []


def test_corpus_check_refuses_a_folder_with_nothing_to_check(tmp_path):
    with pytest.raises(NoVisits):
        check_corpus(tmp_path)


def test_corpus_check_leaves_the_visits_as_they_are(check):
    one = visit()
    before = deepcopy(one)
    check(one)
    assert one == before
