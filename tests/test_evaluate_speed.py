"""Speed, start and memory."""

import json

from alliance_nlp.evaluate import speed
from alliance_nlp.evaluate.speed import measure_memory, measure_speed, measure_start


def test_evaluate_speed_is_told_against_a_blank_pipeline(tiny_model, corpus_golds, monkeypatch):
    monkeypatch.setattr(speed, "ROUNDS", 1)
    monkeypatch.setattr(speed, "_encoder", lambda: None)
    figures = measure_speed(tiny_model, [corpus_golds[0].visit])
    assert 0 < figures["of_blank"] < 1
    assert figures["words_per_s"] > 0
    assert figures["of_minilm"] is None


def test_evaluate_speed_an_encoder_is_timed_where_there_is_one(tiny_model, corpus_golds, monkeypatch):
    monkeypatch.setattr(speed, "ROUNDS", 1)
    monkeypatch.setattr(speed, "_encoder", lambda: len)
    assert measure_speed(tiny_model, [corpus_golds[0].visit])["of_minilm"] > 0


def test_evaluate_speed_a_first_score_is_taken_in_fresh_processes(corpus_golds, monkeypatch):
    commands = []
    monkeypatch.setattr(speed, "_run", lambda command, stdin: commands.append((command, stdin)) or "")
    figures = measure_start(corpus_golds[0].visit)
    assert set(figures) == {"first_s", "of_blank", "help_s"}
    scored = [stdin for command, stdin in commands if "score" in command[-1]]
    assert len(scored) == speed.ROUNDS + 1
    assert json.loads(scored[0])["visit_id"] == corpus_golds[0].visit.visit_id


def test_evaluate_speed_memory_is_flat(corpus_golds):
    visits = [gold.visit for gold in corpus_golds if gold.split == "train"][:4]
    peaks = measure_memory(visits)
    assert len(peaks) == 4
    assert peaks == sorted(peaks)
    assert peaks[-1] <= 600
    assert peaks[-1] - peaks[1] < 5


def test_evaluate_speed_of_a_folder_is_of_its_model(monkeypatch):
    commands = []
    monkeypatch.setattr(speed, "_run", lambda command, stdin: commands.append(command) or "[1.0]")
    speed.measure_memory([], "en_other-1.0")
    speed.measure_memory([])
    assert [command[3:] for command in commands] == [["en_other-1.0"], []]
