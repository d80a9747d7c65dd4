"""Tests of an audit's store that hold on every database: collected by test files that define ``address``, the address
of an empty database."""

import threading

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from stand_in import WANT, make_report, make_visit

from alliance_nlp.audit import decisions, reviews
from alliance_nlp.audit.store import create_store, open_store
from alliance_nlp.audit.tables import SCHEMA_VERSION, Audit, BlindUnit, Comment, LogEntry, Rating, SampledVisit
from alliance_nlp.errors import BadAudit, BadOffsets, ChangedMeanwhile


def sampled(place=1, visit_id="v1", **changes):
    """A sampled visit with one random turn, that of `WANT`."""
    visit, report = make_visit(visit_id), make_report(visit_id)
    fields = {"weight": 2.0, "why": "core", "kind": "transcript", "words": 11, "band": "fair", **changes}
    unit = BlindUnit(turn=1, start=0, end=len(WANT), weight=2.0)
    return SampledVisit(
        place=place,
        visit_id=visit_id,
        visit_json=visit.model_dump_json(),
        report_json=report.model_dump_json(),
        units=[unit],
        **fields,
    )


def audit_row():
    return Audit(schema_version=SCHEMA_VERSION, created_at=reviews.now(), model="m", seed=1, population=4, design={})


@pytest.fixture
def store(address):
    """An audit of two visits."""
    store = create_store(address)
    with store.writing() as session:
        session.add_all([audit_row(), sampled(), sampled(2, "v2")])
    yield store
    store.close()


@pytest.fixture
def act(store):
    """Runs a function of `reviews` or `decisions` on the first visit for a reviewer, in a session of its own."""

    def run(function, *arguments, who="Dana", **keywords):
        with store.writing() as session:
            visit = session.scalars(select(SampledVisit).order_by(SampledVisit.place)).first()
            reviewer = reviews.add_reviewer(session, who)
            if function is reviews.code_unit:
                arguments = (visit.units[0], *arguments)
            return function(session, visit, reviewer, *arguments, **keywords)

    return run


@pytest.fixture
def shown(act):
    """The first visit was rated by Dana, who sees the tool's view now."""
    for part in ("goal", "task", "bond"):
        act(reviews.rate, part, 3, version=0)
    act(reviews.reveal)


def rows(store, table):
    with store.reading() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def test_store_keeps_visit_and_report_as_they_were(store):
    kept = rows(store, SampledVisit)[0]
    assert (kept.visit, kept.report) == (make_visit("v1"), make_report("v1"))


def test_store_opens_what_was_made(store, address):
    again = open_store(address)
    assert [visit.visit_id for visit in rows(again, SampledVisit)] == ["v1", "v2"]
    again.close()


def test_store_makes_no_second_audit_in_one_database(store, address):
    with pytest.raises(BadAudit, match="already"):
        create_store(address)


def test_store_drops_what_an_error_interrupts(store):
    with pytest.raises(BadAudit), store.writing() as session:
        [reviews.add_reviewer(session, name) for name in ("Dana", "  ")]
    assert rows(store, LogEntry) == []


def test_reviews_a_rating_changes_with_its_version(act, store):
    first = act(reviews.rate, "goal", 3, version=0)
    second = act(reviews.rate, "goal", 5, version=first.version)
    assert [(rating.value, rating.version) for rating in rows(store, Rating)] == [(5, second.version)]


def test_reviews_a_stale_rating_overwrites_nothing(act, store):
    first = act(reviews.rate, "goal", 3, version=0)
    act(reviews.rate, "goal", 5, version=first.version)
    for version in (0, first.version):
        with pytest.raises(ChangedMeanwhile):
            act(reviews.rate, "goal", 1, version=version)
    assert [rating.value for rating in rows(store, Rating)] == [5]


def test_reviews_saving_twice_is_saving_once(act, store):
    act(reviews.rate, "goal", 3, version=0)
    act(reviews.rate, "goal", 3, version=0)
    assert [entry.what for entry in rows(store, LogEntry)].count("rate") == 1


def test_reviews_two_reviewers_have_ratings_of_their_own(act, store):
    act(reviews.rate, "goal", 3, version=0)
    act(reviews.rate, "goal", 5, version=0, who="Lee")
    assert [rating.value for rating in rows(store, Rating)] == [3, 5]


@pytest.mark.parametrize("value", [0, 6, 2.5, True, "3"])
def test_reviews_a_rating_is_a_whole_number_on_the_scale(act, value):
    with pytest.raises(BadAudit, match="from 1 to 5"):
        act(reviews.rate, "goal", value, version=0)


def test_reviews_a_part_may_be_unratable(act, store):
    act(reviews.rate, "goal", None, version=0)
    assert [rating.value for rating in rows(store, Rating)] == [None]


def test_reviews_the_tool_is_hidden_until_all_is_rated(act):
    act(reviews.rate, "goal", 3, version=0)
    with pytest.raises(BadAudit, match="task is not rated"):
        act(reviews.reveal)
    with pytest.raises(BadAudit, match="not rated blind"):
        act(decisions.decide, 0, "accept", version=0)


def test_reviews_blind_ratings_stand_fast_once_the_tool_is_shown(act, shown):
    with pytest.raises(BadAudit, match="stand fast"):
        act(reviews.rate, "goal", 5, version=1)
    with pytest.raises(BadAudit, match="stand fast"):
        act(reviews.code_unit, [("goal_state", 0, 6)], version=0)


def test_reviews_a_unit_is_coded_blind(act):
    empty = act(reviews.code_unit, [], version=0)
    coded = act(reviews.code_unit, [("goal_state", 0, 6)], version=empty.version)
    assert (empty.codes, coded.codes) == ([], [["goal_state", 0, 6]])


def test_reviews_a_code_is_for_who_speaks_and_within_the_unit(act):
    with pytest.raises(BadAudit, match="not for the role patient"):
        act(reviews.code_unit, [("empathy", 0, 6)], version=0)
    with pytest.raises(BadAudit, match="no such code"):
        act(reviews.code_unit, [("kindness", 0, 6)], version=0)
    with pytest.raises(BadOffsets):
        act(reviews.code_unit, [("goal_state", 0, 999)], version=0)


def test_decisions_are_made_changed_and_taken_back(act, shown):
    accepted = act(decisions.decide, 0, "accept", version=0)
    rejected = act(decisions.decide, 0, "reject", version=accepted.version)
    nothing = act(decisions.decide, 0, None, version=rejected.version)
    assert (accepted.code, rejected.action, nothing.standing) == ("goal_state", "reject", False)
    with pytest.raises(ChangedMeanwhile):
        act(decisions.decide, 0, "accept", version=accepted.version)
    with pytest.raises(BadAudit, match="no evidence 7"):
        act(decisions.decide, 7, "accept", version=0)


def test_decisions_evidence_is_added_once_and_taken_back(act, shown):
    added = act(decisions.add_evidence, "affirm", 0, 0, 3)
    assert act(decisions.add_evidence, "affirm", 0, 0, 3).id == added.id
    assert not act(decisions.take_back, added.id, version=added.version).standing
    assert act(decisions.add_evidence, "affirm", 0, 0, 3).standing
    with pytest.raises(BadAudit, match="no such added"):
        act(decisions.take_back, added.id, version=1, who="Lee")
    with pytest.raises(BadOffsets):
        act(decisions.add_evidence, "affirm", None, 0, 3)


def test_reviews_a_comment_loses_nothing_but_null_characters(act, store):
    act(reviews.comment, "Ä\0 <b>\r\n😀", version=0)
    assert [each.text for each in rows(store, Comment)] == ["Ä <b>\n😀"]


def test_reviews_finishing_comes_after_the_tools_view(act, store):
    with pytest.raises(BadAudit, match="not rated blind"):
        act(reviews.finish)
    for part in ("goal", "task", "bond"):
        act(reviews.rate, part, 3, version=0)
    act(reviews.reveal)
    assert act(reviews.finish).finished_at
    assert [entry.what for entry in rows(store, LogEntry)] == [
        "reviewer", "begin", "rate", "rate", "rate", "reveal", "finish",
    ]  # fmt: skip


def test_log_says_who_when_what(act, store):
    act(reviews.rate, "goal", 3, version=0)
    entry = rows(store, LogEntry)[-1]
    assert (entry.who, entry.what, entry.detail) == ("Dana", "rate", {"part": "goal", "was": None, "value": 3})
    assert entry.at.endswith("+00:00")


@pytest.mark.parametrize("change", [update(LogEntry).values(who="Lee"), delete(LogEntry)], ids=["update", "delete"])
def test_log_can_only_grow(act, store, change):
    act(reviews.rate, "goal", 3, version=0)
    before = [(entry.id, entry.who) for entry in rows(store, LogEntry)]
    with pytest.raises(DBAPIError, match="can only grow"), store.writing() as session:
        session.execute(change)
    assert [(entry.id, entry.who) for entry in rows(store, LogEntry)] == before


def test_store_refuses_rows_of_no_visit(store):
    with pytest.raises(IntegrityError), store.writing() as session:
        session.execute(text("INSERT INTO comment (visit_key, reviewer_key, text, version) VALUES (99, 99, 'x', 1)"))


def test_store_of_writers_at_once_one_wins_and_the_other_is_told(act, store):
    rating = act(reviews.rate, "goal", 3, version=0)
    gate, outcomes = threading.Barrier(8), []

    def save(value):
        gate.wait()
        try:
            act(reviews.rate, "goal", value, version=rating.version)
            outcomes.append(value)
        except ChangedMeanwhile:
            outcomes.append(None)

    threads = [threading.Thread(target=save, args=(1 + n % 2,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    final = rows(store, Rating)[0]
    assert final.version == rating.version + 1
    assert {value for value in outcomes if value} == {final.value}
    assert [entry.what for entry in rows(store, LogEntry)].count("rate") == 2


def test_store_writers_at_once_lose_nothing(act, store):
    threads = [threading.Thread(target=act, args=(reviews.comment, f"{n}"), kwargs={"version": 0, "who": f"r{n}"})
               for n in range(8)]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.text for each in rows(store, Comment)) == [str(n) for n in range(8)]
