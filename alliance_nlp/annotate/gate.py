"""Which rules can hold in a text at all, told by its words: most sentences then need no regular expression.

A rule's ``triggers`` are letters of which some stand in every match of its pattern: small letters, any digit for every
digit, a space at an end where a word begins or ends (" pt " is in "Pt's", not in "optimal"); of several words the
longest is looked for. A rule without triggers is always tried. ``tests/test_annotate_gate.py`` holds the triggers of
every rule against what its pattern can match.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Generic, Protocol, TypeVar

#: Files of rules for notes; all of them are looked for in one pass over a text's words.
_FILES = ("note_signs", "note_vetoes", "note_marks", "context", "goal_parts", "stigma")
#: Words from which they are forgotten, so that memory stays flat.
_MAX_WORDS = 50_000
#: What a pattern that ignores capitals takes for the same letter, beyond `str.lower` (a combining dot is what is left
#: of a Turkish capital); one apostrophe and one digit stand for all.
_SAME = str.maketrans({"ſ": "s", "ı": "i", "\u0307": None, "’": "'", **dict.fromkeys("123456789", "0")})


class _Named(Protocol):
    @property
    def id(self) -> str: ...


RuleT = TypeVar("RuleT", bound=_Named)


class Gate(Generic[RuleT]):
    """Rules of one of the files, found by the words of a text.

    >>> from alliance_nlp.annotate.note_vetoes import vetoes
    >>> [rule.id for rule in Gate(vetoes()).candidates("Pt willing to try.")]
    ['note.no_agreement']
    """

    def __init__(self, rules: Iterable[RuleT]) -> None:
        self._rules = [(_words().bits[rule.id], rule) for rule in rules]
        self._mine = sum(bit for bit, _ in self._rules)
        self._chosen: dict[int, tuple[RuleT, ...]] = {}

    def candidates(self, text: str) -> tuple[RuleT, ...]:
        """Rules that may hold in the text, in their order; the others do not."""
        bits = _opened(text) & self._mine
        chosen = self._chosen.get(bits)
        if chosen is None:
            if len(self._chosen) >= _MAX_WORDS:
                self._chosen.clear()
            chosen = self._chosen[bits] = tuple(rule for bit, rule in self._rules if bits & bit)
        return chosen


@lru_cache(maxsize=512)  # a sentence is asked about by several stages, one after the other
def _opened(text: str) -> int:
    """The rules whose triggers are in a text, one bit each."""
    words = _words()
    bits = words.always
    for word in text.lower().split():
        bits |= words[word]
    return bits


class _Words(dict[str, int]):
    """The rules, one bit each, that each word met so far is a trigger of."""

    def __init__(self, triggers: dict[str, list[str]]) -> None:
        super().__init__()
        self.bits = {rule: 1 << at for at, rule in enumerate(triggers)}
        self.always = sum(self.bits[rule] for rule, words in triggers.items() if not words)
        self._table: dict[str, list[tuple[bool, bool, int]]] = {}
        for rule, words in triggers.items():
            for trigger in words:
                word = max(trigger.split(), key=len)
                before, _, behind = trigger.partition(word)
                row = (before.endswith(" "), behind.startswith(" "), self.bits[rule])
                self._table.setdefault(word.translate(_SAME), []).append(row)
        self._lengths = sorted({len(letters) for letters in self._table})

    def __missing__(self, word: str) -> int:
        plain = word.translate(_SAME)
        if not plain.isascii():
            plain = "".join("0" if char.isdecimal() else char for char in plain)
        bits = 0
        for start in range(len(plain)):
            begins = not (start and _is_letter(plain[start - 1]))
            for length in self._lengths:
                end = start + length
                for must_begin, must_end, bit in self._table.get(plain[start:end], ()):
                    if begins >= must_begin and not (must_end and end < len(plain) and _is_letter(plain[end])):
                        bits |= bit
        if len(self) >= _MAX_WORDS:
            self.clear()
        self[word] = bits
        return bits


def _is_letter(char: str) -> bool:
    return char.isalnum() or char == "_"


@cache
def _words() -> _Words:
    triggers: dict[str, list[str]] = {}
    for name in _FILES:
        lines = (files(__package__) / "patterns" / f"{name}.jsonl").read_text("utf-8").splitlines()
        for row in map(json.loads, filter(None, lines)):
            triggers[row["id"]] = row.get("triggers", [])
    return _Words(triggers)
