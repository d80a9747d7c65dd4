"""A run on a real Dask cluster: a scheduler and two workers, each a process of its own."""

import json
import os
import signal
import subprocess
import sys

import pytest
from clinic import chunks, command, score, wait_for, write_visits
from runs import result

RUN = [sys.executable, "-m", "dask"]


@pytest.fixture
def cluster(tmp_path):
    """Address of the scheduler, its two workers, and itself."""
    said = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = [*RUN, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", said]
    going = [subprocess.Popen(scheduler, cwd=tmp_path, **quiet)]
    try:
        wait_for(said.exists)
        address = json.loads(said.read_text())["address"]
        for n in range(2):
            folder = tmp_path / f"worker{n}"
            folder.mkdir()
            worker = [*RUN, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
            going.append(subprocess.Popen([*worker, "--local-directory", folder], cwd=folder, **quiet))
        yield address, going[1:], going[0]
    finally:
        for each in going:
            each.kill()
            each.wait()


@pytest.fixture(scope="module")
def visits(tmp_path_factory):
    return write_visits(tmp_path_factory.mktemp("clinic") / "in", 1200)


@pytest.fixture(scope="module")
def whole(visits):
    output = visits.with_name("whole.jsonl")
    score(visits, "-o", output)
    return result(output)


def test_engine_dask_loses_and_doubles_nothing_when_a_worker_is_killed(cluster, visits, whole, tmp_path):
    address, workers, _ = cluster
    output = tmp_path / "out.jsonl"
    going = subprocess.Popen(command(visits, "-o", output, "--cluster", address), stderr=subprocess.PIPE, text=True)
    wait_for(lambda: chunks(output) >= 2 or going.poll() is not None)
    assert going.poll() is None
    workers[0].send_signal(signal.SIGKILL)
    workers[0].wait()
    _, told = going.communicate(timeout=300)
    assert going.returncode == 3, told
    assert "Traceback" not in told
    assert result(output) == whole


def test_engine_dask_finds_the_cluster_of_the_environment(cluster, visits, tmp_path):
    address, _, _ = cluster
    first = sorted(visits.iterdir())[0]
    environment = {**os.environ, "DASK_SCHEDULER_ADDRESS": address}
    done = subprocess.run(
        command(first, "-o", tmp_path / "out.csv", "--dask"), env=environment, capture_output=True, text=True
    )
    assert done.returncode == 3, done.stderr
    score(first, "-o", tmp_path / "plain.csv")
    assert result(tmp_path / "out.csv") == result(tmp_path / "plain.csv")


def test_engine_dask_a_scheduler_that_dies_stops_the_run_and_resume_goes_on(cluster, visits, whole, tmp_path):
    address, _, scheduler = cluster
    output = tmp_path / "out.jsonl"
    going = subprocess.Popen(command(visits, "-o", output, "--cluster", address), stderr=subprocess.PIPE, text=True)
    wait_for(lambda: chunks(output) >= 2 or going.poll() is not None)
    scheduler.kill()
    _, told = going.communicate(timeout=120)
    assert going.returncode == 1
    assert "Traceback" not in told
    assert told.splitlines()[-1].endswith("bring them back and go on with --resume.")
    score(visits, "-o", output, "--resume", "--jobs", "2")
    assert result(output) == whole


def test_engine_dask_no_cluster_is_one_sentence(visits, tmp_path):
    done = subprocess.run(
        command(visits, "-o", tmp_path / "out.csv", "--cluster", "tcp://127.0.0.1:9"), capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith("no Dask scheduler answers there; check the address.")
    assert list(tmp_path.iterdir()) == []
