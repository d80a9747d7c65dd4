import json

import pytest
from audit_clinic import PRAISE, make_audit, reviews_of
from stand_in import WANT

from alliance_nlp.audit import decisions
from alliance_nlp.audit.export import corrected, export_corrections, is_kept_back
from alliance_nlp.corpus.added import read_added
from alliance_nlp.records import Visit

VALUES = [2.0, 3.0, 4.0]


def codes_of(path, at=0):
    return list(corrected(reviews_of(path)))[at].codes


def test_export_is_what_train_add_takes(tmp_path):
    audit = make_audit(tmp_path, VALUES, {"Dana": [1, 3, 5]})
    out = tmp_path / "corrections.jsonl"
    done = export_corrections(reviews_of(audit), out, keep_back=0)
    golds = read_added([out])
    assert (done.visits, done.coded, done.rated, done.kept_back, done.without) == (3, 3, 3, 0, 0)
    assert [gold.visit.visit_id for gold in golds] == ["v0", "v1", "v2"]
    assert golds[0].ratings == {"goal": 1, "task": 1, "bond": 1}
    assert golds[0].codes == (("goal_state", 1, 0, len(WANT)), ("affirm", 2, 0, len(PRAISE)))
    assert all(gold.coded for gold in golds)


def test_export_keeps_what_was_left_alone_and_drops_what_was_refused(tmp_path):
    def left_alone(session, visit, reviewer):
        decisions.decide(session, visit, reviewer, 0, None, version=1)

    path = make_audit(tmp_path, VALUES, {"Dana": [1, 3, 5]}, review=left_alone)
    assert [code for code, *_ in codes_of(path)] == ["directive", "goal_state", "affirm"]


def test_export_takes_what_was_added_once(tmp_path):
    def add(session, visit, reviewer):
        for start in (0, 1):
            decisions.add_evidence(session, visit, reviewer, "task_elicit", 0, start, 17)
        taken = decisions.add_evidence(session, visit, reviewer, "empathy", 0, 0, 17)
        decisions.take_back(session, visit, reviewer, taken.id, version=taken.version)

    path = make_audit(tmp_path, VALUES, {"Dana": [1, 3, 5]}, review=add)
    assert codes_of(path)[0] == ("task_elicit", 0, 0, 17)
    assert [code for code, *_ in codes_of(path)] == ["task_elicit", "goal_state", "affirm"]


def test_export_lets_stand_what_half_of_the_reviewers_do(tmp_path):
    def bo_and_cy_accept(session, visit, reviewer):
        if reviewer.name in ("Bo", "Cy"):
            decisions.decide(session, visit, reviewer, 0, "accept", version=1)

    ratings = {"Ann": [1, None, None], "Bo": [1, 1, None], "Cy": [2, None, None], "Di": [2, 1, None]}
    path = make_audit(tmp_path, VALUES, ratings, review=bo_and_cy_accept)
    assert "directive" in [code for code, *_ in codes_of(path)]
    assert "directive" in [code for code, *_ in codes_of(path, 1)]
    assert next(corrected(reviews_of(path))).ratings["goal"] == 2  # 1.5, halves up


def test_export_of_an_unfinished_visit_is_its_ratings_alone(tmp_path):
    out = tmp_path / "c.jsonl"
    done = export_corrections(
        reviews_of(make_audit(tmp_path, VALUES, {"Dana": [1, 3, None]}, finish=False)), out, keep_back=0
    )
    assert (done.visits, done.coded, done.rated) == (2, 0, 2)
    assert "codes" not in out.read_text()
    assert not read_added([out])[0].coded


def test_export_leaves_out_what_is_neither_finished_nor_rated(tmp_path):
    path = make_audit(tmp_path, VALUES, {"Dana": [1, 0, 5]}, finish=False)
    assert export_corrections(reviews_of(path), tmp_path / "c.jsonl", keep_back=0)[:3] == (2, 0, 2)
    assert export_corrections(reviews_of(path), tmp_path / "c.jsonl", keep_back=0).without == 1


def test_export_of_a_note_codes_its_text(tmp_path):
    from audit_clinic import report_of

    from alliance_nlp.records import Evidence

    note = Visit(visit_id="v0", text="Goal: walk to the shop. Agreed.")
    evidence = (Evidence(code="directive", turn=None, start=0, end=5, text=None, p=0.5, why="coder"),
                Evidence(code="goal_state", turn=None, start=6, end=22, text=None, p=0.9, why="coder"))  # fmt: skip
    report = report_of("v0", 3.0, kind="note", evidence=evidence)
    columns = {"kind": "note", "visit_json": note.model_dump_json(), "report_json": report.model_dump_json()}
    path = make_audit(tmp_path, [3.0], {"Dana": [4]}, change=lambda n: {**columns, "units": []})
    out = tmp_path / "c.jsonl"
    export_corrections(reviews_of(path), out, keep_back=0)
    assert json.loads(out.read_text())["codes"] == [["goal_state", 6, 22]]
    assert read_added([out])[0].codes == (("goal_state", 0, 6, 22),)


def test_export_keeps_back_the_same_patients_every_time(tmp_path):
    reviews = reviews_of(make_audit(tmp_path, [3.0] * 40, {"Dana": [3] * 40}))
    first, second = (export_corrections(reviews, tmp_path / name, keep_back=0.3) for name in ("a.jsonl", "b.jsonl"))
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    assert 4 <= first.kept_back == second.kept_back <= 20


@pytest.mark.parametrize("seed", range(5))
def test_export_keeps_visits_of_one_patient_together(seed):
    visits = [Visit(visit_id=f"v{n}", patient={"id": "p1"}, text="x") for n in range(6)]
    assert len({is_kept_back(visit, seed, 0.5) for visit in visits}) == 1
