"""Measures shown beside the score and not in it: who talks, of whom, and how the visit answers the patient.

None of them moves a score until it is shown to help; how well a person is in tune with another cannot be read from
words.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from .annotate.layout import Layout
from .annotate.names import KEY as NAMES_KEY
from .annotate.rules import rule_hits
from .codes import CODE_NAMES

Array = NDArray[np.float64]

_C = {code: at for at, code in enumerate(CODE_NAMES)}
#: Turns in which distress, or a goal, waits for its answer.
ANSWER_TURNS = 3


def measures(doc: Doc, p: Array, layout: Layout, sizes: Array) -> dict[str, float]:
    """Every measure of an annotated Doc; the table `featurise.FEATURES` says unit and missing value of each.

    Args:
        doc: the Doc, with names found.
        p: code probabilities, (sentences, codes).
        layout: who says each sentence and where.
        sizes: words of each sentence.
    """
    found: dict[str, set[int]] = {}
    for sentence, rule in rule_hits(doc, doc._.alliance_visit, "measures"):
        found.setdefault(rule.id.removeprefix("measures."), set()).add(sentence)
    spoken = float(sizes[layout.provider].sum())
    total = float(sizes[layout.provider | layout.patient].sum())
    n_provider = int(layout.provider.sum())
    uses = [span.label_ for span in doc.spans.get(NAMES_KEY, ())]
    return {
        "provider_word_share": spoken / total if total else math.nan,
        "provider_turn_words": spoken / len(set(layout.turn[layout.provider].tolist())) if n_provider else math.nan,
        "provider_self_talk_share": len(found.get("self_talk", ())) / n_provider if n_provider else math.nan,
        "feedback_asked": float(len(found.get("feedback_asked", ()))),
        "goal_negotiated": goal_negotiated(p, layout),
        "others_involved": float(len(found.get("others", ()))),
        "commitment_renewed": commitment_renewed(p, layout),
        "reflection_after_distress_share": answered_distress(p, layout, found.get("distress", set())),
        "name_vocative_per_1000_words": 1000 * uses.count("name_vocative") / spoken if spoken else math.nan,
        "name_reference_per_1000_words": 1000 * uses.count("name_reference") / spoken if spoken else math.nan,
    }


def goal_negotiated(p: Array, layout: Layout) -> float:
    """Expected number of goals that the patient states, the provider says back changed, and the patient confirms."""
    state, align = _C["goal_state"], _C["goal_align"]
    total = 0.0
    for first in np.flatnonzero(layout.patient & (p[:, state] > 0.1)):
        answer = _soon(layout, int(first)) & layout.provider
        adjusted = p[answer, state] * p[answer, align]
        if len(adjusted) and adjusted.max() > 0.05:
            back = int(np.flatnonzero(answer)[adjusted.argmax()])
            confirms = p[_soon(layout, back) & layout.patient, align]
            total += float(p[first, state] * adjusted.max() * confirms.max(initial=0.0))
    return total


def commitment_renewed(p: Array, layout: Layout) -> float:
    """Expected number of the patient's commitments and agreements in the last third of the visit."""
    late = np.arange(len(p)) >= 2 * len(p) / 3
    return float(p[late & layout.patient][:, [_C["task_commit"], _C["task_agree"]]].sum())


def answered_distress(p: Array, layout: Layout, distress: set[int]) -> float:
    """Share of the patient's sentences of distress that the provider answers with empathy soon; nan without any."""
    answers = [p[_soon(layout, at) & layout.provider, _C["empathy"]].max(initial=0.0) for at in sorted(distress)]
    return float(np.mean(answers)) if answers else math.nan


def _soon(layout: Layout, at: int) -> NDArray[np.bool_]:
    """Sentences of the turns right after that of sentence ``at``."""
    soon: NDArray[np.bool_] = (layout.turn > layout.turn[at]) & (layout.turn <= layout.turn[at] + ANSWER_TURNS)
    return soon
