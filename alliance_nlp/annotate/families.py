"""What ``alliance_goals``, ``alliance_tasks`` and ``alliance_bond`` share: probabilities and rules -> spans.

The three components differ in a row of a table only, their family: its codes, rules and spans key.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from ..codes import CODES, Family
from ..parse import ensure_parsed
from .coder import AllianceCoder
from .rules import rule_hits


class Find(NamedTuple):
    """A coded sentence: its index, the code's index, the probability, and ``coder`` or the rule's id."""

    sentence: int
    code: int
    p: float
    why: str


def find_family(doc: Doc, state: dict[str, Any], family: Family) -> list[Find]:
    """Sentences of a family's codes: the coder's probability is over its cut, or a proven rule holds.

    A rule counts with the share of its hits that were right in training; one below the code's cut says nothing.
    """
    finds: dict[tuple[int, int], Find] = {}
    p, cuts = state["p"], state["cuts"]
    for code, row in enumerate(CODES):
        if row.family == family:
            for sentence in (p[:, code] >= cuts[code]).nonzero()[0].tolist():
                finds[sentence, code] = Find(sentence, code, float(p[sentence, code]), "coder")
    for sentence, rule in rule_hits(doc, state, family):
        proven = state["rules"].get(rule.id, 0.0)
        other = finds.get((sentence, rule.code))
        if proven > max(cuts[rule.code], p[sentence, rule.code], other.p if other else 0.0):
            finds[sentence, rule.code] = Find(sentence, rule.code, proven, rule.id)
    return sorted(finds.values())


class AllianceFamily:
    """Writes a family's coded sentences to ``doc.spans["alliance_<family>"]``; ``label_`` is the code, ``id_`` the why.

    A rule's hit raises the code's probability in ``doc._.alliance_visit["p"]``. Without ``alliance_coder`` in the
    pipeline the default coder runs on the first call.
    """

    def __init__(self, family: Family, role: str = "provider") -> None:
        self.family: Family = family
        self.role = role

    def __call__(self, doc: Doc) -> Doc:
        state = ensure_parsed(doc, self.role)
        if "p" not in state:
            _default_coder(self.role)(doc)
        spans = []
        for find in find_family(doc, state, self.family):
            start, end, _ = state["sents"][find.sentence]
            spans.append(Span(doc, start, end, label=CODES[find.code].name, span_id=find.why))
            state["p"][find.sentence, find.code] = find.p
        doc.spans[spans_key(self.family)] = spans
        return doc

    def to_disk(self, path: Any, *, exclude: Iterable[str] = ()) -> None:
        """Nothing to write: the rules are part of the package, their weight is part of the coder."""

    def from_disk(self, path: Any, *, exclude: Iterable[str] = ()) -> AllianceFamily:
        """Nothing to read."""
        return self


def spans_key(family: str) -> str:
    """Key of a family's spans in ``doc.spans``.

    >>> spans_key("goals")
    'alliance_goals'
    """
    return f"alliance_{family}"


@cache
def _default_coder(role: str) -> AllianceCoder:
    return AllianceCoder(role)


def register_family(family: Family) -> Any:
    """Register the factory ``alliance_<family>`` and give its function back."""

    @Language.factory(
        spans_key(family), assigns=["doc.spans"], default_config={"role": "provider"}, retokenizes=False
    )
    def make(nlp: Language, name: str, role: str) -> AllianceFamily:
        return AllianceFamily(family, role)

    return make
