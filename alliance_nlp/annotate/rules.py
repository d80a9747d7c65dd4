"""Rules as data: ``patterns/<family>.jsonl``, one rule a line, found in a sentence's lower-case text.

A rule has an ``id`` (``goals.how_important``), the ``code`` it stands for (none in ``measures``), the ``roles`` that
may say it, ``triggers`` (words of which one must be there; they keep the search cheap), a ``pattern`` (regular
expression) and a ``source`` or reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import LOWER
from spacy.strings import get_string_id
from spacy.tokens import Doc

from ..codes import CODE_NAMES, FAMILIES
from .words import masked_text

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
    known = {rule.id: rule for rule in rules_of(family)}
    for sentence, rule_id in state["hits"]:
        if rule_id in known:
            yield sentence, known[rule_id]


def _search(doc: Doc, state: dict[str, Any]) -> Iterator[tuple[int, Rule]]:
    """All rules that hold, sentence by sentence; only sentences with a trigger word outside a name are read."""
    sents = state["sents"]
    if not sents:
        return
    wanted = np.isin(doc.to_array(LOWER), _trigger_hashes())
    for first, last in state["names"]:
        wanted[first:last] = False
    starts = np.array([sent[0] for sent in sents])
    for sentence in np.unique(np.searchsorted(starts, np.flatnonzero(wanted), side="right") - 1).tolist():
        if sentence >= 0:
            start, end, turn = sents[sentence]
            text, role = masked_text(doc, state, start, end), state["turns"][turn][3]
            words = set(_WORD.findall(text))
            for rule in _triggered(words):
                if role in rule.roles and rule.pattern.search(text):
                    yield sentence, rule


_WORD = re.compile(r"[a-z]+")


def _triggered(words: set[str]) -> list[Rule]:
    """Rules of which a trigger is among the words, by id."""
    table = _by_trigger()
    found = {rule.id: rule for word in words & table.keys() for rule in table[word]}
    return [found[rule_id] for rule_id in sorted(found)]


@cache
def _by_trigger() -> dict[str, tuple[Rule, ...]]:
    """Rules of all families under each of their trigger words."""
    table: dict[str, tuple[Rule, ...]] = {}
    for family in RULE_FILES:
        for rule in rules_of(family):
            for word in rule.triggers:
                table[word] = (*table.get(word, ()), rule)
    return table


@cache
def _trigger_hashes() -> NDArray[np.uint64]:
    return np.array(sorted(map(get_string_id, _by_trigger())), np.uint64)
