"""The figures of `alliance benchmark`: each beside what it is measured against and what the project aims at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from ..model import AllianceModel
from ..records import Turn, Visit
from .speed import measure_jobs, measure_memory, measure_speed, measure_start

SAMPLE_VISITS, SAMPLE_TURNS = 40, 60
#: Visits that memory is measured on, each four times.
MEMORY_VISITS = 50


def sample_visits() -> list[Visit]:
    """Invented visits made of the turns of ``sample_turns.jsonl``, each beginning at another one.

    >>> len(sample_visits())
    40
    """
    lines = files(__package__).joinpath("sample_turns.jsonl").read_text("utf-8").splitlines()
    turns = [Turn.model_validate_json(line) for line in lines]
    return [
        Visit(
            visit_id=f"sample-{at}",
            turns=tuple(turns[(7 * at + step) % len(turns)] for step in range(SAMPLE_TURNS)),
        )
        for at in range(SAMPLE_VISITS)
    ]


def measure_all(
    model: AllianceModel, visits: Sequence[Visit], *, folder: Path | str | None = None, jobs: int = 1
) -> dict[str, Any]:
    """Every figure; with more than one of ``jobs`` also what they gain, which takes minutes.

    ``folder`` is the model's, without it the default model's.
    """
    words = [sum(len(turn.text.split()) for turn in visit.turns) + len((visit.text or "").split()) for visit in visits]
    middle = min(zip(words, visits, strict=True), key=lambda pair: abs(pair[0] - 1500))[1]
    return {
        "model": model.name,
        "visits": len(visits),
        "words": sum(words),
        "speed": measure_speed(model, visits),
        "start": measure_start(middle, folder),
        "memory_mb": measure_memory(list(islice(visits, MEMORY_VISITS)), folder),
        "jobs": measure_jobs(visits, jobs, folder) if jobs > 1 else None,
    }


def lines(figures: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Rows of the table: what, the figure, and the aim."""
    speed, start, memory, jobs = (figures[part] for part in ("speed", "start", "memory_mb", "jobs"))
    yield "scoring, of blank spaCy over the turns", f"{speed['of_blank']:.2f}", ">= 0.25"
    yield "JSONL to JSONL, of blank spaCy over the turns", f"{speed['jsonl_of_blank']:.2f}", ">= 0.15"
    yield "words a second", f"{speed['words_per_s']:,.0f}", ""
    minilm = speed["of_minilm"]
    shown = "sentence-transformers is not installed" if minilm is None else f"{minilm:.0f}"
    yield "scoring, of encoding with all-MiniLM-L6-v2", shown, ">= 100"
    yield "first score of a process, of import spacy", f"{start['of_blank']:.2f} ({start['first_s']:.2f} s)", "<= 1.5"
    yield "alliance --help", f"{start['help_s']:.2f} s", "<= 0.4 s"
    yield "memory after the visits once, four times", f"{memory[0]:.0f}, {memory[-1]:.0f} MB", "<= 600 MB"
    if jobs:
        shown = f"{jobs['gain']:.2f} ({jobs['one_s']:.0f} s, {jobs['several_s']:.0f} s)"
        yield (
            f"{jobs['jobs']} jobs of 1, {jobs['visits']:,} visits",
            shown,
            ">= 1.6 with 2" if jobs["jobs"] == 2 else "",
        )
