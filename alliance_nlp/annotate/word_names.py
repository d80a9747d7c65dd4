"""Whether a form of the roster that may also be a word (Will, Hope, Rose) stands as a name where it is said."""

from __future__ import annotations

import math

from .contexts import models
from .mentions import Mention, Scene
from .persons import CLOSED, COMMON, OFTEN, SELDOM, lists

# Log odds of the place from which a word that is said once in a visit stands, and of a nickname; what a family name
# without a title, and a turn of another than the provider, need more. Chosen by cross-fitting on training visits.
_STANDS, _STANDS_NICKNAME, _FAMILY_ALONE, _BY_OTHERS = -3.2, 0.0, 2.0, 1.0


def stands(scene: Scene, mention: Mention) -> bool:
    """Whether a form of the roster stands there as a name."""
    word = bool(mention.bits & COMMON)
    if (
        mention.kind == "nickname"
        and not mention.title
        and ("LC=determiner" in mention.cue_set or "-" in mention.after[:1])
    ):
        return False
    if mention.title or not word or len(mention.form) > 1 or mention.kind in ("full", "misheard"):
        return True
    sets = lists().sets
    if mention.before and (mention.before[-1] in sets["subject"] or mention.before[-2:] == ["let", "'s"]):
        return False
    found, capital = mention.cue_set, mention.capital
    if mention.form[0] in sets["month"] and ("LC=preposition" in found or _is_day(mention.after)):
        return False
    if scene.cased and not capital:
        return False
    if mention.kind == "family" and mention.bits & OFTEN and _is_led_by_capital(scene, mention):
        return False
    if capital and (not scene.cased or mention.start not in scene.sentence_starts):
        return not scene.note or mention.kind == "given" or "RC=third_verb" in found
    if mention.bits & CLOSED or (mention.before and mention.before[-1] in sets["article"]):
        return False
    between_stops = "C=stop|stop" in found
    if mention.kind == "family" and mention.bits & OFTEN and between_stops:
        return False
    return (mention.kind == "given" and between_stops) or models()["name"].log_odds(mention.cues) > _floor(mention)


def _floor(mention: Mention) -> float:
    """Log odds of the place from which a word stands as the roster's name: by Bayes, more where it is said often."""
    if mention.kind == "nickname":
        return _STANDS_NICKNAME
    floor = _STANDS + math.log(lists().rates.get(mention.form[0], SELDOM))
    if mention.kind == "family":
        floor += _FAMILY_ALONE
    return floor if mention.role == "provider" else floor + _BY_OTHERS


def _is_led_by_capital(scene: Scene, mention: Mention) -> bool:
    """Whether a word with a capital inside the sentence goes before, as in the name of a place ("West Park")."""
    i = mention.start - 1
    return scene.cased and mention.inside and i not in scene.sentence_starts and scene.text(i)[:1].isupper()


def _is_day(after: list[str]) -> bool:
    """Whether a day of the month or a year follows."""
    return bool(after) and (after[0][0].isdigit() or after[0].endswith(("th", "first", "second", "third")))
