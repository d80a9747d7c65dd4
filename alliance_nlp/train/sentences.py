"""Gold visits -> what the coder learns from: the words, the layout and the gold codes of every sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from ..annotate.layout import Layout, lay_out, surface
from ..annotate.names import KEY as NAMES_KEY
from ..annotate.note_signs import with_signs
from ..annotate.rules import Rule, rule_hits
from ..annotate.words import Words, masked_words, strings_of
from ..codes import CODE_NAMES, FAMILIES
from ..corpus.gold import GoldVisit
from ..parse import parse_visit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Prepared:
    """One gold visit, parsed, with names found.

    ``words`` and, as strings, ``tokens``: masked, with the signs of a note; ``plain``: the tokens without them;
    ``gold``: (sentences, codes); ``stretches``: (turn, start, end) of each sentence; ``hits``: the rules that hold, by
    sentence; ``uses``: (rule, whether it is right) of each found use of the patient's name; ``bags``: (code, sentences)
    of each gold stretch that covers several sentences, any of which may be the one that earned the code; ``known``:
    (sentences, codes), False where the gold does not tell; ``soft``: soft labels, (sentences, codes), nan where there
    are none.
    """

    visit: GoldVisit
    state: dict[str, Any]
    words: Words
    tokens: list[list[str]]
    plain: list[list[str]]
    layout: Layout
    measures: Array
    gold: NDArray[np.bool_]
    stretches: list[tuple[int, int, int]]
    hits: list[tuple[int, Rule]]
    uses: list[tuple[str, bool]]
    bags: list[tuple[int, list[int]]]
    known: NDArray[np.bool_]
    soft: Array


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


def same_name(use: tuple[str, int, int, int], name: tuple[str, int, int, int]) -> bool:
    """Whether a found use of a name is a gold one: the same code, in the same turn, overlapping.

    >>> same_name(("name_vocative", 0, 3, 6), ("name_vocative", 0, 0, 6))
    True
    """
    return use[:2] == name[:2] and min(use[3], name[3]) > max(use[2], name[2])


def _prepare_one(visit: GoldVisit, nlp: Language) -> Prepared:
    doc = parse_visit(visit.visit, nlp)
    for _, component in nlp.pipeline:
        doc = component(doc)
    state = doc._.alliance_visit
    plain = masked_words(doc, state)
    words = with_signs(doc, state, plain) if state["kind"] == "note" else plain
    layout = lay_out(state)
    spoken = strings_of(doc, plain, len(state["sents"]))
    stretches = [_in_turn(doc, state, start, end, turn) for start, end, turn in state["sents"]]
    gold, bags = _gold_of(visit, stretches)
    return Prepared(
        visit=visit,
        state=state,
        words=words,
        tokens=spoken if words is plain else strings_of(doc, words, len(stretches)),
        plain=spoken,
        layout=layout,
        measures=surface(plain, layout),
        gold=gold,
        stretches=stretches,
        hits=[hit for family in FAMILIES for hit in rule_hits(doc, state, family)],
        uses=_uses_of(visit, doc, state),
        bags=bags,
        known=np.ones_like(gold),
        soft=_soft_of(visit, stretches),
    )


def _in_turn(doc: Doc, state: dict[str, Any], start: int, end: int, turn: int) -> tuple[int, int, int]:
    """Turn, start and end in the turn's characters, of the tokens from start to end."""
    span, offset = doc[start:end], state["turns"][turn][2]
    return turn, span.start_char - offset, span.end_char - offset


def _gold_of(
    visit: GoldVisit, stretches: list[tuple[int, int, int]]
) -> tuple[NDArray[np.bool_], list[tuple[int, list[int]]]]:
    """Gold codes of the sentences, and the gold stretches that cover several of them."""
    gold = np.zeros((len(stretches), len(CODE_NAMES)), bool)
    bags: list[tuple[int, list[int]]] = []
    by_turn: dict[int, list[int]] = {}
    for index, (turn, _, _) in enumerate(stretches):
        by_turn.setdefault(turn, []).append(index)
    for code, turn, start, end in visit.codes:
        at = [index for index in by_turn.get(turn, ()) if overlaps(stretches[index][1:], (start, end))]
        gold[at, CODE_NAMES.index(code)] = True
        if len(at) > 1:
            bags.append((CODE_NAMES.index(code), at))
    return gold, bags


def _soft_of(visit: GoldVisit, stretches: list[tuple[int, int, int]]) -> Array:
    """Soft labels of the sentences that stand where they stood when the labels were made."""
    unknown = np.full(len(CODE_NAMES), np.nan)
    return np.array([visit.soft.get(stretch, unknown) for stretch in stretches]).reshape(-1, len(CODE_NAMES))


def _uses_of(visit: GoldVisit, doc: Doc, state: dict[str, Any]) -> list[tuple[str, bool]]:
    """Rule of every found use of the patient's name, and whether the use is right."""
    uses = []
    for span in doc.spans[NAMES_KEY]:
        turn = next(at for at, (first, last, *_) in enumerate(state["turns"]) if first <= span.start < last)
        found = (span.label_, *_in_turn(doc, state, span.start, span.end, turn))
        uses.append((f"names.{span.id_}", any(same_name(found, name) for name in visit.names)))
    return uses
