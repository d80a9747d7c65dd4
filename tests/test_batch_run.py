import json
from pathlib import Path

import pytest
from stand_in import StandInModel, make_visit

from alliance_nlp.batch.find import find_visits
from alliance_nlp.batch.inputs import find_files, look_up
from alliance_nlp.batch.outcome import Failure, Scored
from alliance_nlp.batch.run import score_here
from alliance_nlp.batch.task import RENDERS, Task
from alliance_nlp.errors import BadOption
from alliance_nlp.read import read_roster


def write_visits(path, *visits):
    path.write_text("".join(visit.model_dump_json() + "\n" for visit in visits), encoding="utf-8")
    return path


def score(*paths, model=None, render="row", text=True, **options):
    found = find_visits(look_up(find_files(paths)), **options)
    return [outcome for _, outcome in score_here(found, model or StandInModel(), Task((render,), text))]


def ids(outcomes):
    return [outcome.visit_id for outcome in outcomes]


def test_batch_run_keeps_the_order_of_the_input(tmp_path):
    second = write_visits(tmp_path / "a.jsonl", make_visit("v3"), make_visit("v1"))
    first = write_visits(tmp_path / "b.jsonl", make_visit("v2"))
    assert ids(score(first, second)) == ["v2", "v3", "v1"]


def test_batch_run_takes_a_folder_in_the_order_of_its_names(tmp_path):
    for name in ("b", "a", "c"):
        write_visits(tmp_path / f"{name}.jsonl", make_visit(name))
    assert ids(score(tmp_path)) == ["a", "b", "c"]


def test_batch_run_reads_a_file_named_twice_once(tmp_path):
    file = write_visits(tmp_path / "a.jsonl", make_visit("v1"))
    assert ids(score(file, tmp_path)) == ["v1"]


def test_batch_run_leaves_out_its_own_output(tmp_path):
    write_visits(tmp_path / "a.jsonl", make_visit("v1"))
    output = write_visits(tmp_path / "out.jsonl", make_visit("old"))
    assert [file.name for file in find_files([tmp_path], leave_out=[output])] == ["a.jsonl"]


def test_batch_run_refuses_a_missing_path_before_any_work(tmp_path):
    file = write_visits(tmp_path / "a.jsonl", make_visit("v1"))
    with pytest.raises(BadOption, match="there is no such"):
        find_files([file, tmp_path / "gone.jsonl"])


def test_batch_run_names_a_folder_without_visits(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    file = write_visits(tmp_path / "a.jsonl", make_visit("v1"))
    failure, scored = score(empty, file)
    assert (failure.source, failure.error) == (str(empty), "NoVisits")
    assert scored.visit_id == "v1"


def test_batch_run_reads_on_after_a_bad_file(tmp_path):
    (tmp_path / "a.json").write_bytes(b"")
    (tmp_path / "b.json").write_bytes(b"\x00\x01\x02\x03" * 100)
    (tmp_path / "c.json").write_text('{"turns": "secret"}', encoding="utf-8")
    write_visits(tmp_path / "d.jsonl", make_visit("v1"))
    *failures, scored = score(tmp_path)
    assert [failure.source for failure in failures] == [str(tmp_path / name) for name in ("a.json", "b.json", "c.json")]
    assert {failure.error for failure in failures} == {"UnreadableFile"}
    assert "secret" not in str(failures)
    assert isinstance(scored, Scored)


def test_batch_run_reads_on_after_a_bad_line(tmp_path):
    file = tmp_path / "a.jsonl"
    good = make_visit("v1").model_dump_json(), make_visit("v2").model_dump_json()
    file.write_text(f"{good[0]}\n{{oops\n{good[1]}\n", encoding="utf-8")
    first, failure, last = score(file)
    assert (first.visit_id, last.visit_id) == ("v1", "v2")
    assert "line 2" in failure.message


def test_batch_run_goes_on_after_a_visit_that_is_refused(tmp_path):
    file = write_visits(tmp_path / "a.jsonl", make_visit("v1", "REFUSE"), make_visit("v2"))
    failure, scored = score(file)
    assert failure == Failure(
        str(file), "v1", "AllianceError", f"{file}, visit v1: this visit cannot be scored."
    )  # fmt: skip
    assert scored.visit_id == "v2"


def test_batch_run_goes_on_after_an_unexpected_failure_and_quotes_nothing(tmp_path):
    file = write_visits(tmp_path / "a.jsonl", make_visit("v1", "FAIL at my secret"), make_visit("v2"))
    failure, scored = score(file)
    assert (failure.visit_id, failure.error) == ("v1", "KeyError")
    assert "secret" not in failure.json_line()
    assert scored.visit_id == "v2"


def test_batch_run_counts_a_report_that_cannot_be_rendered_as_failed(tmp_path, monkeypatch):
    def refuse(_, report):
        raise ValueError(report.evidence[0].text)

    monkeypatch.setitem(RENDERS, "row", refuse)
    (failure,) = score(write_visits(tmp_path / "a.jsonl", make_visit("v1")))
    assert (failure.visit_id, failure.error) == ("v1", "ValueError")
    assert "stairs" not in failure.message


def test_batch_run_keeps_visits_of_one_id_apart(tmp_path):
    first = write_visits(tmp_path / "a.jsonl", make_visit("v1"), make_visit("v1#2"), make_visit("v1"))
    second = write_visits(tmp_path / "b.jsonl", make_visit("v1"), make_visit("v2"))
    outcomes = score(first, second)
    assert ids(outcomes) == ["v1", "v1#2", "v1#3", "v1#4", "v2"]
    assert [outcome.repeats for outcome in outcomes] == [None, None, "v1", "v1", None]
    assert "v1#3" in outcomes[2].rendered["row"]["warnings"]
    assert outcomes[0].rendered["row"]["warnings"] == ""


def test_batch_run_leaves_words_out_on_request(tmp_path):
    file = write_visits(tmp_path / "a.jsonl", make_visit("v1"))
    (outcome,) = score(file, render="jsonl", text=False)
    assert json.loads(outcome.rendered["jsonl"])["evidence"][0]["text"] is None


def test_batch_run_takes_visits_as_they_come(tmp_path):
    model = StandInModel()
    file = write_visits(tmp_path / "a.jsonl", *(make_visit(f"v{i}") for i in range(50)))
    outcomes = score_here(find_visits(look_up(find_files([file]))), model, Task(("row",)))
    next(outcomes)
    assert len(model.scored) == 1


def test_batch_run_hands_roles_on(tmp_path):
    model = StandInModel()
    (tmp_path / "a.txt").write_text("Dana: How was the week?\nMartha: I want to climb the stairs.\n", encoding="utf-8")
    score(tmp_path / "a.txt", model=model, roles={"Dana": "provider", "Martha": "patient"})
    assert [turn.role for turn in model.scored[0].turns] == ["provider", "patient"]


def test_batch_run_hands_the_roster_on(tmp_path):
    model = StandInModel()
    roster = tmp_path / "roster.csv"
    roster.write_text("visit_id,given,family\nv1,Martha,Collins\n", encoding="utf-8")
    score(write_visits(tmp_path / "a.jsonl", make_visit("v1")), model=model, roster=read_roster(roster))
    assert model.scored[0].patient.family == "Collins"


def test_batch_run_failure_is_one_line_of_json():
    line = Failure("a\nb.txt", None, "NoVisits", "two\nlines").json_line()
    assert line.count("\n") == 1
    assert json.loads(line)["source"] == "a\nb.txt"


def test_batch_run_refuses_a_name_too_long_for_a_file(tmp_path):
    with pytest.raises(BadOption, match="there is no such"):
        find_files([tmp_path / ("n" * 300)])


def test_batch_run_reads_on_after_links_in_a_circle(tmp_path):
    (tmp_path / "a.jsonl").symlink_to("a.jsonl")
    write_visits(tmp_path / "b.jsonl", make_visit("v1"))
    failure, scored = score(tmp_path)
    assert (Path(failure.source).name, scored.visit_id) == ("a.jsonl", "v1")
