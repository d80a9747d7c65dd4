"""`alliance benchmark`."""

import json

import pytest

from alliance_nlp.evaluate import benchmark, speed
from alliance_nlp.evaluate.benchmark import lines, measure_all, sample_visits

FIGURES = {
    "model": "stand_in-1",
    "visits": 2,
    "words": 3000,
    "speed": {"of_blank": 0.31, "jsonl_of_blank": 0.2, "words_per_s": 250_000.4, "of_minilm": None},
    "start": {"first_s": 1.2, "of_blank": 1.34, "help_s": 0.21},
    "memory_mb": [300.0, 310.0, 311.0, 311.4],
    "jobs": None,
}


@pytest.fixture
def measured(monkeypatch):
    """What the command had measured, without measuring."""
    calls = []

    def measure(model, visits, *, folder=None, jobs=1):
        calls.append((visits, jobs))
        return FIGURES

    monkeypatch.setattr(benchmark, "measure_all", measure)
    return calls


def test_cli_benchmark_prints_each_figure_beside_its_aim(alliance, measured):
    run = alliance("benchmark")
    assert run.code == 0
    shown = [line.split() for line in run.out.splitlines()]
    assert shown[1][-3:] == ["0.31", ">=", "0.25"]
    assert any("sentence-transformers is not installed" in line for line in run.out.splitlines())
    assert [visit.visit_id for visit in measured[0][0]] == [visit.visit_id for visit in sample_visits()]


def test_cli_benchmark_json_is_the_figures(alliance, measured):
    assert json.loads(alliance("benchmark", "--json").out) == FIGURES


def test_cli_benchmark_measures_the_visits_of_a_path(alliance, measured, tmp_path):
    (tmp_path / "a.txt").write_text("Therapist: Any pain?\nPatient: A little.\n", encoding="utf-8")
    assert alliance("benchmark", tmp_path, "--jobs", "2").code == 0
    assert [(len(visits), jobs) for visits, jobs in measured] == [(1, 2)]


def test_cli_benchmark_leaves_out_what_cannot_be_read(alliance, measured, tmp_path):
    (tmp_path / "a.txt").write_text("Therapist: Any pain?\nPatient: A little.\n", encoding="utf-8")
    (tmp_path / "b.tsv").write_text("id\tfold\n1\t2\n", encoding="utf-8")
    run = alliance("benchmark", tmp_path)
    assert (run.code, len(measured[0][0])) == (0, 1)
    assert run.err.startswith("left out: ")


def test_cli_benchmark_refuses_a_path_that_is_not_there(alliance, measured, tmp_path):
    run = alliance("benchmark", tmp_path / "gone")
    assert (run.code, len(run.err.splitlines())) == (2, 1)
    assert not measured


def test_benchmark_lines_tell_what_jobs_gain():
    jobs = {"visits": 20_000, "jobs": 2, "one_s": 60.0, "several_s": 33.3, "gain": 1.8}
    assert ("2 jobs of 1, 20,000 visits", "1.80 (60 s, 33 s)", ">= 1.6 with 2") in [*lines({**FIGURES, "jobs": jobs})]


def test_benchmark_measures_all(tiny_model, monkeypatch):
    monkeypatch.setattr(speed, "ROUNDS", 1)
    monkeypatch.setattr(speed, "_encoder", lambda: None)
    monkeypatch.setattr(speed, "_run", lambda command, stdin: "[1.0, 2.0, 3.0, 4.0]")
    figures = measure_all(tiny_model, sample_visits()[:2])
    assert figures["words"] == sum(len(turn.text.split()) for visit in sample_visits()[:2] for turn in visit.turns)
    assert figures["memory_mb"] == [1.0, 2.0, 3.0, 4.0]
    assert figures["speed"]["jsonl_of_blank"] > 0
    json.dumps(figures)
    assert all(len(row) == 3 for row in lines(figures))


def test_benchmark_jobs_are_timed_on_as_many_visits_as_asked(monkeypatch):
    runs = []
    monkeypatch.setattr(speed, "_run", lambda command, stdin: runs.append(command))
    figures = speed.measure_jobs(sample_visits()[:2], 2, n_visits=5)
    assert (figures["visits"], figures["jobs"]) == (5, 2)
    assert [run[-1] for run in runs] == ["1", "2"]
    assert not any("--model" in run for run in runs)


def test_benchmark_jobs_are_timed_with_the_model_that_is_measured(monkeypatch):
    runs = []
    monkeypatch.setattr(speed, "_run", lambda command, stdin: runs.append(command))
    speed.measure_jobs(sample_visits()[:2], 2, "some_model", n_visits=2)
    assert [run[run.index("--model") + 1] for run in runs] == ["some_model", "some_model"]


def test_benchmark_sample_visits_are_scored(tiny_model):
    assert tiny_model.score(sample_visits()[0]).status == "scored"
