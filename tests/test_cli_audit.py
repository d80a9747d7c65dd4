import json
import sys
from contextlib import closing

import pytest
from audit_clinic import make_audit
from sqlalchemy import select
from stand_in import make_visit

from alliance_nlp.audit.store import open_store
from alliance_nlp.audit.tables import Audit, LogEntry, SampledVisit
from alliance_nlp.estimate import EstimatorWeights, PartWeights
from alliance_nlp.interval import Spread
from alliance_nlp.records import PARTS

VALUES = [1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 2.0]
RATINGS = [1, 2, 3, 3, 4, 4, 5, 1]


@pytest.fixture
def visits(tmp_path):
    """Forty visits of two providers, in a folder."""
    folder = tmp_path / "visits"
    folder.mkdir()
    lines = [
        make_visit(f"v{n}").model_copy(update={"date": f"2026-0{1 + n % 3}-05"}).model_dump_json() for n in range(40)
    ]
    (folder / "some.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def rows(path, table):
    with closing(open_store(path)) as store, store.reading() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def test_cli_audit_new_scores_visits_and_draws(alliance, visits, tmp_path):
    path = tmp_path / "audit.db"
    run = alliance("audit", "new", path, "--from", visits, "--n", 10, "--seed", 3)
    assert (run.code, run.out) == (0, "")
    assert "drew 10 of 40 visits (" in run.err
    drawn = rows(path, SampledVisit)
    assert [each.place for each in drawn] == list(range(1, 11))
    assert {each.month for each in drawn} == {"2026-01", "2026-02", "2026-03"}
    assert all(each.units and each.report.evidence for each in drawn)
    assert rows(path, LogEntry)[0].detail == {"seed": 3, "sampled": 10, "population": 40}
    assert rows(path, Audit)[0].model == "stand_in-1"


def test_cli_audit_new_draws_the_same_from_scores_as_from_visits(alliance, visits, tmp_path):
    scores = tmp_path / "scores.jsonl"
    alliance("score", visits, "-o", scores)
    alliance("audit", "new", tmp_path / "a.db", "--from", visits, "--n", 10)
    run = alliance("audit", "new", tmp_path / "b.db", "--from", scores, "--visits", visits, "--n", 10)
    assert run.code == 0
    a, b = (rows(tmp_path / name, SampledVisit) for name in ("a.db", "b.db"))
    assert [(each.visit_id, each.weight, each.why, each.report) for each in a] == [
        (each.visit_id, each.weight, each.why, each.report) for each in b
    ]


def test_cli_audit_new_says_which_visits_have_no_report(alliance, visits, tmp_path):
    scores = tmp_path / "scores.jsonl"
    alliance("score", visits, "-o", scores)
    scores.write_text("".join(scores.read_text().splitlines(keepends=True)[:15]))
    run = alliance("audit", "new", tmp_path / "a.db", "--from", scores, "--visits", visits)
    assert f"visits without a report in {scores}, which the sample does not stand for: 25" in run.err
    assert "drew 15 of 15 visits" in run.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "scores.jsonl"], "reports hold no transcripts; say with --visits where"),
        (["--from", "visits", "--visits", "visits"], "it goes with reports"),
        (["--from", "nowhere"], "there is no such file or folder"),
        (["--from", "other.jsonl", "--visits", "visits"], "it is no report"),
        (["--from", "changed.jsonl", "--visits", "visits"], "its report is of other words than the visit"),
        (["--from", "empty.txt"], "empty.txt"),
    ],
)
def test_cli_audit_new_names_what_is_wrong(alliance, visits, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    alliance("score", visits, "-o", "scores.jsonl")
    (tmp_path / "other.jsonl").write_text('{"status": "scored"}\n')
    (tmp_path / "changed.jsonl").write_text((tmp_path / "scores.jsonl").read_text().replace("climb", "walk-"))
    (tmp_path / "empty.txt").write_text("")
    run = alliance("audit", "new", "a.db", *arguments)
    assert run.code == 2
    assert said in run.err
    assert not (tmp_path / "a.db").exists()


def test_cli_audit_new_leaves_an_audit_that_is_there_alone(alliance, visits, tmp_path):
    path = tmp_path / "a.db"
    path.write_bytes(b"mine")
    run = alliance("audit", "new", path, "--from", visits)
    assert (run.code, path.read_bytes()) == (2, b"mine")
    assert "there is such a file already" in run.err


def test_cli_audit_new_goes_on_past_what_cannot_be_read(alliance, visits, tmp_path):
    (visits / "bad.json").write_text("")
    run = alliance("audit", "new", tmp_path / "a.db", "--from", visits, "--n", 5)
    assert run.code == 3
    assert "bad.json" in run.err
    assert "drew 5 of 40" in run.err


def test_cli_audit_report_is_printed_or_written(alliance, tmp_path):
    path = make_audit(tmp_path, VALUES, {"Dana": RATINGS})
    run = alliance("audit", "report", path)
    assert run.code == 0
    assert "Dana rated 8 of the 8 visits" in run.out
    run = alliance("audit", "report", path, "-o", tmp_path / "r.json", "--last", path)
    assert "Since the last audit nothing has moved" in run.err
    assert json.loads((tmp_path / "r.json").read_text())["reviewed"] == 8


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "r.docx"], "end the name in .html, .json or .txt"),
        (["--before", "m"], "give both models"),
        (["--last", "none.db"], "there is no such file"),
    ],
)
def test_cli_audit_report_names_what_is_wrong(alliance, tmp_path, arguments, said):
    run = alliance("audit", "report", make_audit(tmp_path, VALUES, {"Dana": RATINGS}), *arguments)
    assert run.code == 2
    assert said in run.err


def test_cli_audit_export_writes_training_data(alliance, tmp_path):
    path = make_audit(tmp_path, VALUES, {"Dana": RATINGS})
    out = tmp_path / "corrections.jsonl"
    run = alliance("audit", "export", path, "-o", out, "--keep-back", 0)
    assert run.code == 0
    assert f"wrote 8 visits, 8 with codes and 8 with ratings, to {out}" in run.err
    assert len(out.read_text().splitlines()) == 8


def test_cli_audit_calibrate_is_applied_by_score(alliance, stand_in_model, visits, tmp_path):
    part = PartWeights(base=3, terms=(), spread=Spread(usual=1))
    weights = EstimatorWeights(parts=dict.fromkeys(PARTS, part), alliance_spread=Spread(usual=1), strong=(4.0, -14.0))
    stand_in_model.estimator = {"transcript": weights, "note": weights}
    path = make_audit(tmp_path, [2.5] * 31, {"Dana": [3] * 31}, model="stand_in-1")
    clinic = tmp_path / "clinic.json"
    run = alliance("audit", "calibrate", path, "-o", clinic)
    assert run.code == 0
    assert "transcripts, goal: shifted by +0.50; the leave-one-out error falls from 0.50 to 0.00 points" in run.err
    run = alliance("score", visits, "-o", tmp_path / "out.jsonl", "--calibration", clinic)
    report = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])
    assert (run.code, report["scores"]["goal"]["value"], report["scores"]["task"]["value"]) == (0, 3.9, 2.5)
    assert "shifted to the clinic's own use of the scale" in report["warnings"][0]
    run = alliance("score", visits, "--calibration", clinic)
    assert "3.9 (3.3-4.6)" in run.out


def test_cli_audit_calibrate_says_where_thirty_are_missing(alliance, tmp_path):
    path = make_audit(tmp_path, VALUES, {"Dana": RATINGS}, model="stand_in-1")
    run = alliance("audit", "calibrate", path, "-o", tmp_path / "clinic.json")
    assert run.code == 2
    assert "8 visits of a kind have both a rating and a score, and a calibration takes 30" in run.err


def test_cli_score_names_a_calibration_for_another_model(alliance, visits, tmp_path):
    clinic = tmp_path / "clinic.json"
    clinic.write_text('{"model": "en_other-1", "kinds": {}}')
    for output in ([], ["-o", tmp_path / "out.jsonl"]):
        run = alliance("score", visits, "--calibration", clinic, *output)
        assert run.code == 2
        assert "it is for en_other-1, and these scores are of stand_in-1" in run.err


def test_cli_audit_new_remembers_what_the_model_has_learned_from(alliance, stand_in_model, visits, tmp_path):
    from alliance_nlp.corpus.gold import GoldVisit

    stand_in_model.meta = {"seen": [GoldVisit(make_visit(), "any").sha256()]}
    alliance("audit", "new", tmp_path / "a.db", "--from", visits, "--n", 4)
    assert rows(tmp_path / "a.db", Audit)[0].design["learned_from"] == 4


def test_cli_audit_without_its_packages_says_how_to_get_them(alliance, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    run = alliance("audit", "report", tmp_path / "a.db")
    assert run.code == 2
    assert "pip install 'alliance_nlp[audit]'" in run.err
