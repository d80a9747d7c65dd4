"""Real runs that are killed: the whole of them twenty times, their workers, and the disk under them."""

import os
import random
import resource
import signal
import subprocess
import time

import psutil
import pytest
from clinic import chunks, command, score, wait_for, write_visits
from runs import left_in, result, run, run_and_die, write_input

from alliance_nlp.batch.formats import errors_path
from alliance_nlp.batch.work import work_folder


@pytest.fixture(scope="module")
def visits(tmp_path_factory):
    return write_visits(tmp_path_factory.mktemp("clinic") / "in", 900)


class Whole:
    """Results of undisturbed runs, and how long they take."""

    def __init__(self, visits):
        self._visits, self._known, self.seconds = visits, {}, 0.0

    def __call__(self, suffix):
        if suffix not in self._known:
            began = time.monotonic()
            score(self._visits, "-o", self._visits.with_name(f"whole{suffix}"), "--quiet")
            self.seconds = time.monotonic() - began
            self._known[suffix] = result(self._visits.with_name(f"whole{suffix}"))
        return self._known[suffix]


@pytest.fixture(scope="module")
def whole(visits):
    return Whole(visits)


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize(
    ("suffix", "kills", "jobs"), [(".jsonl", 20, 2), (".csv", 20, 1), (".parquet", 10, 2), (".sqlite", 10, 1)]
)
def test_engine_crash_kills_at_random_moments_change_nothing(visits, whole, tmp_path, suffix, kills, jobs):
    expected = whole(suffix)
    output = tmp_path / f"out{suffix}"
    moments = random.Random(suffix)
    done = 0
    while done < kills:
        going = subprocess.Popen(
            command(visits, "-o", output, "--resume", "--jobs", jobs), stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            going.wait(moments.uniform(0.2, max(3.0, whole.seconds)))
        except subprocess.TimeoutExpired:
            kill(going)
            done += 1
        else:
            assert going.returncode == 3
            assert result(output) == expected
            output.unlink()
    score(visits, "-o", output, "--resume", "--jobs", jobs)
    assert result(output) == expected
    assert left_in(tmp_path) == sorted(["out.errors.jsonl", output.name])


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet", ".sqlite"])
def test_engine_crash_at_every_deed_on_the_disk_changes_nothing(tmp_path, suffix):
    visits, plain, output = write_input(tmp_path / "in"), tmp_path / f"plain{suffix}", tmp_path / f"out{suffix}"
    run(visits, plain)
    for at in range(1, 500):
        died = run_and_die(visits, output, at)
        run(visits, output, resume=True)
        assert result(output) == result(plain)
        output.unlink()
        if not died:
            break
    assert at > 20


def test_engine_crash_the_same_bytes_for_any_number_of_jobs(visits, whole, tmp_path):
    for jobs in (2, 3):
        score(visits, "-o", tmp_path / f"{jobs}.jsonl", "--jobs", jobs)
        assert result(tmp_path / f"{jobs}.jsonl") == whole(".jsonl")


def test_engine_crash_a_worker_that_is_killed_costs_nothing(visits, whole, tmp_path):
    output = tmp_path / "out.jsonl"
    going = subprocess.Popen(command(visits, "-o", output, "--jobs", "2"), stderr=subprocess.DEVNULL)
    for after in (1, 3):
        wait_for(lambda after=after: chunks(output) >= after)
        workers = [each for each in psutil.Process(going.pid).children() if "loky" in " ".join(each.cmdline())]
        max(workers, key=lambda each: each.cpu_times().user).kill()
    assert going.wait(300) == 3
    assert result(output) == whole(".jsonl")


def test_engine_crash_no_worker_outlives_a_killed_run(visits, tmp_path):
    output = tmp_path / "out.jsonl"
    going = subprocess.Popen(command(visits, "-o", output, "--jobs", "2"), stderr=subprocess.DEVNULL)
    wait_for(lambda: chunks(output) >= 1)
    workers = psutil.Process(going.pid).children(recursive=True)
    assert len(workers) >= 2
    kill(going)
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert alive == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_engine_crash_a_run_told_to_stop_leaves_nothing_under_its_name(visits, whole, tmp_path, number):
    output = tmp_path / "out.csv"
    going = subprocess.Popen(
        command(visits, "-o", output, "--jobs", "2"),
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # a shell's background jobs ignore SIGINT
    )
    wait_for(lambda: chunks(output) >= 2)
    going.send_signal(number)
    _, told = going.communicate(timeout=60)
    assert going.returncode == 128 + number
    assert "Traceback" not in told
    assert left_in(tmp_path) == [work_folder(output).name]
    assert score(visits, "-o", output, "--resume").stderr.startswith("going on after ")
    assert result(output) == whole(".csv")


def test_engine_crash_two_runs_on_one_output_are_refused(visits, tmp_path):
    output = tmp_path / "out.csv"
    going = subprocess.Popen(command(visits, "-o", output), stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: chunks(output) >= 1)
        second = subprocess.run(command(visits, "-o", output, "--restart"), capture_output=True, text=True)
        assert second.returncode == 2
        assert second.stderr == f"{output}: another run is writing it; wait for it or give another name.\n"
    finally:
        kill(going)


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet", ".sqlite"])
def test_engine_crash_a_full_disk_stops_the_run_and_resume_goes_on(visits, whole, tmp_path, suffix):
    output = tmp_path / f"out{suffix}"

    def little_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))

    full = subprocess.run(command(visits, "-o", output), capture_output=True, text=True, preexec_fn=little_room)
    assert full.returncode == 1
    last = full.stderr.splitlines()[-1]
    assert last.startswith(f"{output}: the run has stopped (")
    assert last.endswith("go on with --resume.")
    assert left_in(tmp_path) == [work_folder(output).name]
    score(visits, "-o", output, "--resume")
    assert result(output) == whole(suffix)


def test_engine_crash_a_full_file_system_stops_the_run_and_resume_goes_on(visits, whole, tmp_path):
    """A tmpfs of 2 MB that grows while the run stands still; where mounting is not allowed, the one above has to do."""
    if os.geteuid() != 0:
        return
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small], capture_output=True).returncode:
        return
    try:
        full = subprocess.run(command(visits, "-o", small / "out.jsonl"), capture_output=True, text=True)
        assert full.returncode == 1
        assert "No space left on device" in full.stderr.splitlines()[-1]
        subprocess.run(["mount", "-o", "remount,size=100m", small], check=True)
        score(visits, "-o", small / "out.jsonl", "--resume")
        assert result(small / "out.jsonl") == whole(".jsonl")
        assert not errors_path(small / "whole.jsonl").exists()
    finally:
        for _ in range(10):
            if subprocess.run(["umount", small], capture_output=True).returncode == 0:
                break
            time.sleep(0.2)
