"""The whole way with the default model: files in, reports out."""

import json

import pytest

from alliance_nlp import read_visits
from alliance_nlp.cli import main
from alliance_nlp.records import Visit, VisitReport

TALK = """\
Therapist: Hi Martha, good to see you again. How did the stairs go this week?
Patient: Better. I still hold the rail, but I went up twice without stopping.
Therapist: Twice without stopping, that took some work. What would you like to be able to do by the summer?
Patient: I want to get upstairs to my grandson's room and read to him at night.
Therapist: So reading to him in his own room is the one that counts. What do you think it will take to get there?
Patient: Stronger legs, I suppose. And not being scared on the way down.
Therapist: That fear makes sense after a fall. Shall we work on the way down together today, one step at a time?
Patient: Yes, I can do that. I could practise on the bottom step while the kettle boils.
Therapist: That is a good plan, and I am confident you will be up there by June. Message me on Thursday how it went.
Patient: I will. Thank you.
"""

BAD = {
    "empty.txt": b"",
    "binary.txt": bytes(range(256)) * 50,
    "utf16.txt": TALK.encode("utf-16"),
    "long_line.jsonl": b'{"visit_id": "long", "turns": "' + b"x" * 50_000_000 + b'"}\n',
    "captions.vtt": b"WEBVTT\n\n00:00.000 --> 00:02.000\nhow are the stairs\n",
    "turns.json": b'{"visit_id": "t", "turns": "none"}',
    "role.json": b'{"visit_id": "r", "turns": [{"role": "boss", "text": "Hello there."}]}',
    "short.txt": b"Therapist: Hi Martha.\n",
    "spanish.txt": (
        "Therapist: Buenos días, ¿cómo le ha ido con las escaleras esta semana?\n"
        "Patient: Mejor, gracias, pero todavía me duele la rodilla cuando bajo despacio.\n"
    ).encode()
    * 12,
    "nul.txt": b"Therapist: Hi\x00 there, how are you?\nPatient: Well.\n",
}


@pytest.fixture
def folder(tmp_path):
    visits = tmp_path / "visits"
    visits.mkdir()
    (visits / "good.txt").write_text(TALK * 2, encoding="utf-8")
    return visits


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as exit_:
        main([str(argument) for argument in arguments])
    return exit_.value.code or 0, *capsys.readouterr()


def reports_in(path):
    return [VisitReport.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_cli_end_to_end_scores_a_visit(capsys, folder, tmp_path):
    assert run(capsys, "score", folder, "-o", tmp_path / "out.jsonl")[0] == 0
    (report,) = reports_in(tmp_path / "out.jsonl")
    assert (report.visit_id, report.status) == ("good", "scored")
    assert 1 <= report.scores.goal.value <= 5
    assert report.evidence


def test_cli_end_to_end_evidence_fits_the_visit(capsys, folder, tmp_path):
    run(capsys, "score", folder, "-o", tmp_path / "out.jsonl")
    (visit,) = read_visits(folder)
    for evidence in reports_in(tmp_path / "out.jsonl")[0].evidence:
        assert visit.turns[evidence.turn].text[evidence.start : evidence.end] == evidence.text


def test_cli_end_to_end_scores_the_rest_of_a_bad_batch(capsys, folder, tmp_path):
    for name, content in BAD.items():
        (folder / name).write_bytes(content)
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    code, out, err = run(capsys, "score", nothing, folder, "-o", tmp_path / "out.jsonl")
    assert code == 3
    assert "Traceback" not in out + err
    reports = {report.visit_id: report for report in reports_in(tmp_path / "out.jsonl")}
    assert reports["good"].status == "scored"
    assert reports["short"].abstained_because == "too_short"
    assert reports["spanish"].abstained_because == "not_english"
    errors = [json.loads(line) for line in (tmp_path / "out.errors.jsonl").read_text(encoding="utf-8").splitlines()]
    assert str(nothing) in {error["source"] for error in errors}
    assert all(len(error["message"].splitlines()) == 1 for error in errors)
    told = {error["source"].rsplit("/", 1)[-1].split(".")[0] for error in errors} | set(reports)
    assert {name.split(".")[0] for name in BAD} <= told


def test_cli_end_to_end_warnings_of_the_reader_reach_the_report(capsys, folder, tmp_path):
    (folder / "good.txt").write_text(TALK.replace("Therapist", "Dana").replace("Patient", "Martha"), encoding="utf-8")
    run(capsys, "score", folder, "-o", tmp_path / "out.jsonl")
    (visit,) = read_visits(folder)
    assert visit.warnings
    assert set(visit.warnings) <= set(reports_in(tmp_path / "out.jsonl")[0].warnings)


def test_cli_end_to_end_gives_the_same_bytes_twice(capsys, folder, tmp_path):
    for name in ("a.jsonl", "b.jsonl"):
        run(capsys, "score", folder, "-o", tmp_path / name)
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_cli_end_to_end_explains_a_visit(capsys, folder):
    code, out, _ = run(capsys, "explain", folder / "good.txt")
    assert code == 0
    assert "](goal_" in out
    assert "What moved them" in out


def test_cli_end_to_end_refuses_a_folder_that_is_no_model(capsys, folder, tmp_path):
    code, _, err = run(capsys, "score", folder, "--model", tmp_path)
    assert code == 2
    assert len(err.splitlines()) == 1


def test_cli_end_to_end_takes_an_abstained_note(capsys, tmp_path):
    note = Visit(visit_id="n1", kind="note", text="Pt seen. Doing well.")
    (tmp_path / "n.json").write_text(note.model_dump_json(), encoding="utf-8")
    assert run(capsys, "score", tmp_path / "n.json")[0] == 0


def test_cli_end_to_end_writes_no_more_decimals_than_it_promises(capsys, folder, tmp_path):
    run(capsys, "score", folder, "-o", tmp_path / "out.jsonl")
    figures = []
    json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"), parse_float=lambda text: figures.append(text))
    assert figures
    assert [text for text in figures if round(float(text), 6) != float(text)] == []
