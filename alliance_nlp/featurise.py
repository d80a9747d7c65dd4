"""Doc -> one row of features: rates, uptake and order of coded behaviour; no words and no names.

`FEATURES` is the one table of them: name, title, unit, range, what is missing, where it comes from, which part of
the score it may move and which way. Features without a part are measures shown beside the score. All counts are
expected counts, the sum of the coder's probabilities, so that a sentence that may be a goal counts in part.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from .annotate.layout import Layout, lay_out
from .codes import CODE_NAMES
from .measures import measures
from .records import PARTS, Kind, Part
from .tokens import tokens_of

Array = NDArray[np.float64]

#: Turns within which an answer counts as one.
UPTAKE_TURNS = 4
_EIGHTHS = 8
_C = {code: at for at, code in enumerate(CODE_NAMES)}
_VIRTUES = np.array([code not in ("directive", "judge") for code in CODE_NAMES])


class Feature(NamedTuple):
    """One feature. ``cap``: the value past which more adds nothing. ``missing``: its value where it is undefined.

    ``parts``: the parts of the score it may move, none for a measure that is shown beside it; ``sign``: +1 where more
    of it never lowers a score, -1 where it never raises one; ``note``: whether it exists in a note; ``codes``: the
    codes whose evidence it points to.
    """

    name: str
    title: str
    unit: str
    cap: float
    missing: str
    source: str
    parts: tuple[Part, ...] = ()
    sign: int = 1
    note: bool = False
    codes: tuple[str, ...] = ()


_BORDIN = "Bordin 1979"
_MITI = "MITI 4 (Moyers 2016)"
_BOOK = "CODEBOOK.md"
_COUNT = "expected sentences"
_RATE = "expected sentences per 100 of the provider's"
_G: tuple[Part, ...] = ("goal",)
_T: tuple[Part, ...] = ("task",)
_B: tuple[Part, ...] = ("bond",)
_GTB: tuple[Part, ...] = PARTS
_GT: tuple[Part, ...] = ("goal", "task")
_GB: tuple[Part, ...] = ("goal", "bond")
_TB: tuple[Part, ...] = ("task", "bond")
_GOALS = ("goal_elicit", "goal_state", "goal_align")
_DOUBT = "standard deviation of the count"
_CONFORMAL = "Lei 2018"
_BOND = ("empathy", "affirm", "optimism")
_TASKS = ("task_elicit", "task_joint", "task_split", "task_agree", "task_commit")

FEATURES: tuple[Feature, ...] = (
    Feature("goals_sought", "asks for goals, and is answered", _COUNT, 6, "0", _BORDIN, _GT, 1, True, ("goal_elicit",)),
    Feature("goals_stated_patient", "goals the patient names", _COUNT, 12, "0", _BORDIN, _G, 1, False, ("goal_state",)),
    Feature("goals_stated_provider", "goals the provider names", _COUNT, 8, "0", _BORDIN, _G, 1, True, ("goal_state",)),
    Feature("goals_said_back", "goals said back", _COUNT, 8, "0", _BORDIN, _GTB, 1, True, ("goal_align",)),
    Feature("goals_confirmed", "goals the patient confirms", _COUNT, 6, "0", _BORDIN, _G, 1, False, ("goal_align",)),
    Feature("goals_uptake", "goals taken up soon", _COUNT, 6, "0", "Hall 2010", _GTB, 1, False, ("goal_align",)),
    Feature("goals_rate", "goals, for their share of the talk", _RATE, 25, "0", _BORDIN, _G, 1, False, _GOALS),
    Feature("goals_spread_share", "parts of the visit with goals", "share of eighths", 1, "0", _BOOK, _G, 1, False, ()),
    Feature("tasks_sought", "asks for ideas and choices", _COUNT, 12, "0", _BORDIN, _GTB, 1, True, ("task_elicit",)),
    Feature("tasks_joint", "work put as shared", _COUNT, 8, "0", _BORDIN, _T, 1, True, ("task_joint",)),
    Feature("tasks_split", "says who does what", _COUNT, 4, "0", _BORDIN, _T, 1, True, ("task_split",)),
    Feature("tasks_agreement_asked", "asks for agreement", _COUNT, 8, "0", _BORDIN, _TB, 1, True, ("task_agree",)),
    Feature("tasks_agreed", "patient agrees to a step", _COUNT, 10, "0", _BORDIN, _T, 1, False, ("task_agree",)),
    Feature("tasks_committed", "takes on steps", _COUNT, 12, "0", "Amrhein 2003", _T, 1, False, ("task_commit",)),
    Feature("tasks_uptake", "ideas asked for and given", _COUNT, 8, "0", "Elwyn 2012", _GT, 1, False, ("task_commit",)),
    Feature("tasks_rate", "shared work, for its share of the talk", _RATE, 40, "0", _BORDIN, _T, 1, False, _TASKS),
    Feature("tasks_directed", "steps told, not asked", _COUNT, 14, "0", _MITI, _T, -1, True, ("directive",)),
    Feature("tasks_directed_share", "plan told, not asked", "share", 1, "0.5", _MITI, _GTB, -1, True, ("directive",)),
    Feature("bond_empathy", "empathy", _COUNT, 14, "0", _MITI, _GB, 1, True, ("empathy",)),
    Feature("bond_empathy_rate", "empathy, for its share", _RATE, 30, "0", _MITI, _B, 1, False, ("empathy",)),
    Feature("bond_affirm", "affirmation", _COUNT, 8, "0", _MITI, _B, 1, True, ("affirm",)),
    Feature("bond_affirm_rate", "affirmation, for its share", _RATE, 16, "0", _MITI, _B, 1, False, ("affirm",)),
    Feature("bond_optimism", "hope for this patient", _COUNT, 4, "0", _BOOK, _B, 1, True, ("optimism",)),
    Feature("bond_judge", "what may come across as judging", _COUNT, 8, "0", _MITI, _GTB, -1, True, ("judge",)),
    Feature("bond_judge_rate", "such words, for their share", _RATE, 20, "0", _MITI, _B, -1, False, ("judge",)),
    Feature("bond_next_contact", "a concrete next contact", _COUNT, 3, "0", _BOOK, _TB, 1, True, ("next_contact",)),
    Feature("patient_word_share", "patient's share of the words", "share", 0.7, "0", "Street 2005", _B, 1, False, ()),
    Feature("provider_word_share", "provider's share of the words", "share", 1, "nan", "Street 2005"),
    Feature("provider_turn_words", "length of the provider's turns", "mean words", 80, "nan", _MITI),
    Feature("provider_self_talk_share", "provider's sentences about themselves", "share", 1, "nan", "Beach 2004"),
    Feature("feedback_asked", "asks how the visit serves the patient", "sentences", 5, "0", "Lambert 2010"),
    Feature("goal_negotiated", "a stated goal adjusted, then agreed", _COUNT, 5, "0", _BORDIN),
    Feature("others_involved", "sentences about carers and the care team", "sentences", 20, "0", _BOOK),
    Feature("commitment_renewed", "commitment in the last third", _COUNT, 8, "0", "Amrhein 2003"),
    Feature("reflection_after_distress_share", "distress answered with empathy", "share", 1, "nan", _MITI),
    Feature("goals_doubt", "how unsure the number of goals is", _DOUBT, 10, "0", _CONFORMAL, (), 1, True, _GOALS),
    Feature("tasks_doubt", "how unsure the amount of shared work is", _DOUBT, 10, "0", _CONFORMAL, (), 1, True, _TASKS),
    Feature("bond_doubt", "how unsure the amount of bond is", _DOUBT, 10, "0", _CONFORMAL, (), 1, True, _BOND),
    Feature("sentences_log", "length of the visit", "log sentences", 10, "0", _CONFORMAL, (), 1, True),
    Feature("codes_per_sentence", "how much of the talk is coded", "codes a sentence", 2, "0", _CONFORMAL, (), 1, True),
    Feature("name_vocative_per_1000_words", "patient addressed by name", "per 1000 words", 20, "nan", "Makoul 2007"),
    Feature("name_reference_per_1000_words", "patient's name said", "per 1000 words", 20, "nan", "Makoul 2007"),
)


def featurise_doc(doc: Doc) -> dict[str, float]:
    """All features of an annotated Doc, in the order of `FEATURES`; what needs two speakers is ``nan`` in a note."""
    state = doc._.alliance_visit
    layout = tokens_of(doc).notes.get("layout") or lay_out(state)
    p, sizes = np.asarray(state["p"]), np.asarray(state["sizes"])
    row = rated_features(p, layout, sizes, np.asarray(state["repeats"], bool)) | measures(doc, p, layout, sizes)
    if state["kind"] == "note":
        return {feature.name: row[feature.name] if feature.note else math.nan for feature in FEATURES}
    return {feature.name: row[feature.name] for feature in FEATURES}


def rated_features(p: Array, layout: Layout, sizes: Array, repeats: NDArray[np.bool_]) -> dict[str, float]:
    """Features that may enter a score or the width of its interval.

    Args:
        p: code probabilities, (sentences, codes).
        layout: who says each sentence and where.
        sizes: words of each sentence.
        repeats: whether a sentence says again, word for word, what was said before; then it counts for no virtue, so
            that a stock phrase adds nothing the second time.
    """
    n = len(layout.turn)
    spoken = (layout.provider | layout.patient)[:, None]
    p = np.where(~spoken | repeats[:, None] & _VIRTUES, 0.0, p)
    by_provider, by_patient = p * layout.provider[:, None], p * layout.patient[:, None]
    asked, said = by_provider.sum(axis=0), by_patient.sum(axis=0)
    per_100 = 100 / max(20, int(layout.provider.sum()))
    plan = asked[[_C[c] for c in ("task_elicit", "task_joint", "task_split", "task_agree")]].sum()
    directed = asked[_C["directive"]]
    total = max(1.0, float(sizes[layout.provider | layout.patient].sum()))
    goals = p[:, [_C[code] for code in _GOALS]].sum(axis=1)
    tasks = p[:, [_C[code] for code in _TASKS]].sum(axis=1)
    answers = np.minimum(1, by_patient[:, _C["goal_state"]] + by_patient[:, _C["goal_align"]])
    eighths = np.bincount((np.arange(n) * _EIGHTHS) // max(1, n), weights=goals, minlength=_EIGHTHS)
    return {
        "goals_sought": uptake(by_provider[:, _C["goal_elicit"]], answers, layout.turn),
        "goals_stated_patient": said[_C["goal_state"]],
        "goals_stated_provider": asked[_C["goal_state"]],
        "goals_said_back": asked[_C["goal_align"]],
        "goals_confirmed": said[_C["goal_align"]],
        "goals_uptake": uptake(by_patient[:, _C["goal_state"]], by_provider[:, _C["goal_align"]], layout.turn),
        "goals_rate": float(goals.sum()) * per_100,
        "goals_spread_share": float(np.minimum(1, eighths).mean()),
        "tasks_sought": asked[_C["task_elicit"]],
        "tasks_joint": asked[_C["task_joint"]] + said[_C["task_joint"]],
        "tasks_split": asked[_C["task_split"]] + said[_C["task_split"]],
        "tasks_agreement_asked": asked[_C["task_agree"]],
        "tasks_agreed": said[_C["task_agree"]],
        "tasks_committed": said[_C["task_commit"]],
        "tasks_uptake": uptake(
            by_provider[:, _C["task_elicit"]],
            np.minimum(1, by_patient[:, _C["task_commit"]] + by_patient[:, _C["task_agree"]]),
            layout.turn,
        ),
        "tasks_rate": float(tasks.sum()) * per_100,
        "tasks_directed": directed,
        "tasks_directed_share": float((directed + 1) / (directed + plan + 2)),
        "bond_empathy": asked[_C["empathy"]],
        "bond_empathy_rate": asked[_C["empathy"]] * per_100,
        "bond_affirm": asked[_C["affirm"]],
        "bond_affirm_rate": asked[_C["affirm"]] * per_100,
        "bond_optimism": asked[_C["optimism"]] + said[_C["optimism"]],
        "bond_judge": asked[_C["judge"]],
        "bond_judge_rate": asked[_C["judge"]] * per_100,
        "bond_next_contact": asked[_C["next_contact"]],
        "patient_word_share": float(sizes[layout.patient].sum()) / total,
        "goals_doubt": doubt(p[:, [_C[code] for code in _GOALS]]),
        "tasks_doubt": doubt(p[:, [_C[code] for code in _TASKS]]),
        "bond_doubt": doubt(p[:, [_C[code] for code in _BOND]]),
        "sentences_log": float(np.log1p(n)),
        "codes_per_sentence": float(p.sum()) / max(1, n),
    }


def doubt(p: Array) -> float:
    """Standard deviation of a count of sentences whose probabilities are ``p``, as if they were independent.

    >>> doubt(np.array([0.5, 0.5, 1.0, 0.0, 0.5, 0.5]))
    1.0
    """
    return float(np.sqrt((p * (1 - p)).sum()))


def uptake(offer: Array, answer: Array, turn: NDArray[np.int64]) -> float:
    """Expected number of offers answered by somebody within the next `UPTAKE_TURNS` turns.

    >>> uptake(np.array([1.0, 0, 0]), np.array([0, 0, 0.5]), np.array([0, 1, 2]))
    0.5
    """
    offers = np.flatnonzero(offer > 0.02)
    first = np.searchsorted(turn, turn[offers], side="right").tolist()
    last = np.searchsorted(turn, turn[offers] + UPTAKE_TURNS, side="right").tolist()
    missed = (1 - answer).tolist()
    return sum(
        float(value * (1 - math.prod(missed[a:b]))) for value, a, b in zip(offer[offers], first, last, strict=True)
    )


def features_of(part: Part, kind: Kind) -> tuple[Feature, ...]:
    """Features that may move one part of the score in a transcript or a note."""
    return tuple(feature for feature in FEATURES if part in feature.parts and (kind == "transcript" or feature.note))
