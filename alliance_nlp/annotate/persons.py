"""What is known of names before a visit is read: word lists, and the forms of a roster name.

The lists only say which words *may* be a name of somebody; whether the patient's name is seen depends on the roster
and on the words around it, never on the lists.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.lang.en.stop_words import STOP_WORDS
from spacy.strings import get_string_id

COMMON, GIVEN, TITLE, CLOSED, OFTEN, CALL, LEAD = 1, 2, 4, 8, 16, 32, 64
"""Bits of a word: said as a word, borne as a given name, a title, a function word, often said as a word, said in
calling, may lead up to a name. An unknown word has none."""

SELDOM = 0.07
"""Uses per visit that a word is given at least: a patient's name draws the word into the talk ("footing the bill")."""

PLAIN_SIZE = 1 << 17
_MARKS = (*".,?!;:-–—'\"“”‘’()[]/*%&$#+=<>|~_", "...", "…", "--", "\n", " ", "  ", "\n\n", "\r\n")
_LONG = 4
_PIECE = re.compile(r"[^\s-]+|-")


class Lists(NamedTuple):
    """The word lists of the package.

    ``plain`` is a table by the hash's last bits: a word whose hash stands in its own place is no candidate for a name.
    ``rates`` are uses per visit of words said as words, from `SELDOM` on.
    """

    bits: dict[int, int]
    plain: NDArray[np.uint64]
    sets: dict[str, frozenset[str]]
    titles: frozenset[str]
    given: frozenset[str]
    nicknames: dict[str, frozenset[str]]
    rates: dict[str, float]


@cache
def lists() -> Lists:
    """The word lists, read once: bits by spaCy's hash of the lower-case word, named sets, nicknames by given name."""
    from nicknames import name_triplets

    folder = files(__package__) / "patterns"
    sets = {k: frozenset(v) for k, v in json.loads((folder / "name_words.json").read_text("utf-8")).items()}
    common = set((folder / "common_words.txt").read_text("utf-8").split()) | STOP_WORDS | sets["never"]
    hand = set((folder / "given_names.txt").read_text("utf-8").split())
    given = set(hand)
    nicknames: dict[str, set[str]] = {}
    for full, _, short in name_triplets():
        nicknames.setdefault(full, set()).add(short)
        nicknames.setdefault(short, set()).add(full)
        given.add(full)
    given -= common - hand
    often = set(common)
    common |= sets["word_and_family"] | sets["word_and_given"]
    titles = sets["title_strong"] | sets["title_weak"]
    bits: dict[str, int] = {}
    groups = (
        (common, COMMON),
        (given | sets["word_and_given"], GIVEN),
        (titles, TITLE),
        (STOP_WORDS - sets["word_and_given"], CLOSED),
        (often, OFTEN),
        (sets["call"] | sets["call_early"], CALL),
        (_leads(folder, sets), LEAD),
    )
    for words, bit in groups:
        for word in words:
            bits[word] = bits.get(word, 0) | bit
    for mark in [*_MARKS, *map(str, range(1000))]:
        bits[mark] = bits.get(mark, 0) | CLOSED
    by_hash = {get_string_id(word): bit for word, bit in bits.items()}
    plain = np.zeros(PLAIN_SIZE, np.uint64)
    hashes = np.array([key for key, bit in by_hash.items() if not bit & (GIVEN | TITLE)], np.uint64)
    plain[hashes & np.uint64(PLAIN_SIZE - 1)] = hashes
    called = {k: frozenset(v) for k, v in nicknames.items()}
    rates = json.loads((folder / "word_rates.json").read_text("utf-8"))
    return Lists(by_hash, plain, sets, titles, frozenset(hand), called, rates)


def _leads(folder: Traversable, sets: dict[str, frozenset[str]]) -> frozenset[str]:
    """Words and marks after which an unknown word may be a name: calls, openers, stops, relatives, "my name is"."""
    left = json.loads((folder / "cue_classes.json").read_text("utf-8"))["left"]
    return frozenset((*left["greeting"], *left["opener"], *sets["kin"], *sets["lead"], *_MARKS))


def forms_of(patient: dict[str, Any] | None) -> dict[tuple[str, ...], str]:
    """Forms a roster name takes in talk, as lower-case tokens, each with its kind.

    The kinds are `full`, `given`, `family`, `nickname`, and `initial`, which is a name only after a title ("Ms. K").

    >>> forms_of({"given": "Zed", "family": "Lee", "aliases": ["Ms. L"]}).items() >= {(("zed", "lee"), "full")}
    True
    """
    if not patient:
        return {}
    known = lists()
    forms: dict[tuple[str, ...], str] = {}

    def add(pieces: list[str], kind: str) -> None:
        for spelt in (pieces, [_folded(piece) for piece in pieces]):
            if spelt and any(ch.isalpha() for ch in "".join(spelt)):
                short = len(spelt) == 1 and len(spelt[0].strip(".")) < 2
                forms.setdefault(tuple(spelt), "initial" if short else kind)
                if len(spelt[-1]) > _LONG and spelt[-1].endswith("s"):  # heard as "domingo's"
                    forms.setdefault((*spelt[:-1], spelt[-1][:-1], "'s"), kind)
                if short:
                    forms.setdefault((spelt[0].strip(".") + ".",), "initial")

    given, family = _pieces(patient.get("given")), _pieces(patient.get("family"))
    add(given, "given")
    add(family, "family")
    if given and family:
        add(given + family, "full")
    for pieces, kind in ((given, "given"), (family, "family")):
        for piece in pieces if len(pieces) > 1 else []:
            if len(piece) > 2:
                add([piece], kind)
    for alias in patient.get("aliases") or []:
        pieces = _pieces(alias)
        add(pieces[1:] if pieces and pieces[0] in known.titles else pieces, "given")
    for name in given[:1] if not patient.get("aliases") else []:
        for short in sorted(known.nicknames.get(name, ())):
            if len(short) > 2 and not _is_only_a_word(short):
                add([short], "nickname")
    return forms


def _pieces(name: str | None) -> list[str]:
    return _PIECE.findall((name or "").lower().replace("’", "'"))


def _folded(text: str) -> str:
    return "".join(ch for ch in unicodedata.normalize("NFKD", text) if not unicodedata.combining(ch))


def _is_only_a_word(word: str) -> bool:
    bits = lists().bits.get(get_string_id(word), 0)
    return bool(bits & (COMMON | CLOSED)) and not bits & GIVEN
