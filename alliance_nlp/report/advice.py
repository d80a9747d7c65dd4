"""What a coaching sheet can say: the rows of ``coaching.jsonl``, checked as they are read.

A row is a source, a strength (tied to a code that was found), something to try (tied to a code that was not found, to
one that was, or to nothing) or the remark on who talks. Every row but a source names the sources it rests on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ..records import Kind, Part


@dataclass(frozen=True)
class Strength:
    """Words for something done well.

    ``answers``: codes by which the patient takes it up; ``needs_answer``: it is no strength before they do.
    """

    id: str
    kind: Kind
    code: str
    title: str
    why: str
    sources: tuple[str, ...]
    answers: tuple[str, ...] = ()
    needs_answer: bool = False


@dataclass(frozen=True)
class Suggestion:
    """Words for one thing to try.

    ``missing``: applies where the provider has no evidence of this code; ``present``: where this code is frequent;
    ``unmeasured``: where this measure of the report is 0; none of them: always. ``say`` has a place for the patient's
    goal, ``say_without_goal`` has none; ``needs_goal``: applies only where the patient named a goal.
    """

    id: str
    kind: Kind
    title: str
    why: str
    sources: tuple[str, ...]
    part: Part | None = None
    missing: str | None = None
    present: str | None = None
    unmeasured: str | None = None
    needs_goal: bool = False
    say: str | None = None
    say_without_goal: str | None = None


@dataclass(frozen=True)
class Advice:
    """All rows; ``sources`` by the name that rows use, ``talk`` is the remark on who talks with its sources."""

    strengths: tuple[Strength, ...]
    suggestions: tuple[Suggestion, ...]
    talk: str
    talk_sources: tuple[str, ...]
    sources: dict[str, str]


@cache
def read_advice() -> Advice:
    """The package's own rows.

    >>> advice = read_advice()
    >>> {source for row in advice.suggestions for source in row.sources} <= set(advice.sources)
    True
    """
    rows = [json.loads(line) for line in (files(__package__) / "coaching.jsonl").read_text("utf-8").splitlines()]
    by_use: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        by_use.setdefault(row["id"].partition(".")[0], []).append(
            {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        )
    (talk,) = by_use["talk"]
    return Advice(
        strengths=tuple(Strength(**row) for row in by_use["strength"]),  # type: ignore[arg-type]
        suggestions=tuple(Suggestion(**row) for row in by_use["try"]),  # type: ignore[arg-type]
        talk=str(talk["why"]),
        talk_sources=tuple(talk["sources"]),  # type: ignore[arg-type]
        sources={str(row["id"]).partition(".")[2]: str(row["cite"]) for row in by_use["source"]},
    )
