import pytest
from stand_in import make_visit


@pytest.fixture
def visits(tmp_path):
    path = tmp_path / "visits.jsonl"
    lines = [make_visit("v1"), make_visit("v2", "I want to climb the stairs. And sleep.")]
    path.write_text("".join(visit.model_dump_json() + "\n" for visit in lines), encoding="utf-8")
    return path


def test_cli_explain_shows_the_first_visit_and_says_so(alliance, visits):
    run = alliance("explain", visits)
    assert run.code == 0
    assert "[I want to climb the stairs.](goal_state 0)" in run.out
    assert "And sleep" not in run.out
    assert "--id" in run.err


def test_cli_explain_takes_the_visit_named(alliance, visits):
    run = alliance("explain", visits, "--id", "v2")
    assert (run.code, run.err) == (0, "")
    assert "(goal_state 0) And sleep." in run.out


def test_cli_explain_is_silent_about_a_single_visit(alliance, tmp_path):
    path = tmp_path / "one.json"
    path.write_text(make_visit("v1").model_dump_json(), encoding="utf-8")
    assert alliance("explain", path).err == ""


def test_cli_explain_shows_scores_and_what_moved_them(alliance, visits):
    out = alliance("explain", visits).out
    assert "  goal      3.4   2.8 to 4.1" in out
    assert "+0.60" in out


def test_cli_explain_hands_roles_and_roster_on(alliance, tmp_path, stand_in_model):
    talk, roster = tmp_path / "talk.txt", tmp_path / "roster.csv"
    talk.write_text("Dana: How was it?\nMartha: I want to climb the stairs.\n", encoding="utf-8")
    roster.write_text("visit_id,given,family\ntalk,Martha,Collins\n", encoding="utf-8")
    alliance("explain", talk, "--roles", "Dana=provider,Martha=patient", "--roster", roster)
    visit = stand_in_model.scored[0]
    assert [turn.role for turn in visit.turns] == ["provider", "patient"]
    assert visit.patient.family == "Collins"


@pytest.mark.parametrize(
    "arguments",
    [["gone.json"], ["."], ["visits.jsonl", "--id", "v9"], ["empty.json"], ["visits.jsonl", "--model", "gone"]],
)
def test_cli_explain_refuses_in_one_line(alliance, visits, monkeypatch, arguments):
    monkeypatch.chdir(visits.parent)
    (visits.parent / "empty.json").touch()
    run = alliance("explain", *arguments)
    assert run.code == 2
    assert len(run.err.splitlines()) == 1
    assert run.out == ""


def test_cli_explain_names_the_visits_there_are(alliance, visits):
    assert "v1, v2" in alliance("explain", visits, "--id", "v9").err


def test_cli_explain_reads_past_a_bad_line(alliance, visits):
    visits.write_text("{oops\n" + visits.read_text(encoding="utf-8"), encoding="utf-8")
    assert alliance("explain", visits, "--id", "v2").code == 0
    assert alliance("explain", visits).code == 0


def test_cli_explain_names_the_bad_line_where_the_visit_is_not_found(alliance, visits):
    visits.write_text("{oops\n" + visits.read_text(encoding="utf-8"), encoding="utf-8")
    run = alliance("explain", visits, "--id", "v9")
    assert run.code == 2
    assert "line 1" in run.err
