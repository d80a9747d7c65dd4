"""The table of goals: every row of figures beside the plain baseline and the goal, as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..codes import CODE_NAMES
from ..records import PARTS
from .evidence import Measured

#: Plain baseline (TF-IDF of the sentence and the one before) and goal of each row of evidence.
PUBLIC = {
    "goals": (0.37, 0.70),
    "tasks": (0.54, 0.75),
    "bond": (0.50, 0.68),
    "directive": (0.67, 0.75),
    "judge": (0.10, 0.45),
    "next_contact": (0.67, 0.80),
}
REHAB = {"goals": (0.58, 0.82), "tasks": (0.62, 0.85), "bond": (0.56, 0.80)}
NOTES = {"goals": (math.nan, 0.80), "tasks": (math.nan, 0.75), "bond": (math.nan, math.nan)}
#: Of visits that the goals were not set for.
WITHOUT_GOALS = dict.fromkeys(PUBLIC, (math.nan, math.nan))
RATINGS = {"goal": (0.60, 0.80), "task": (0.30, 0.72), "bond": (0.51, 0.72)}
Row = tuple[str, str, str, str]
HEAD: Row = ("what", "measured", "baseline", "goal")


def evidence_rows(figures: Mapping[str, Any], goals: Mapping[str, tuple[float, float]], where: str) -> Iterator[Row]:
    """F1 of families and codes with a goal, and of the names."""
    for row, (baseline, goal) in goals.items():
        shown = "" if math.isnan(goal) else f">= {goal:.2f}"
        yield f"{where}, F1 {row}", _f1(figures["evidence"][row]), _number(baseline, ""), shown
    yield f"{where}, F1 names with a roster", _f1(figures["evidence"]["names"]), "", ">= 0.97"
    yield f"{where}, F1 names without one", _f1(figures["names_without_roster"]), "", ">= 0.90"


def code_rows(figures: Mapping[str, Any], where: str) -> Iterator[Row]:
    """F1 of every code, with its number of gold units."""
    for code in CODE_NAMES:
        each: Measured = figures["evidence"][code]
        goal = ">= 0.60" if each.gold >= 100 else ""
        detail = f"P {_number(each.precision)} R {_number(each.recall)} F1 {_f1(each)}, {each.gold} gold"
        yield f"{where}, {code}", detail, "", goal


def rating_rows(figures: Mapping[str, Any], goals: Mapping[str, tuple[float, float]], where: str) -> Iterator[Row]:
    """Rank correlation, error, coverage and width of the intervals, calibration."""
    ratings = figures["ratings"]
    if not ratings:
        return
    for part in PARTS:
        each = ratings[part]
        baseline, goal = goals.get(part, (math.nan, math.nan))
        rho = each["spearman"]
        within = ", ".join(f"within {source} {_number(value)}" for source, value in each["within"].items())
        shown = f"{_number(rho['rho'])} [{_number(rho['low'])}, {_number(rho['high'])}]"
        shown += f"; {within}" if within else ""
        yield f"{where}, Spearman {part}", shown, _number(baseline, ""), f">= {goal:.2f}" if goal == goal else ""
        errors = ", ".join(f"{source} {_number(value)}" for source, value in each["mae_by_source"].items())
        yield f"{where}, mean error {part}", f"{_number(each['mae'])} ({errors})", "", ""
        if "coverage" in each:
            shown = f"{each['coverage']:.3f} [{each['coverage_low']:.3f}, {each['coverage_high']:.3f}]"
            yield f"{where}, 90 % interval holds, {part}", shown, "", "interval contains 0.90"
            shown = f"{each['width']:.2f} (a constant's: {each['constant_width']:.2f})"
            yield f"{where}, mean width, {part}", shown, "", "<= 2.0 and below a constant's"
    yield f"{where}, abstained", f"{ratings['abstained']} of {ratings['visits']}", "", "at most 3 %"
    if figures["strong"]:
        strong = figures["strong"]
        shown = f"{strong['brier']:.3f} (always the share: {strong['brier_of_share']:.3f})"
        yield f"{where}, Brier of p_strong", shown, "", ""
    yield f"{where}, ECE of codes", f"{figures['codes']['all'].ece:.4f}", "", "<= 0.05"


def quality_rows(figures: Mapping[str, Any], where: str) -> Iterator[Row]:
    """AnnoMI's high against low by the alliance value."""
    if figures["quality"]:
        q = figures["quality"]
        shown = f"{q['auc']:.3f} [{q['low']:.3f}, {q['high']:.3f}], {q['low_quality']} low of {q['visits']}"
        yield f"{where}, AnnoMI high/low AUC", shown, "0.85 words, 0.89 cues", ">= 0.90"


def pair_rows(figures: Mapping[str, Any], where: str) -> Iterator[Row]:
    """Contrast pairs: how many lowered parts are scored lower, and how far the others move beside them."""
    expected = [pair["fall"] for pair in figures["pairs"] if pair["expected"]]
    others = [abs(pair["fall"]) for pair in figures["pairs"] if not pair["expected"]]
    if expected:
        right = sum(fall > 0 for fall in expected)
        shown = f"{right} of {len(expected)} lowered parts, mean fall {np.mean(expected):.2f}"
        if others:
            shown += f"; other parts move {np.mean(others):.2f}"
        yield f"{where}, contrast pairs", shown, "", "all"


def machine_rows(machine: Mapping[str, Any]) -> Iterator[Row]:
    """Name swaps, speed, start and memory."""
    speed, start, memory = machine["speed"], machine["start"], machine["memory_mb"]
    yield "a swapped name, with a roster", f"{machine['swap_with_roster']:.4f} points", "", "exactly 0"
    yield "a swapped name that is a word, with a roster", f"{machine['swap_word']:.4f} points", "", "exactly 0"
    yield "a swapped name, without one", f"{machine['swap_without_roster']:.4f} points", "", "reported"
    yield "speed, of blank spaCy over the turns", f"{speed['of_blank']:.2f}", "", ">= 0.25"
    minilm = speed["of_minilm"]
    shown = "not measured (no sentence-transformers here)" if minilm is None else f"{minilm:.0f}"
    yield "speed, of all-MiniLM-L6-v2", shown, "", ">= 100"
    shown = f"{start['of_blank']:.2f} ({start['first_s']:.2f} s)"
    yield "first score of a process, of blank spaCy", shown, "", "<= 1.5"
    yield "alliance --help", f"{start['help_s']:.2f} s", "", "<= 0.4 s"
    shown = f"{memory[-1]:.0f} MB, grown by {memory[-1] - memory[1]:.1f} MB over twice the visits"
    yield "memory of a worker", shown, "", "flat, <= 600 MB"


def as_markdown(rows: list[Row]) -> str:
    """Rows as a Markdown table under `HEAD`."""
    lines = ["| " + " | ".join(row) + " |" for row in [HEAD, *rows]]
    return "\n".join([lines[0], "|" + " --- |" * len(HEAD), *lines[1:]])


def _f1(each: Measured) -> str:
    return f"{_number(each.f1)} [{_number(each.low)}, {_number(each.high)}]"


def _number(value: float, missing: str = "-") -> str:
    return missing if math.isnan(value) else f"{value:.2f}"
