"""Who asks and who reports: which speaker is the provider and which the patient, where no label says so.

Source: the cues and their weights stand in ``role_cues.json`` with how they were made and what they reach.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import exp
from typing import NamedTuple

from ..records import Role

_CHARS = 8_000  # of each speaker; more adds time, not certainty
_CHARS_TO_CHECK = 2_500  # labels that are given are only checked
_GLANCE_PRIOR = 150  # characters; about the words of `prior_words`
_MAIN_SHARE = 0.1
# What a half-clear label, or being the only one left, counts in logits: odds of 7 to 1, set by judgement.
_HINT = 2.0
_SWAPPED = 0.99
_SUREST = 0.99  # nothing inferred is certain


class Cue(NamedTuple):
    """One sign in the words: above 0 it speaks for the provider, below 0 for the patient."""

    id: str
    pattern: re.Pattern[str]
    weight: float


class Cues(NamedTuple):
    """The table of ``role_cues.json``."""

    cues: tuple[Cue, ...]
    prior_words: float
    threshold: float


class Inferred(NamedTuple):
    """Roles by speaker, and the probability (0-1) that they are right."""

    roles: dict[str, Role]
    confidence: float


@cache
def load_cues() -> Cues:
    """The cues of the package."""
    table = json.loads(files(__package__).joinpath("role_cues.json").read_text("utf-8"))
    cues = [Cue(cue["id"], re.compile(cue["pattern"], re.MULTILINE), cue["weight"]) for cue in table["cues"]]
    return Cues(tuple(cues), table["prior_words"], table["threshold"])


def cue_rates(texts: Sequence[str], chars: int = _CHARS) -> list[float]:
    """Cues per word of one speaker, in the order of the table; one who says little is drawn towards 0.

    Args:
        texts: the turns of the speaker.
        chars: how many characters are looked at.

    >>> rates = dict(zip([cue.id for cue in load_cues().cues], cue_rates(["Where does it hurt?"])))
    >>> rates["asks_mark"] > 0, rates["says_my"]
    (True, 0.0)
    """
    table = load_cues()
    text = "\n".join(texts)[:chars].replace("’", "'").lower()
    words = len(text.split()) + table.prior_words
    return [len(cue.pattern.findall(text)) / words for cue in table.cues]


def provider_score(texts: Sequence[str], chars: int = _CHARS) -> float:
    """How much a speaker sounds like the provider; a difference of two speakers' scores is in logits."""
    return sum(cue.weight * rate for cue, rate in zip(load_cues().cues, cue_rates(texts, chars), strict=True))


def infer_roles(
    speech: Mapping[str, Sequence[str]], known: Mapping[str, Role], hints: Mapping[str, Role]
) -> Inferred | None:
    """Give the missing ones of provider and patient to speakers; who is left over is ``other``.

    Args:
        speech: texts by speaker, all speakers of the visit.
        known: roles that are certain.
        hints: roles that a half-clear label suggests for speakers that are not known.

    Returns:
        Roles of the speakers that were not known, or None where too few speak to tell.

    >>> talk = {"A": ["How is your knee? Show me."], "B": ["It hurts when I climb my stairs, I can't run."]}
    >>> infer_roles(talk, {}, {}).roles
    {'A': 'provider', 'B': 'patient'}
    """
    words = {name: sum(len(text.split()) for text in texts) for name, texts in speech.items()}
    open_names = sorted((name for name in speech if name not in known), key=lambda name: -words[name])
    least = _MAIN_SHARE * sum(words.values())
    main = [name for at, name in enumerate(open_names) if at < 2 or words[name] >= least]
    scores = {name: provider_score(texts) + _hint(hints.get(name)) for name, texts in speech.items()}
    providers = [scores[name] for name, role in known.items() if role == "provider"]
    patients = [scores[name] for name, role in known.items() if role == "patient"]
    roles: dict[str, Role] = {name: "other" for name in speech if name not in known}
    if not main or (len(main) == 1 and not providers and not patients):
        return None
    confidence = 1.0
    if not providers:
        top = max(main, key=lambda name: scores[name])
        confidence *= _shares([scores[name] for name in main], scores[top])
        if patients:
            confidence *= _sigmoid(scores[top] - max(patients) + _HINT)
        main.remove(top)
        roles[top] = "provider"
    if not patients and main:
        roles[main[0]] = "patient"
        if providers:
            confidence *= _sigmoid(max(providers) - scores[main[0]] + _HINT)
    return Inferred(roles, min(confidence, _SUREST))


def look_swapped(provider_texts: Sequence[str], patient_texts: Sequence[str]) -> bool:
    """Whether the words say that the provider's turns are the patient's and the other way round.

    >>> look_swapped(["My back hurts and I can't sleep."] * 9, ["Where does it hurt? Any pain in your legs?"] * 9)
    True
    """
    if not provider_texts or not patient_texts or _you_balance(provider_texts) >= _you_balance(patient_texts):
        return False
    ahead = provider_score(patient_texts, _CHARS_TO_CHECK) - provider_score(provider_texts, _CHARS_TO_CHECK)
    return _sigmoid(ahead) >= _SWAPPED


def _you_balance(texts: Sequence[str]) -> float:
    """Share of "you" less that of "I" and "my": a glance that spares nearly all visits the full table."""
    text = " ".join(texts)[:_CHARS_TO_CHECK].lower()
    return (text.count("you") - text.count(" my ") - text.count(" i ")) / (len(text) + _GLANCE_PRIOR)


def _hint(role: Role | None) -> float:
    return {"provider": _HINT / 2, "patient": -_HINT / 2}.get(role or "", 0.0)


def _shares(scores: Sequence[float], score: float) -> float:
    """Share of one score among all, as exponentials; the scores hold it."""
    return 1 / sum(exp(min(other - score, 0.0)) for other in scores)


def _sigmoid(logit: float) -> float:
    return 1 / (1 + exp(-max(min(logit, 500.0), -500.0)))
