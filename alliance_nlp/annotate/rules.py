"""Rules as data: ``patterns/<family>.jsonl``, one rule a line, found in a sentence's lower-case text.

A rule has an ``id`` (``goals.how_important``), the ``code`` it stands for (none in ``measures``), the ``roles`` that
may say it, ``triggers`` (words of which one must be there; they keep the search cheap), a ``pattern`` (regular
expression) and a ``source`` or reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from ..codes import CODE_NAMES, FAMILIES
from ..tokens import Fresh, tokens_of
from .words import masked

#: Files of rules: those of the families, and those of the measures beside the score.
RULE_FILES = (*FAMILIES, "measures")


class Rule(NamedTuple):
    """One rule; ``code`` is an index of `CODE_NAMES`, -1 for a rule that stands for no code."""

    id: str
    code: int
    roles: frozenset[str]
    triggers: frozenset[str]
    pattern: re.Pattern[str]


@cache
def rules_of(family: str) -> tuple[Rule, ...]:
    """Rules of a family, in the order of its file.

    >>> all(rule.id.startswith("goals.") for rule in rules_of("goals"))
    True
    """
    lines = (files(__package__) / "patterns" / f"{family}.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return tuple(
        Rule(
            row["id"],
            CODE_NAMES.index(row["code"]) if row.get("code") else -1,
            frozenset(row["roles"]),
            frozenset(row["triggers"]),
            re.compile(row["pattern"]),
        )
        for row in rows
    )


def matching_rules(family: str, text: str, role: str) -> list[Rule]:
    """Rules of a family that hold in one sentence said by ``role``, by id.

    >>> [rule.id for rule in matching_rules("goals", "How important is it to you?", "provider")]
    ['goals.how_important']
    """
    lower = text.lower()
    words = set(_WORD.findall(lower))
    found = [r for r in rules_of(family) if role in r.roles and words & r.triggers and r.pattern.search(lower)]
    return sorted(found, key=lambda rule: rule.id)


def rule_hits(doc: Doc, state: dict[str, Any], family: str) -> Iterator[tuple[int, Rule]]:
    """Every (sentence index, rule) of a family in a parsed Doc; a Doc is searched once for all families."""
    if "hits" not in state:
        state["hits"] = [[sentence, rule.id] for sentence, rule in _search(doc, state)]
    known = _by_id(family)
    for sentence, rule_id in state["hits"]:
        if rule_id in known:
            yield sentence, known[rule_id]


@cache
def _by_id(family: str) -> dict[str, Rule]:
    return {rule.id: rule for rule in rules_of(family)}


def _search(doc: Doc, state: dict[str, Any]) -> Iterator[tuple[int, Rule]]:
    """All rules that hold, sentence by sentence; only sentences with a trigger word outside a name are read."""
    sents = state["sents"]
    if not sents:
        return
    tokens = tokens_of(doc)
    triggers, pieces = tokens.column("triggers", _is_trigger), tokens.column("pieces", _holds_trigger)
    names = state["names"]
    for first, last in names:
        triggers[first:last] = pieces[first:last] = False
    starts = np.array([sent[0] for sent in sents])
    read = frozenset(np.searchsorted(starts, np.flatnonzero(triggers), side="right").tolist())
    places = np.flatnonzero(pieces)
    after = np.searchsorted(starts, places, side="right").tolist()
    words = tokens.lexicon.words
    for following, rows in groupby(zip(after, tokens.row[places].tolist(), strict=True), itemgetter(0)):
        if following not in read or not following:
            continue
        start, end, turn = sents[following - 1]
        role = state["turns"][turn][3]
        candidates = {rule.id: rule for _, row in rows for rule in _triggered(words[row]) if role in rule.roles}
        if candidates:
            text = masked(tokens, names, start, end)
            for _, rule in sorted(candidates.items()):
                if rule.pattern.search(text):
                    yield following - 1, rule


_WORD = re.compile(r"[a-z]+")


@lru_cache(maxsize=10_000)
def _triggered(token: str) -> tuple[Rule, ...]:
    """Rules of which a trigger is a word of the token ("goal-setting")."""
    table = _by_trigger()
    return tuple(rule for word in _WORD.findall(token) for rule in table.get(word, ()))


@cache
def _by_trigger() -> dict[str, tuple[Rule, ...]]:
    """Rules of all families under each of their trigger words."""
    table: dict[str, tuple[Rule, ...]] = {}
    for family in RULE_FILES:
        for rule in rules_of(family):
            for word in rule.triggers:
                table[word] = (*table.get(word, ()), rule)
    return table


def _is_trigger(new: Fresh) -> NDArray[np.bool_]:
    table = _by_trigger()
    return np.array([word in table for word in new.words], bool)


def _holds_trigger(new: Fresh) -> NDArray[np.bool_]:
    table = _by_trigger()
    return np.array([not table.keys().isdisjoint(_WORD.findall(word)) for word in new.words], bool)
