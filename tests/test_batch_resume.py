import json
import os
import re
import signal
import subprocess
import sys
import textwrap

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from runs import left_in, result, run, run_and_die, write_input
from stand_in import StandInModel

from alliance_nlp.batch import work
from alliance_nlp.batch.work import work_folder
from alliance_nlp.errors import RunRefused


class Cut(BaseException):
    """As Ctrl-C."""


class DyingModel(StandInModel):
    """Scores some visits and then is told to stop."""

    def __init__(self, visits):
        super().__init__()
        self.left = visits

    def score(self, visit, *, text=True):
        self.left -= 1
        if self.left < 0:
            raise Cut
        return super().score(visit, text=text)


@pytest.fixture
def visits(tmp_path):
    return write_input(tmp_path / "in")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(work, "CHUNK_VISITS", 3)


def cut_short(visits, output, after=8):
    with pytest.raises(Cut):
        run(visits, output, model=DyingModel(after))


@pytest.mark.parametrize(("suffix", "step"), [(".jsonl", 1), (".csv", 5), (".parquet", 7), (".sqlite", 7)])
def test_batch_resume_after_a_death_at_any_moment_gives_the_same(visits, tmp_path, suffix, step):
    whole, output = tmp_path / f"whole{suffix}", tmp_path / f"out{suffix}"
    run(visits, whole)
    deaths = 0
    for at in range(1, 200, step):
        died = run_and_die(visits, output, at)
        deaths += died
        run(visits, output, resume=True)
        assert result(output) == result(whole)
        assert not work_folder(output).exists()
        output.unlink()
        if not died:
            break
    assert deaths > 20 // step


def test_batch_resume_after_one_death_on_the_other_gives_the_same(visits, tmp_path):
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    run(visits, whole)
    for at in (9, 4, 12, 12, 12, 12, 2, 12):
        run_and_die(visits, output, at)
    run(visits, output, resume=True)
    assert result(output) == result(whole)


def test_batch_resume_scores_nothing_twice(visits, tmp_path):
    output = tmp_path / "out.csv"
    cut_short(visits, output)
    assert run(visits, output, resume=True) == 13 - 8


def test_batch_resume_does_not_touch_the_earlier_output_before_the_end(visits, tmp_path):
    output = tmp_path / "out.csv"
    output.write_text("precious")
    cut_short(visits, output)
    assert output.read_text() == "precious"


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(["journal", "jsonl", "errors", "ids", "digests"]), st.floats(0, 1), st.booleans())
def test_batch_resume_mistrusts_what_is_damaged(tmp_path_factory, small_chunks, name, share, cut):
    folder = tmp_path_factory.mktemp("damaged")
    visits, whole, output = write_input(folder / "in"), folder / "whole.jsonl", folder / "out.jsonl"
    run(visits, whole)
    cut_short(visits, output, after=11)
    file = work_folder(output) / name
    data = bytearray(file.read_bytes())
    place = int(share * (len(data) - 1))
    if cut:
        del data[place:]
    else:
        data[place] ^= 0x55
    file.write_bytes(data)
    run(visits, output, resume=True)
    assert result(output) == result(whole)


def test_batch_resume_with_nothing_to_resume_starts(visits, tmp_path):
    assert run(visits, tmp_path / "out.csv", resume=True) == 13


def test_batch_resume_is_offered_where_work_would_be_lost(visits, tmp_path):
    output = tmp_path / "out.csv"
    cut_short(visits, output)
    with pytest.raises(
        RunRefused, match=r"stopped \(visits done: \d+\); go on with --resume, or start anew with --restart"
    ):
        run(visits, output)
    assert run(visits, output, resume=False) == 13


def test_batch_resume_leaves_nothing_where_nothing_was_done(visits, tmp_path):
    cut_short(visits, tmp_path / "out.csv", after=0)
    assert left_in(tmp_path) == ["in"]


def grow(visits):
    with (visits / "a.jsonl").open("a") as file:
        file.write("\n")


def edit(visits):
    data, state = (visits / "a.jsonl").read_bytes(), (visits / "a.jsonl").stat()
    (visits / "a.jsonl").write_bytes(data.replace(b"climb 0 stairs", b"climb 9 stairs"))
    os.utime(visits / "a.jsonl", ns=(state.st_atime_ns, state.st_mtime_ns))


def edit_later(visits):
    data = (visits / "c.jsonl").read_bytes()
    (visits / "c.jsonl").write_bytes(data.replace(b"stairs", b"STAIRS"))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (grow, "a.jsonl has changed"),
        (edit, "a.jsonl has changed"),
        (edit_later, "c.jsonl has changed"),
        (lambda visits: (visits / "a.jsonl").unlink(), "a.jsonl is gone"),
        (lambda visits: (visits / "c.jsonl").unlink(), "c.jsonl is gone"),
        (lambda visits: (visits / "d.jsonl").write_text("{}"), "d.jsonl is new"),
        (lambda visits: (visits / "aa.jsonl").write_text("{}"), "aa.jsonl is new"),
    ],
)
def test_batch_resume_notices_that_the_input_changed(visits, tmp_path, change, name):
    output = tmp_path / "out.csv"
    cut_short(visits, output)
    change(visits)
    with pytest.raises(RunRefused, match=f"{name}.* since the run began; .*--restart") as refused:
        run(visits, output, resume=True)
    assert "stairs" not in str(refused.value)
    run(visits, output, resume=False)


def test_batch_resume_does_not_mind_a_new_time_on_what_is_read(visits, tmp_path):
    output = tmp_path / "out.csv"
    cut_short(visits, output)
    os.utime(visits / "a.jsonl")
    run(visits, output, resume=True)
    assert output.exists()


@pytest.mark.parametrize(("options", "name"), [({"text": False}, "--text"), ({"roles": "A=patient"}, "--roles")])
def test_batch_resume_notices_other_options(visits, tmp_path, options, name):
    output = tmp_path / "out.jsonl"
    cut_short(visits, output)
    with pytest.raises(RunRefused, match=f"another {name}"):
        run(visits, output, resume=True, **options)


def test_batch_resume_notices_another_model(visits, tmp_path, monkeypatch):
    output = tmp_path / "out.jsonl"
    cut_short(visits, output)
    monkeypatch.setattr(StandInModel, "meta", {"sha256": "1" * 64})
    with pytest.raises(RunRefused, match="another model"):
        run(visits, output, resume=True)


def test_batch_resume_notices_another_roster(visits, tmp_path):
    output, roster = tmp_path / "out.jsonl", tmp_path / "roster.csv"
    roster.write_text("visit_id,given\nv1,Martha\n")
    with pytest.raises(Cut):
        run(visits, output, model=DyingModel(8), roster=roster)
    roster.write_text("visit_id,given\nv1,Mary\n")
    with pytest.raises(RunRefused, match="another --roster"):
        run(visits, output, resume=True, roster=roster)


def test_batch_resume_two_runs_on_one_output_are_refused(visits, tmp_path):
    output = tmp_path / "out.csv"
    cut_short(visits, output)
    kept = left_in(work_folder(output))
    with FileLock(work_folder(output) / "lock"), pytest.raises(RunRefused, match="another run is writing it"):
        run(visits, output, resume=True)
    assert left_in(work_folder(output)) == kept


def test_batch_resume_finds_the_lock_of_the_dead_no_obstacle(visits, tmp_path):
    output = tmp_path / "out.csv"
    work_folder(output).mkdir()
    (work_folder(output) / "lock").write_text("1")
    assert run(visits, output) == 13


def test_batch_resume_after_two_kills_of_the_real_thing(tmp_path):
    """Two SIGKILLs of `alliance score --jobs 2`, each after some chunks; the bytes of a run left alone."""
    visits = tmp_path / "in.jsonl"
    turn = {"role": "provider", "text": "What would you like to be able to do by the summer? " * 4}
    answer = {"role": "patient", "text": "I want to get up the stairs without holding on, and then walk. " * 4}
    with visits.open("w") as file:
        for n in range(60):
            file.write(json.dumps({"visit_id": f"v{n % 50}", "turns": [turn, answer] * 10}) + "\n")
    code = textwrap.dedent(
        """
        import sys
        from alliance_nlp.batch import run, work
        work.CHUNK_VISITS, run.BREAK_EVEN_CHARS, run.BATCH_VISITS = 5, 1000, 5
        from alliance_nlp.cli import main
        main(sys.argv[1:])
        """
    )

    def command(name, *options):
        return [sys.executable, "-c", code, "score", str(visits), "-o", str(tmp_path / name), *options]

    subprocess.run(command("whole.jsonl", "--quiet"), check=True)
    journal = work_folder(tmp_path / "out.jsonl") / "journal"
    chunks = 0
    for _ in range(2):
        going = subprocess.Popen(command("out.jsonl", "--resume", "--jobs", "2"), stderr=subprocess.DEVNULL)
        while going.poll() is None:
            if journal.exists() and journal.read_bytes().count(b"\n") > chunks + 1:
                break
        assert going.poll() is None
        going.send_signal(signal.SIGKILL)
        going.wait(60)
        chunks = journal.read_bytes().count(b"\n")
    last = subprocess.run(command("out.jsonl", "--resume"), check=True, capture_output=True, text=True)
    assert re.search(r"going on after \d+ visits", last.stderr)
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert left_in(tmp_path) == ["in.jsonl", "out.jsonl", "whole.jsonl"]


def test_batch_resume_notices_that_the_page_is_no_longer_asked_for(visits, tmp_path):
    output = tmp_path / "out.jsonl"
    cut_short(visits, output)
    plan = work_folder(output) / "plan.json"
    plan.write_text(plan.read_text().replace('"--html": false', '"--html": true'))
    with pytest.raises(RunRefused, match="another --html"):
        run(visits, output, resume=True)
