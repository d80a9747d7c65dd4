"""Parts of a goal in one sentence: function, measure, baseline and target, time limit, body part; whose goal it is.

The parts follow Bovend'Eerdt 2009 (Clin Rehabil 23:352), who builds a goal from the activity, the support needed, its
quantity and the time; support and quantity are both ``target`` here. Rules are data: ``patterns/goal_parts.jsonl``.
What is left of the sentence when lead-in, time, targets and measures are taken away is the ``function``; a goal without
one, or of nothing but measures, is an impairment-only target ("STG: flexion 120"), else a goal in life.

``specific``, ``measurable`` and ``time_bound`` say which parts are there. Whether a goal is attainable or relevant
cannot be read from its words.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from .gate import Gate

Part = Literal["function", "measure", "baseline", "target", "time", "body"]
Owner = Literal["patient", "provider", "family"]
Kind = Literal["life", "impairment"]
Horizon = Literal["short", "long"]
PARTS: tuple[Part, ...] = ("function", "measure", "baseline", "target", "time", "body")
_ORDER: tuple[Part, ...] = ("time", "baseline", "target", "measure", "body")
_SMALL = "and|to|of|for|with|in|on|at|by|x|the|from|then|or|over|per|also|be|is|up to"
_HEAD = re.compile(rf"(?:[\s\W]|w/|(?:{_SMALL})\b)+", re.IGNORECASE)
_TAIL = re.compile(rf"(?:[\s\W]|\bw/|\b(?:{_SMALL}))+$", re.IGNORECASE)
_GAP = re.compile(r"[;:()\[\]\"“”]|,? and to |\. |, (?=and |then )")
#: Lead-ins before which nothing of the goal is said.
_STRONG = ("wants", "goal_is", "stands", "words", "add")
#: Characters up to which a goal is read; its rules take long on what is no sentence.
_MAX_CHARS = 500
_WORD = re.compile(r"[a-z0-9+/'’-]+")


class GoalPart(NamedTuple):
    """One part: what it is, its characters in the sentence (half-open) and the id of its rule."""

    part: Part
    start: int
    end: int
    rule: str


class GoalReading(NamedTuple):
    """What a sentence says of a goal; ``met`` is the status it gives, in its words, else None."""

    owner: Owner
    kind: Kind
    horizon: Horizon | None
    parts: tuple[GoalPart, ...]
    met: str | None

    def has(self, part: Part) -> bool:
        """Whether the goal names this part."""
        return any(each.part == part for each in self.parts)

    @property
    def specific(self) -> bool:
        """It names a function, or a measure with its target."""
        return self.has("function") or (self.has("measure") and self.has("target"))

    @property
    def measurable(self) -> bool:
        """It names an amount, level or condition that another could check."""
        return self.has("target")

    @property
    def time_bound(self) -> bool:
        """It names when it shall be reached."""
        return self.has("time")


class GoalRule(NamedTuple):
    """One rule: what it finds (``part``), what that says (``value``) and whether a digit must be there."""

    id: str
    part: str
    pattern: re.Pattern[str]
    value: str
    needs_digit: bool


@cache
def goal_rules() -> tuple[GoalRule, ...]:
    """The rules, in the order of their file."""
    return tuple(
        GoalRule(
            row["id"],
            row["part"],
            re.compile(row["pattern"]),
            row.get("owner", row["id"].rpartition(".")[2]),
            row.get("needs") == "digit",
        )
        for row in _rows()
        if "pattern" in row
    )


@cache
def _gate(*parts: str) -> Gate[GoalRule]:
    """Rules of these parts, of all where none is named."""
    return Gate(rule for rule in goal_rules() if not parts or rule.part in parts)


@cache
def _rows() -> tuple[dict[str, str], ...]:
    lines = (files(__package__) / "patterns" / "goal_parts.jsonl").read_text("utf-8").splitlines()
    return tuple(json.loads(line) for line in lines if line.strip())


@cache
def _known_words() -> frozenset[str]:
    """Words that name no function."""
    return frozenset(word for row in _rows() if row["part"] == "words" for word in row["words"])


def read_goal(sentence: str, *, owner: Owner | None = None) -> GoalReading:
    """Read the parts of a goal.

    Args:
        sentence: a sentence that states a goal.
        owner: whose goal it is where the sentence does not say (the section's, or the speaker's); else the provider's.

    >>> goal = read_goal("LTG: climb 12 stairs w/ one rail in 6 wks")
    >>> [(each.part, "LTG: climb 12 stairs w/ one rail in 6 wks"[each.start : each.end]) for each in goal.parts]
    [('function', 'climb'), ('target', '12 stairs'), ('target', 'w/ one rail'), ('time', 'in 6 wks')]
    >>> goal.kind, goal.specific, goal.measurable, goal.time_bound
    ('life', True, True, True)
    >>> read_goal("STG: knee flexion 120° in 4 wks").kind
    'impairment'
    """
    text = sentence[:_MAX_CHARS].replace("’", "'")
    rules: dict[str, list[GoalRule]] = {}
    for rule in _gate().candidates(text):
        rules.setdefault(rule.part, []).append(rule)
    labels = [match.start() for rule in rules.get("label", ()) for match in rule.pattern.finditer(text)]
    # What stands in one sentence before a label is no part of the goal ("5xSTS 16.4 s. STG: ...").
    if labels and text[: labels[-1]].rstrip().endswith((".", ";")):
        text = " " * labels[-1] + text[labels[-1] :]
    parts: list[GoalPart] = []
    digits = any(char.isdigit() for char in text)
    for part in _ORDER:
        for rule in rules.get(part, ()):
            if rule.needs_digit and not digits:
                continue
            for match in rule.pattern.finditer(text):
                start, end = match.span("x") if match.groupdict().get("x") else match.span()
                start, end = _trim(text, start, end)
                if end > start and not any(start < each.end and each.start < end for each in parts):
                    parts.append(GoalPart(part, start, end, rule.id))
    functions = _functions(text, parts, rules)
    kind: Kind = "life" if functions else "impairment"
    whose = next((rule.value for rule in rules.get("owner", ()) if rule.pattern.search(text)), None)
    status = next((found.group() for rule in rules.get("status", ()) if (found := rule.pattern.search(text))), None)
    horizon = next((rule.value for rule in rules.get("horizon", ()) if rule.pattern.search(text)), None)
    return GoalReading(
        owner=whose or owner or "provider",  # type: ignore[arg-type]
        kind=kind,
        horizon=horizon,  # type: ignore[arg-type]
        parts=tuple(sorted([*parts, *functions], key=lambda each: (each.start, each.end))),
        met=status.lower() if status else None,
    )


def is_labelled(sentence: str) -> bool:
    """Whether a sentence names itself a goal ("STG: ...", "Long-term goal").

    >>> is_labelled("LTG (8 wks): climb stairs"), is_labelled("Pt sore.")
    (True, False)
    """
    sentence = sentence[:_MAX_CHARS]
    return any(rule.pattern.search(sentence) for rule in _gate("label").candidates(sentence))


def is_about_goals(sentence: str) -> bool:
    """Whether a sentence says something about goals rather than states one ("Goals reviewed with pt").

    >>> is_about_goals("LTGs read aloud to pt, who agreed.")
    True
    """
    sentence = sentence[:_MAX_CHARS]
    return any(rule.pattern.search(sentence) for rule in _gate("about").candidates(sentence))


def is_prose(sentence: str) -> bool:
    """Whether a sentence tells something, so that it is no entry of a list of goals and ends one.

    >>> is_prose("Needs a recert."), is_prose("Pt will walk to church."), is_prose("Sleep through the night.")
    (True, False, False)
    """
    sentence = sentence[:_MAX_CHARS]
    return any(rule.pattern.search(sentence) for rule in _gate("prose").candidates(sentence))


def _functions(text: str, parts: list[GoalPart], rules: dict[str, list[GoalRule]]) -> list[GoalPart]:
    """What the sentence says between its lead-in and its end, other parts taken out, where it names a function."""
    found = [(rule.value, match.span()) for rule in rules.get("lead", ()) for match in rule.pattern.finditer(text)]
    leads = [span for _, span in found]
    strong = [end for value, (_, end) in found if value in _STRONG]
    tails = [rule for kind in ("tail", "status") for rule in rules.get(kind, ())]
    ends = [match.start() for rule in tails for match in rule.pattern.finditer(text)]
    taken = sorted([*leads, *((each.start, each.end) for each in parts)])
    begin = min(strong or [end for _, end in leads], default=0)
    # "..., that is what she wants": nothing follows the lead-in, so it stands at the end.
    return _rest(text, begin, ends, taken) or (_rest(text, 0, ends, taken) if strong else [])


def _rest(text: str, begin: int, ends: list[int], taken: list[tuple[int, int]]) -> list[GoalPart]:
    stop = min((end for end in ends if end > begin), default=len(text))
    found: list[GoalPart] = []
    at = begin
    for start, end in [*taken, (stop, stop)]:
        if min(start, stop) > at:
            found += _segments(text, at, min(start, stop))
        at = max(at, end)
    return found


def _segments(text: str, start: int, end: int) -> list[GoalPart]:
    """Stretches of one clause each that name something beyond measures and words of every goal."""
    cuts = [start, *(bound for match in _GAP.finditer(text, start, end) for bound in match.span()), end]
    out = []
    for first, last in zip(cuts[::2], cuts[1::2], strict=True):
        a, b = _trim_words(text, first, last)
        words = _WORD.findall(text[a:b].lower())
        if any(word not in _known_words() and re.search("[a-z]{2}", word) for word in words):
            out.append(GoalPart("function", a, b, "function.rest"))
    return out


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip(" ,;:")), start + len(part.rstrip(" ,;:"))


def _trim_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Without marks and small words at the ends."""
    if head := _HEAD.match(text, start, end):
        start = head.end()
    tail = _TAIL.search(text[start:end])
    return start, start + tail.start() if tail else end
