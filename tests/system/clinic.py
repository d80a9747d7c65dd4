"""Visits by the hundred, and the command that scores them, for the tests of whole runs."""

import json
import subprocess
import sys
import time
from pathlib import Path

from alliance_nlp import read_visits
from alliance_nlp.batch.work import work_folder

REHAB = Path(__file__).parents[2] / "corpus/rehab"


def write_visits(folder, n, per_file=250):
    """``n`` visits of the corpus over and over, some files of JSON Lines, one damaged line in each."""
    folder.mkdir()
    visits = [visit for file in sorted(REHAB.glob("rehab_*.jsonl")) for visit in read_visits(file)]
    for start in range(0, n, per_file):
        with (folder / f"{start:07}.jsonl").open("w", encoding="utf-8") as file:
            for number in range(start, min(start + per_file, n)):
                visit = visits[number % len(visits)]
                name = {"visit_id": f"{visit.visit_id}-{number // len(visits) // 2}"}  # so that ids come again
                file.write(visit.model_copy(update=name).model_dump_json() + "\n")
            file.write(json.dumps({"visit_id": "damaged", "turns": 3}) + "\n")
    return folder


def command(*arguments):
    """What runs ``alliance score`` in a process of its own."""
    return [sys.executable, "-m", "alliance_nlp", "score", *map(str, arguments)]


def score(*arguments):
    """Run it to its end."""
    done = subprocess.run(command(*arguments), capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr
    return done


def chunks(output):
    """How many chunks a run has made so far."""
    journal = work_folder(output) / "journal"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def wait_for(condition, seconds=120):
    """Wait until a condition holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.02)
