"""A small clinic's audit, reviewed as a test wants it."""

from contextlib import closing
from pathlib import Path

from stand_in import WANT, make_report

from alliance_nlp.audit import decisions, reviews
from alliance_nlp.audit.collect import read_reviews
from alliance_nlp.audit.store import create_store
from alliance_nlp.audit.tables import SCHEMA_VERSION, Audit, BlindUnit, SampledVisit
from alliance_nlp.records import PARTS, Evidence, Score, Visit

PRAISE = "You stuck with it."


def visit_of(name, **changes):
    turns = [
        {"role": "provider", "text": f"How was the week, {name}?"},
        {"role": "patient", "text": WANT},
        {"role": "provider", "text": PRAISE},
    ]
    return Visit(**{"visit_id": name, "turns": turns, **changes})


def report_of(name, value, **changes):
    """A report with one score for all parts (None: abstained), a goal in turn 1 and an instruction in turn 0."""
    evidence = (
        Evidence(code="directive", turn=0, start=0, end=3, text=None, p=0.6, why="coder"),
        Evidence(code="goal_state", turn=1, start=0, end=len(WANT), text=None, p=0.9, why="coder"),
    )
    fields = {"model": "en_alliance-0.0.1", "evidence": evidence, "contributions": (), **changes}
    if value is None:
        return make_report(name, **fields, scores=None, status="abstained", abstained_because="too_short")
    scores = make_report().scores
    score = Score(value=value, low=max(1, value - 0.75), high=min(5, value + 0.75))
    whole = scores.alliance.model_copy(update=score.model_dump())
    return make_report(
        name, **fields, scores=scores.model_copy(update={**dict.fromkeys(PARTS, score), "alliance": whole})
    )


def make_audit(folder, values, ratings=(), *, model="en_alliance-0.0.1", finish=True, change=lambda n: {}, review=None):
    """The database of an audit.

    ``values``: the tool's score by visit; ``ratings``: by reviewer a list of ratings by visit, None where there is
    none, 0 where the visit cannot be rated; ``change(n)``: further columns of a visit;
    ``review(session, visit, reviewer)``: what is done after the view.
    """
    path = Path(folder) / "audit.db"
    with closing(create_store(path)) as store, store.writing() as session:
        session.add(Audit(schema_version=SCHEMA_VERSION, created_at="2026-05-04T10:00:00+00:00", model=model,
                          seed=1, population=len(values) * 2, design={}))  # fmt: skip
        rows = []
        for n, value in enumerate(values):
            visit, report = visit_of(f"v{n}"), report_of(f"v{n}", value)
            fields = {
                "weight": 2.0,
                "why": "core",
                "kind": "transcript",
                "words": 20 + n,
                "visit_json": visit.model_dump_json(),
                "report_json": report.model_dump_json(),
                **change(n),
            }
            units = [BlindUnit(turn=turn, start=0, end=len(visit.turns[turn].text), weight=1.5) for turn in (1, 2)]
            rows.append(SampledVisit(**{"place": n + 1, "visit_id": f"v{n}", "units": units, **fields}))
        session.add_all(rows)
        session.flush()
        for name, own in dict(ratings).items():
            reviewer = reviews.add_reviewer(session, name)
            for row, rating in zip(rows, own, strict=True):
                if rating is None:
                    continue
                for part in PARTS:
                    reviews.rate(session, row, reviewer, part, rating or None, version=0)
                blind = [("goal_state", 0, len(WANT))], [("affirm", 0, len(PRAISE))]
                for unit, codes in zip(row.units, blind, strict=False):
                    reviews.code_unit(session, row, reviewer, unit, codes, version=0)
                reviews.reveal(session, row, reviewer)
                decisions.decide(session, row, reviewer, 0, "reject", version=0)
                decisions.decide(session, row, reviewer, 1, "accept", version=0)
                if review:
                    review(session, row, reviewer)
                if finish:
                    reviews.finish(session, row, reviewer)
    return path


def reviews_of(path):
    """What `read_reviews` reads of a database."""
    from alliance_nlp.audit.store import open_store

    with closing(open_store(path)) as store, store.reading() as session:
        return read_reviews(session)
