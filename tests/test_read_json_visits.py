"""Visits in JSON."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance_nlp.errors import AllianceError, UnreadableFile
from alliance_nlp.read import read_files, read_visits
from alliance_nlp.records import Visit

DATA = Path(__file__).parent / "data" / "read"


def test_read_json_visits_takes_every_field():
    visit = next(read_visits(DATA / "visits.jsonl"))
    assert visit.model_dump(exclude={"turns", "warnings"}) == {
        "visit_id": "v1",
        "kind": "transcript",
        "of": None,
        "date": "2026-05-04",
        "setting": "outpatient PT",
        "patient": {"id": "p7", "given": "Martha", "family": "Collins", "aliases": ("Marty",)},
        "provider": {"id": "t2", "name": "Dana Reed"},
        "text": None,
        "role_confidence": None,
    }
    assert visit.turns[0].end_s == 2.1


def test_read_json_visits_takes_t_and_t_end_as_seconds():
    turn = next(read_visits(DATA / "visits.jsonl")).turns[1]
    assert (turn.start_s, turn.end_s) == (2.4, 3.0)


def test_read_json_visits_names_a_visit_after_its_file_and_line():
    assert [visit.visit_id for visit in read_visits(DATA / "visits.jsonl")] == ["v1", "visits-2", "12"]


def test_read_json_visits_text_is_a_note():
    assert list(read_visits(DATA / "visits.jsonl"))[2].kind == "note"


def test_read_json_visits_list_goes_on_after_a_bad_entry(tmp_path):
    (tmp_path / "a.json").write_text('[{"text": "x"}, 5, {"visit_id": "v", "text": "y"}]')
    first, error, last = read_files([tmp_path / "a.json"])
    assert (first.visit_id, last.visit_id) == ("a-1", "v")
    assert "visit 2 of the list is no JSON object" in str(error)


def test_read_json_visits_single_visit_is_named_after_its_file(tmp_path):
    (tmp_path / "a.json").write_text('{"turns": []}')
    assert [visit.visit_id for visit in read_visits(tmp_path / "a.json")] == ["a"]


def test_read_json_visits_takes_a_visit_a_line_under_any_name(tmp_path):
    for name in ("a.json", "a.txt", "a"):
        (tmp_path / name).write_text('{"text": "x"}\n\n{"text": "y"}\n')
        assert [visit.visit_id for visit in read_visits(tmp_path / name)] == ["a-1", "a-3"]


def test_read_json_visits_hints_at_lines(tmp_path):
    (tmp_path / "a.json").write_text('{\n"text": "x"}\n{"text": "y"}\n')
    with pytest.raises(UnreadableFile, match="give every visit a line of its own"):
        next(read_visits(tmp_path / "a.json"))


def test_read_json_visits_takes_a_bare_list_of_turns(tmp_path):
    turns = '[{"speaker": "T", "text": "Hi.", "start": 1}, {"speaker": "C", "text": "Hello."}]'
    (tmp_path / "a.json").write_text(turns)
    (visit,) = read_visits(tmp_path / "a.json")
    assert [(turn.role, turn.start_s) for turn in visit.turns] == [("provider", 1.0), ("patient", None)]


def test_read_json_visits_a_turn_a_line_is_no_visit(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"speaker": "T", "text": "Hi."}\n')
    with pytest.raises(UnreadableFile, match="is one turn of a visit; put the turns of a visit into one list"):
        next(read_visits(tmp_path / "a.jsonl"))


def test_read_json_visits_infers_missing_roles_from_the_record(tmp_path):
    data = {
        "patient": {"given": "Martha", "family": "Collins"},
        "provider": {"name": "Dana Reed, DPT"},
        "turns": [{"speaker": "Dana", "text": "Hi."}, {"speaker": "Mrs. Collins", "text": "Hello."}],
    }
    (tmp_path / "a.json").write_text(json.dumps(data))
    (visit,) = read_visits(tmp_path / "a.json")
    assert [turn.role for turn in visit.turns] == ["provider", "patient"]
    assert visit.role_confidence is None


def test_read_json_visits_leaves_out_a_date_in_another_form(tmp_path):
    (tmp_path / "a.json").write_text('{"turns": [], "date": "5/6/26"}')
    (visit,) = read_visits(tmp_path / "a.json")
    assert visit.date is None
    assert visit.warnings == ("the date is not in the form YYYY-MM-DD and was left out",)


@pytest.mark.parametrize("time", ["NaN", "Infinity", "-1", '"soon"', "true", "1e999", "null"])
def test_read_json_visits_time_that_is_none_is_unknown(time, tmp_path):
    (tmp_path / "a.json").write_text(f'{{"turns": [{{"role": "patient", "text": "x", "t": {time}}}]}}')
    (visit,) = read_visits(tmp_path / "a.json")
    assert visit.turns[0].start_s is None


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
TURN = st.fixed_dictionaries(
    {"text": st.text(max_size=20)},
    optional={"role": st.sampled_from(["provider", "patient", "other", None]), "speaker": ANY, "t": ANY, "end_s": ANY},
)
VISIT = st.fixed_dictionaries(
    {"turns": st.lists(TURN | ANY, max_size=4) | ANY},
    optional={key: ANY for key in ("visit_id", "kind", "text", "date", "setting", "patient", "provider")},
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VISIT | ANY)
def test_read_json_visits_never_fails_and_keeps_every_text(tmp_path, data):
    path = tmp_path / "v.jsonl"
    path.write_text(json.dumps(data) + "\n", encoding="utf-8")
    for one in read_files([path]):
        assert isinstance(one, Visit | AllianceError)
        if isinstance(one, Visit) and one.kind == "transcript":
            assert [turn.text for turn in one.turns] == [turn["text"] for turn in data["turns"]]


def test_read_json_visits_names_the_visit_with_damaged_text(tmp_path):
    turns = [{"role": "patient", "text": "\0"}]
    (tmp_path / "v.json").write_text(json.dumps([{"visit_id": "v\0" + "1" * 99, "turns": turns}]))
    with pytest.raises(UnreadableFile, match=f"visit v\N{REPLACEMENT CHARACTER}{'1' * 78} has NUL"):
        list(read_visits(tmp_path / "v.json"))


def test_read_json_visits_takes_of_which_transcript_a_note_is(tmp_path):
    visits = [{"visit_id": "n1", "of": "v1", "text": "P: walk."}, {"visit_id": "v1", "of": "v9", "turns": []}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(visit) + "\n" for visit in visits))
    assert [visit.of for visit in read_visits(tmp_path / "a.jsonl")] == ["v1", None]
