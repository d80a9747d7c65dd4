from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from stand_in import StandInModel, make_visit

from alliance_nlp.batch import run
from alliance_nlp.batch.crew import check_crew, hire
from alliance_nlp.batch.find import Found, Place
from alliance_nlp.batch.inputs import Content, Input
from alliance_nlp.batch.outcome import Failure
from alliance_nlp.batch.run import look_ahead, score_by, score_here
from alliance_nlp.batch.task import Item, Task, loaded, score_item, score_items
from alliance_nlp.errors import BadModel, BadOption, RunStopped

TASK = Task(("jsonl",))


class Died(Exception):
    """What the stand-in for a broken pool raises."""


class Gone(Exception):
    """What the stand-in for a lost cluster raises."""


class Threads:
    """A crew whose workers die over visits that say so, and take with them what is on its way, as processes do."""

    lost = (Died,)
    gone = (Gone,)
    width = 2

    def __init__(self, deaths=10**9):
        self.deaths, self.renewed, self.most, self.broken = deaths, 0, 0, False
        self.futures = []
        self.pool = ThreadPoolExecutor(2)

    def submit(self, items, task):
        if self.broken:
            raise Died
        future = Future()
        said = " ".join(turn.text for item in items for turn in item.visit.turns)
        if "GONE" in said:
            future.set_exception(Gone())
        elif "DIE" in said and self.deaths > 0:
            self.deaths -= 1
            self.broken = True
            future.set_exception(Died())
        else:
            future = self.pool.submit(lambda: [score_item(item, StandInModel(), task) for item in items])
        self.futures = [future] + [each for each in self.futures if not each.done()]
        self.most = max(self.most, len(self.futures))
        return future

    def renew(self):
        self.renewed += 1
        self.broken = False


@pytest.fixture
def crew():
    crew = Threads()
    yield crew
    crew.pool.shutdown()


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(run, "BATCH_VISITS", 3)


def found(*words):
    file = Input("a.jsonl", 1, 0)
    for n, said in enumerate(words):
        visit = make_visit(f"v{n}", said)
        what = Failure("a.jsonl", None, "UnreadableFile", "bad") if said == "BAD" else visit
        yield Found(Place(0, n), what, "a.jsonl", visit.visit_id, file, Content("", None), 0)


def told(done):
    return [outcome.rendered if not isinstance(outcome, Failure) else outcome for _, outcome in done]


def test_batch_crew_gives_what_one_process_gives_in_the_same_order(crew):
    words = ["a", "BAD", "c", "REFUSE", "FAIL", *"fghijklmnopqrstuvwxyz"]
    assert told(score_by(crew, found(*words), TASK)) == told(score_here(found(*words), StandInModel(), TASK))


def test_batch_crew_reads_ahead_by_a_bound(crew):
    read = 0

    def reading():
        nonlocal read
        for each in found(*("x" * 300)):
            read += 1
            yield each

    done = score_by(crew, reading(), TASK)
    next(done)
    assert read <= run.AHEAD * crew.width * 3


def test_batch_crew_a_death_costs_a_second_try(crew):
    crew.deaths = 1
    words = ["a"] * 4 + ["DIE"] + ["b"] * 30
    assert told(score_by(crew, found(*words), TASK)) == told(score_here(found(*words), StandInModel(), TASK))
    assert crew.renewed == 1


def test_batch_crew_a_visit_that_kills_its_worker_fails_alone(crew):
    words = ["a"] * 4 + ["DIE of my secret"] + ["b"] * 30
    outcomes = [outcome for _, outcome in score_by(crew, found(*words), TASK)]
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    assert [(each.visit_id, each.error) for each in failures] == [("v4", "WorkerDied")]
    assert "secret" not in failures[0].message
    assert len(outcomes) == 35


def test_batch_crew_stops_where_every_worker_dies(crew):
    with pytest.raises(RunStopped, match="--jobs 1"):
        list(score_by(crew, found(*["DIE"] * 40), TASK, "out.csv"))


def test_batch_crew_out_of_reach_stops_the_run(crew):
    with pytest.raises(RunStopped, match=r"out\.csv: .*out of reach.*--resume"):
        list(score_by(crew, found("a", "GONE"), TASK, "out.csv"))


def test_batch_crew_is_not_started_for_little():
    again, enough = look_ahead(found("a", "b"), break_even=10_000)
    assert not enough
    assert len(list(again)) == 2


def test_batch_crew_look_ahead_takes_no_more_than_it_needs():
    coming = found(*("word " * 10 for _ in range(100)))
    again, enough = look_ahead(coming, break_even=200)
    assert enough
    assert next(coming).place.number < 10
    assert next(again).place.number == 0


def test_batch_crew_worker_refuses_another_model(monkeypatch, stand_in_model):
    loaded.cache_clear()
    try:
        with pytest.raises(BadModel, match="a worker has another one"):
            score_items([Item(make_visit(), "a.jsonl", None)], Task(("jsonl",), sha256="f" * 64))
    finally:
        loaded.cache_clear()


def test_batch_crew_worker_loads_its_model_once(monkeypatch, stand_in_model):
    loaded.cache_clear()
    try:
        for _ in range(2):
            score_items([Item(make_visit(), "a.jsonl", None)], TASK)
        assert loaded.cache_info().misses == 1
    finally:
        loaded.cache_clear()


def test_batch_crew_is_wanted_for_jobs_or_a_cluster():
    assert not check_crew(1, None, dask=False)
    assert check_crew(2, None, dask=False)
    assert check_crew(1, None, dask=True)
    with pytest.raises(BadOption, match="--jobs 2: a cluster has its own workers"):
        check_crew(2, "tcp://a:1", dask=False)


def test_batch_crew_dask_needs_an_address(monkeypatch):
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    with pytest.raises(BadOption, match="set DASK_SCHEDULER_ADDRESS"):
        hire(1, None, dask=True)
