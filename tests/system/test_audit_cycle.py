"""The whole way round: an audit of a model, a model trained on its corrections, and what they brought."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from alliance_nlp.audit import decisions, reviews
from alliance_nlp.audit.collect import read_reviews
from alliance_nlp.audit.export import export_corrections
from alliance_nlp.audit.new import new_audit
from alliance_nlp.audit.report import make_report
from alliance_nlp.audit.store import open_store
from alliance_nlp.audit.tables import SampledVisit
from alliance_nlp.errors import BadAudit
from alliance_nlp.folder import read_meta
from alliance_nlp.records import PARTS, Visit
from alliance_nlp.train.run import train
from alliance_nlp.train.sentences import overlaps

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture
def parted(tmp_path, training_golds):
    """A data folder to train on, and a clinic's visits that are not in it, with the gold of both."""
    own = {gold.visit.visit_id for gold in training_golds}
    lines = {
        record["visit_id"]: record
        for path in sorted((CORPUS / "rehab").glob("*.jsonl"))
        for record in map(json.loads, path.read_text("utf-8").splitlines())
    }
    parts = {"data/rehab/some.jsonl": own, "visits.jsonl": sorted(set(lines) - own)[:40]}
    for name, ids in parts.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        bare = path.name == "visits.jsonl"
        records = [Visit.model_validate(lines[each]).model_dump(mode="json") if bare else lines[each] for each in ids]
        path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return tmp_path, lines


def review(session, visit, reviewer, gold):
    """Rate and code a visit as its gold does."""
    note = gold["kind"] == "note"
    codes = [
        (code, None if note else turn, start, end)
        for turn, holder in enumerate([gold] if note else gold["turns"])
        for code, start, end in holder["codes"]
    ]
    for part in PARTS:
        reviews.rate(session, visit, reviewer, part, gold["ratings"][part], version=0)
    reviews.reveal(session, visit, reviewer)
    pieces = visit.report.evidence
    for index, piece in enumerate(pieces):
        same = [
            overlaps((piece.start, piece.end), at)
            for code, turn, *at in codes
            if (code, turn) == (piece.code, piece.turn)
        ]
        decisions.decide(session, visit, reviewer, index, "accept" if any(same) else "reject", version=0)
    for code, turn, start, end in codes:
        if not any((piece.code, piece.turn) == (code, turn) for piece in pieces):
            decisions.add_evidence(session, visit, reviewer, code, turn, start, end)
    reviews.finish(session, visit, reviewer)


def test_audit_corrections_train_a_model_that_is_measured_on_what_was_kept_back(parted):
    folder, gold = parted
    before = train([folder / "data"], folder / "en_alliance-0.0.1", figures=False)
    new_audit(folder / "audit.db", folder / "visits.jsonl", model=before, n=36, seed=2)
    with closing(open_store(folder / "audit.db")) as store:
        with store.writing() as session:
            reviewer = reviews.add_reviewer(session, "Dana")
            for visit in session.scalars(select(SampledVisit)):
                try:
                    review(session, visit, reviewer, gold[visit.visit_id])
                except BadAudit as error:  # gold of an older ruling
                    assert "not for the role" in str(error)  # noqa: PT017
        with store.reading() as session:
            found = read_reviews(session)
    done = export_corrections(found, folder / "corrections.jsonl", keep_back=0.3)
    assert done.kept_back > 3
    after = train([folder / "data"], folder / "en_alliance-0.0.2", add=[folder / "corrections.jsonl"], figures=False)
    assert read_meta(folder / "en_alliance-0.0.2")["added"]["visits"] == done.visits
    compared = make_report(found, models=(before, after)).before_after
    assert (compared.visits, compared.left_out) == (done.kept_back, done.visits)
    assert all(each.before.value is not None and each.after.value is not None for each in compared.figures)
