"""Gold visits -> what the coder learns from: the words, the layout and the gold codes of every sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language

from ..annotate.layout import Layout, lay_out, surface
from ..annotate.rules import Rule, rule_hits
from ..annotate.words import NAME, NUMBER, Words, masked_words
from ..codes import CODE_NAMES, FAMILIES
from ..corpus.gold import GoldVisit
from ..parse import parse_visit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Prepared:
    """One gold visit, parsed, with names found.

    ``gold``: (sentences, codes); ``stretches``: (turn, start, end) of each sentence; ``hits``: the rules that
    hold, by sentence.
    """

    visit: GoldVisit
    state: dict[str, Any]
    words: Words
    tokens: list[list[str]]
    layout: Layout
    measures: Array
    gold: NDArray[np.bool_]
    stretches: list[tuple[int, int, int]]
    hits: list[tuple[int, Rule]]


def prepare(visits: Iterable[GoldVisit], nlp: Language) -> list[Prepared]:
    """Parse gold visits and find their names with ``nlp``, a pipeline that holds ``alliance_names`` alone."""
    return [_prepare_one(visit, nlp) for visit in visits]


def overlaps(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Whether two stretches share at least half of either: the measure's rule for the same sentence.

    >>> overlaps((0, 10), (6, 12)), overlaps((0, 10), (8, 20))
    (True, False)
    """
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return shared > 0 and (shared >= 0.5 * (a[1] - a[0]) or shared >= 0.5 * (b[1] - b[0]))


def _prepare_one(visit: GoldVisit, nlp: Language) -> Prepared:
    doc = parse_visit(visit.visit, nlp)
    for _, component in nlp.pipeline:
        doc = component(doc)
    state = doc._.alliance_visit
    words = masked_words(doc, state)
    strings = doc.vocab.strings
    special = {int(strings.add(NAME)): NAME, int(strings.add(NUMBER)): NUMBER}
    tokens: list[list[str]] = [[] for _ in state["sents"]]
    for hashed, sentence in zip(words.hashes.tolist(), words.sentence.tolist(), strict=True):
        tokens[sentence].append(special.get(hashed) or strings[hashed])
    stretches = []
    for start, end, turn in state["sents"]:
        span = doc[start:end]
        offset = state["turns"][turn][2]
        stretches.append((turn, span.start_char - offset, span.end_char - offset))
    gold = np.zeros((len(stretches), len(CODE_NAMES)), bool)
    by_turn: dict[int, list[int]] = {}
    for index, (turn, _, _) in enumerate(stretches):
        by_turn.setdefault(turn, []).append(index)
    for code, turn, start, end in visit.codes:
        for index in by_turn.get(turn, ()):
            if overlaps(stretches[index][1:], (start, end)):
                gold[index, CODE_NAMES.index(code)] = True
    layout = lay_out(state)
    hits = [hit for family in FAMILIES for hit in rule_hits(doc, state, family)]
    return Prepared(visit, state, words, tokens, layout, surface(words, layout), gold, stretches, hits)
