import csv
import json

import pytest
from stand_in import make_concordance, make_note, make_visit

import alliance_nlp.concord.compare


def write_visits(path, *visits):
    path.write_text("".join(visit.model_dump_json() + "\n" for visit in visits), encoding="utf-8")
    return path


@pytest.fixture
def visits(tmp_path):
    return write_visits(tmp_path / "visits.jsonl", make_visit("v1"), make_visit("v2"))


@pytest.fixture
def mixed(tmp_path):
    folder = tmp_path / "mixed"
    folder.mkdir()
    write_visits(folder / "a.jsonl", make_visit("v1"), make_visit("v2", "FAIL at my secret"), make_visit("v3"))
    (folder / "b.json").write_bytes(b"")
    return folder


def read_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_cli_score_prints_one_row_a_visit(alliance, visits):
    run = alliance("score", visits)
    assert run.code == 0
    assert [line.split()[0] for line in run.out.splitlines() if "scored" in line] == ["v1", "v2"]
    assert "3.4 (2.8-4.1)" in run.out
    assert run.err == ""


def test_cli_score_writes_full_reports(alliance, visits, tmp_path):
    run = alliance("score", visits, "-o", tmp_path / "out.jsonl")
    assert (run.code, run.out) == (0, "")
    reports = read_lines(tmp_path / "out.jsonl")
    assert [report["visit_id"] for report in reports] == ["v1", "v2"]
    assert reports[0]["evidence"][0]["text"]
    assert "2 scored" in run.err


def test_cli_score_no_text_leaves_the_words_out(alliance, visits, tmp_path):
    alliance("score", visits, "-o", tmp_path / "out.jsonl", "--no-text")
    assert read_lines(tmp_path / "out.jsonl")[0]["evidence"][0]["text"] is None
    assert "climb" not in (tmp_path / "out.jsonl").read_text(encoding="utf-8")


def test_cli_score_writes_one_csv_row_a_visit(alliance, visits, tmp_path):
    alliance("score", visits, "--output", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        assert [(cells["visit_id"], cells["goal"]) for cells in csv.DictReader(stream)] == [
            ("v1", "3.4"),
            ("v2", "3.4"),
        ]


def test_cli_score_exits_3_where_some_fail_and_names_each_in_one_line(alliance, mixed):
    run = alliance("score", mixed)
    assert run.code == 3
    assert "v1" in run.out
    assert "v3" in run.out
    first, second = run.err.splitlines()
    assert "v2" in first
    assert "b.json" in second
    assert "secret" not in run.out + run.err
    assert "Traceback" not in run.err


def test_cli_score_lists_what_failed_beside_the_output(alliance, mixed, tmp_path):
    run = alliance("score", mixed, "-o", tmp_path / "out.jsonl")
    assert run.code == 3
    assert [report["visit_id"] for report in read_lines(tmp_path / "out.jsonl")] == ["v1", "v3"]
    errors = read_lines(tmp_path / "out.errors.jsonl")
    assert [(error["visit_id"], error["error"]) for error in errors] == [("v2", "KeyError"), (None, "UnreadableFile")]
    assert "secret" not in (tmp_path / "out.errors.jsonl").read_text(encoding="utf-8")


def test_cli_score_leaves_no_list_of_failures_where_none_failed(alliance, visits, tmp_path):
    alliance("score", visits, "-o", tmp_path / "out.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl", "visits.jsonl"]


def test_cli_score_counts_an_abstained_visit_as_no_failure(alliance, tmp_path):
    visit = make_visit("v1").model_copy(update={"turns": make_visit().turns[:0], "kind": "note", "text": "Pt well."})
    run = alliance("score", write_visits(tmp_path / "a.jsonl", visit))
    assert run.code == 0
    assert "abstained: too short" in run.out


def test_cli_score_says_that_ids_repeat(alliance, tmp_path, visits):
    run = alliance("score", visits, write_visits(tmp_path / "b.jsonl", make_visit("v1")))
    assert run.code == 0
    assert "v1#2" in run.out
    assert run.err == "visits with the visit_id of one before them: 1, kept apart as ID#2, ID#3 ...\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["gone.jsonl"],
        ["visits.jsonl", "gone"],
        ["visits.jsonl", "-o", "out.xlsx"],
        ["visits.jsonl", "-o", "gone/out.csv"],
        ["visits.jsonl", "-o", "visits.jsonl"],
        ["visits.jsonl", "--roles", "Dana=boss"],
        ["visits.jsonl", "--roles", "Dana"],
        ["visits.jsonl", "--roster", "gone.csv"],
        ["visits.jsonl", "--model", "gone"],
        ["visits.jsonl", "--resume"],
        ["visits.jsonl", "--log-json", "gone/log"],
        ["visits.jsonl", "--jobs", "2", "--cluster", "tcp://127.0.0.1:1"],
    ],
)
def test_cli_score_refuses_wrong_usage_in_one_line(alliance, visits, monkeypatch, arguments):
    monkeypatch.chdir(visits.parent)
    before = visits.read_bytes()
    run = alliance("score", *arguments)
    assert run.code == 2
    assert len(run.err.splitlines()) == 1
    assert run.out == ""
    assert visits.read_bytes() == before


@pytest.mark.parametrize("arguments", [["score"], ["score", "--nonsense"], ["nonsense"]])
def test_cli_score_refuses_what_is_no_command(alliance, arguments):
    run = alliance(*arguments)
    assert run.code == 2
    assert "Usage" in run.err


def test_cli_score_hands_roles_on(alliance, tmp_path, stand_in_model):
    talk = tmp_path / "talk.txt"
    talk.write_text("Dana: How was the week?\nMartha: I want to climb the stairs.\n", encoding="utf-8")
    alliance("score", talk, "--roles", "Dana=provider,Martha=patient")
    assert [turn.role for turn in stand_in_model.scored[0].turns] == ["provider", "patient"]


def test_cli_score_hands_the_roster_on(alliance, visits, tmp_path, stand_in_model):
    roster = tmp_path / "roster.csv"
    roster.write_text("visit_id,given,family\nv1,Martha,Collins\n", encoding="utf-8")
    alliance("score", visits, "--roster", roster)
    assert stand_in_model.scored[0].patient.family == "Collins"


def test_cli_score_prints_warnings_under_the_table(alliance, tmp_path):
    run = alliance("score", write_visits(tmp_path / "a.jsonl", make_visit("v1"), make_visit("v1")))
    assert run.out.splitlines()[-1].startswith("v1#2: the visit_id v1 came before")


def test_cli_score_output_may_be_a_link_in_a_circle(alliance, visits):
    circle = visits.parent / "circle.csv"
    circle.symlink_to(circle)
    assert alliance("score", visits, "-o", circle).code == 0
    assert circle.read_text().startswith("visit_id,")


def test_cli_score_quiet_says_nothing(alliance, mixed, tmp_path):
    run = alliance("score", mixed, "-o", tmp_path / "out.csv", "--quiet")
    assert (run.code, run.out, run.err) == (3, "", "")


def test_cli_score_summary_tells_reasons(alliance, mixed, tmp_path):
    run = alliance("score", mixed, "-o", tmp_path / "out.csv")
    assert "2 scored, 0 abstained, 2 failed (KeyError 1, UnreadableFile 1); reports in" in run.err


def test_cli_score_logs_what_happens(alliance, mixed, tmp_path):
    alliance("score", mixed, "-o", tmp_path / "out.csv", "--log-json", mixed / "log.jsonl")
    log = (mixed / "log.jsonl").read_text(encoding="utf-8")
    start, *between, end = [json.loads(line) for line in log.splitlines()]
    assert (start["event"], start["files"], start["model"], start["resumed_after"]) == ("start", 2, "stand_in-1", 0)
    assert sorted(each["event"] for each in between) == ["chunk", "failure", "failure"]
    assert (end["event"], end["scored"], end["failed_because"]) == ("end", 2, {"KeyError": 1, "UnreadableFile": 1})
    assert "secret" not in log


def test_cli_score_few_visits_need_no_workers(alliance, visits, tmp_path, stand_in_model):
    assert alliance("score", visits, "-o", tmp_path / "out.csv", "--jobs", "2").code == 0
    assert len(stand_in_model.scored) == 2


def test_cli_score_offers_to_go_on(alliance, visits, tmp_path, stand_in_model, monkeypatch):
    monkeypatch.setattr("alliance_nlp.batch.work.CHUNK_VISITS", 1)
    with monkeypatch.context() as patch:
        patch.setattr(stand_in_model, "score", stop_after(stand_in_model.score, 1))
        assert alliance("score", visits, "-o", tmp_path / "out.csv").code == 130
    refused = alliance("score", visits, "-o", tmp_path / "out.csv")
    assert refused.code == 2
    assert "--resume" in refused.err
    run = alliance("score", visits, "-o", tmp_path / "out.csv", "--resume")
    assert run.code == 0
    assert run.err.splitlines()[0] == "going on after 1 visit"
    assert [visit.visit_id for visit in stand_in_model.scored] == ["v1", "v2"]


def stop_after(score, visits):
    def scoring(visit, **options):
        nonlocal visits
        visits -= 1
        if visits < 0:
            raise KeyboardInterrupt
        return score(visit, **options)

    return scoring


def test_cli_score_prints_many_rows_a_page_at_a_time(alliance, visits, monkeypatch):
    monkeypatch.setattr("alliance_nlp.cli.score._ROWS_AT_ONCE", 1)
    run = alliance("score", visits)
    assert run.out.count("visit ") == 2


@pytest.fixture
def pairs(tmp_path, monkeypatch):
    monkeypatch.setattr(alliance_nlp.concord.compare, "compare", make_concordance)
    return write_visits(tmp_path / "visits.jsonl", make_note("n1", of="v1"), make_visit("v1"), make_note("n2"))


def test_cli_score_concordance_adds_columns(alliance, pairs, tmp_path):
    alliance("score", pairs, "-o", tmp_path / "plain.csv")
    run = alliance("score", pairs, "-o", tmp_path / "out.csv", "--concordance")
    assert run.err.splitlines()[-1] == "notes compared with their transcript: 1; without a transcript: 1"
    plain, out = ((tmp_path / name).read_text("utf-8").splitlines() for name in ("plain.csv", "out.csv"))
    assert all(longer.startswith(f"{line},") for line, longer in zip(plain, out, strict=True))
    assert [line.removeprefix(short) for short, line in zip(plain, out, strict=True)][1:] == [
        ",v1,1,1,0,1,0,0,1.0,0.0,1",
        "," * 10,
        "," * 10,
    ]


def test_cli_score_concordance_prints_a_column(alliance, pairs, monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")
    run = alliance("score", pairs, "--concordance")
    assert "1 of 2 said documented, person differs: 1" in run.out
    assert "note beside visit" not in alliance("score", pairs).out


def test_cli_score_concordance_counts_go_to_the_log(alliance, pairs, tmp_path):
    alliance("score", pairs, "-o", tmp_path / "out.csv", "--concordance", "--log-json", tmp_path / "log")
    end = read_lines(tmp_path / "log")[-1]
    assert (end["compared"], end["alone"]) == (1, 1)


def test_cli_score_concordance_refuses_standard_input(alliance):
    run = alliance("score", "-", "--concordance")
    assert run.code == 2
    assert run.err.count("\n") == 1
    assert "--concordance" in run.err
