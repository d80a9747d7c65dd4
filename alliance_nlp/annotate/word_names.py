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
    sets = lists().sets
    last = mention.before[-1] if mention.before else ""
    if not mention.title and not mention.capital and len(mention.form) == 1 and last in sets["indefinite"]:
        return False
    if mention.title or not word or len(mention.form) > 1 or mention.kind in ("full", "misheard"):
        return True
    if last in sets["subject"] or mention.before[-2:] == ["let", "'s"] or _goes_on_as_word(mention):
        return False
    found, capital = mention.cue_set, mention.capital
    if is_time(mention):
        return False
    if (scene.cased and not capital) or begins_as_word(scene, mention):
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


def is_time(mention: Mention) -> bool:
    """Whether a word names a month, a season or an hour there ("in May", "before dawn", "May 3rd")."""
    sets, word, before = lists().sets, mention.form[0], mention.before
    if mention.title:
        return False
    if word in sets["season_or_hour"]:
        return not sets["time_before"].isdisjoint(before[-1:]) and " ".join(before[-2:]) not in sets["no_time"]
    if word not in sets["month"]:
        return False
    return "LC=preposition" in mention.cue_set or before[-1:] in (["last"], ["next"]) or _is_day(mention.after)


def _goes_on_as_word(mention: Mention) -> bool:
    """Whether a word written small is a verb or a quality by its neighbours ("just pat it", "too rich", "x ray")."""
    if mention.capital:
        return False
    sets = lists().sets
    last, then = (mention.before or ["<"])[-1], (mention.after or [">"])[0]
    if last in sets["quality_before"] or (last in sets["number"] and mention.form[0].endswith("s")):
        return True
    if f"{last} {mention.form[0]}" in sets["compound"]:
        return True
    return (last == "<" or last in sets["verb_before"]) and then in sets["object"]


def begins_as_word(scene: Scene, mention: Mention) -> bool:
    """Whether a word that begins a sentence goes on as a word does ("Will you sit", "Mark the spot")."""
    starts = scene.cased and bool(mention.bits & COMMON) and mention.start in scene.sentence_starts
    return starts and not mention.title and bool(mention.after) and mention.after[0] in lists().sets["word_after"]


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
