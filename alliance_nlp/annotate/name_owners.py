"""Whose name a mention is, as far as its place and the roster tell: the patient's, the provider's, another's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .mentions import Form, Mention, Scene
from .misheard import names_of
from .persons import COMMON, GIVEN, lists
from .sounds import best_likeness
from .word_names import stands

OF_ROSTER = frozenset(("roster", "nickname", "misheard"))

_SAME_FAMILY = 0.75
"""Likeness from which the family name after the roster's given name may be the roster's, spelt otherwise."""
_EARLY_TURNS = 6
_SAID_WITHIN = 9
"""Words after a question for a name in which the asker may ask how it is said."""
_STOPS = frozenset(("?", ",", ".", "!"))
_BEGINNINGS = frozenset(("<", ".", "?", "!"))


def owner_of(scene: Scene, mention: Mention, provider: frozenset[str]) -> str:
    """A rule of the roster, ``provider``, ``third``, ``namesake``, ``own``, ``person``, or '' where nothing tells.

    Args:
        scene: the visit.
        mention: a stretch that may name somebody.
        provider: words of the provider's name.
    """
    if mention.role == "patient" and not mention.kind and _asks_to_be_called(scene, mention):
        return "own"
    known = mention.kind or mention.title or mention.bits & GIVEN or mention.inside
    by_place = _by_place(scene, mention) if known else ""
    word = bool(mention.bits & COMMON)
    shared = bool(provider) and (not provider.isdisjoint(mention.form[:1]) or provider.issuperset(mention.form))
    if mention.kind:
        if by_place == "namesake" or (by_place == "third" and (not word or mention.capital)):
            return by_place
        if _is_of_other_family(scene, mention):
            return "namesake"
        if shared and (_says_self(mention) or (scene.cased and not _is_called(mention))):
            return "provider"
        if stands(scene, mention):
            return mention.kind if mention.kind in OF_ROSTER else "roster"
    listed = bool(mention.bits & GIVEN)
    if by_place and (mention.title or ((listed or mention.inside) and (not word or mention.inside))):
        return by_place
    if shared and (not word or mention.capital):
        return "provider"
    return "person" if mention.title or (listed and not word) else ""


def _by_place(scene: Scene, mention: Mention) -> str:
    """``third``, ``namesake``, ``provider`` or ``own`` (said by the patient of themselves), by the words next to it."""
    sets = lists().sets
    title = scene.word(mention.start) if mention.title else ""
    if title in sets["title_clinician"] or title in sets["title_kin"]:
        return "third"
    last, second = [*reversed(mention.before), "", ""][:2]
    then, after = [*mention.after, "", ""][:2]
    if last in sets["kin"] or (
        (last in sets["named"] or (last == "," and not mention.kind))
        and second in sets["kin"]
        and not sets["owned_by"].isdisjoint(mention.before[-4:-2])
    ):
        return "third"
    if last in sets["third_before"] or (then in sets["third_after"] and after in sets["third_after_next"]):
        return "namesake"
    if mention.kind and _is_shown_role(mention):
        return "namesake"
    if _says_self(mention):
        return "own" if mention.role == "patient" else "provider"
    shown = (last == "is" and second == "this") or (
        last == "'s" and second in ("it", "here") and then in (",", ".", "from", "with", ">")
    )
    if not shown or "age" in mention.cue_set or is_asked(scene, mention) or asks_who(scene, mention):
        return ""
    if last == "is" and not sets["third_person"].isdisjoint(mention.after[:3]):
        return "" if mention.kind or (title and mention.role == "provider") else "third"
    return "own" if mention.role == "patient" else "provider"


def _says_self(mention: Mention) -> bool:
    """Whether the speaker says it of themselves: "I'm Tom", "my name is Tom"."""
    last, second, third = [*reversed(mention.before), "", "", ""][:3]
    return (last in ("'m", "am") and second == "i") or (last in ("is", "'s") and second == "name" and third == "my")


def _asks_to_be_called(scene: Scene, mention: Mention) -> bool:
    """Whether a patient says what to call them: "call me X", "X is fine", "X, please", "please, X"."""
    if (scene.cased and not mention.capital) or (mention.bits & COMMON and not scene.cased):
        return False
    before, after = mention.before, mention.after
    sets = lists().sets
    if before[-1:] == ["me"] and not sets["calls"].isdisjoint(before[-2:-1]):
        return True
    if before[-2:] == ["please", ","]:
        return after[:1] in (["."], [">"], ["!"])
    fine = after[:1] == ["is"] and not sets["fine"].isdisjoint(after[1:2])
    return (fine or after[:2] == [",", "please"]) and not (_BEGINNINGS | sets["before_own"]).isdisjoint(before[-1:])


def _is_shown_role(mention: Mention) -> bool:
    """Whether the name is explained as another person's: "Sam, my student," or "Sam the student"."""
    sets = lists().sets
    after = mention.after
    if after[:1] == ["the"]:
        return after[1:2] != [] and after[1] in sets["kin"]
    shown = after[:1] == [","] and len(after) > 3 and after[1] in ("my", "our") and after[2] in sets["kin"]
    return shown and after[3] in (",", ".", "?", "!", ">")


def _is_called(mention: Mention) -> bool:
    """Whether somebody is called there: set apart on both sides, or after a greeting or an opener."""
    return not mention.cue_set.isdisjoint(("C=stop|stop", "LC=greeting", "LC=opener"))


def _is_of_other_family(scene: Scene, mention: Mention) -> bool:
    """Whether the roster's given name is followed by a family name, or its initial, that is not the roster's."""
    families = names_of(scene, "family") if scene.cased and mention.kind == "given" else []
    if not families:
        return False
    last = mention.form[-1]
    if len(mention.form) > 1 and mention.form not in scene.forms and (last,) not in scene.forms:
        return best_likeness((last,), families) < _SAME_FAMILY
    then = mention.after[0] if mention.after else ""
    return len(then) == 2 and then[1] == "." and then[0].isalpha() and all(then[0] != each[0] for each in families)


def asks_who(scene: Scene, mention: Mention) -> bool:
    """Whether the place asks, welcomes or dictates who the patient is.

    "Is it X?", "X, is it?", "I've X down for ten", "X, hi", "right on Ms. X", "Patient is X", "Start note, X".
    """
    before, after, sets = mention.before, mention.after, lists().sets
    if mention.title and " ".join(before[-2:]) in sets["said_before_name"]:
        return True
    if before[-1:] != ["is"] and (_STOPS | sets["asked_after"]).isdisjoint(after[:1]):
        return False
    if scene.cased and not mention.capital and not mention.title:
        return False
    listed = mention.title or bool(mention.bits & GIVEN)
    if before[-2:] == ["patient", "is"] or (before[-1:] == [","] and not sets["record"].isdisjoint(before[-2:-1])):
        return listed or scene.cased
    if before == ["<"] and scene.cased and mention.turn < _EARLY_TURNS and after[0] in (",", ".", "!"):
        return not sets["welcome"].isdisjoint(after[1:2]) or (listed and is_asked(scene, mention))
    if after[:1] == ["down"] and before[-1:] in (["'ve"], ["have"], ["got"]):
        return listed
    if before[-2:] == ["this", "is"] and mention.title and _answerer(scene, mention) == "other":
        return not sets["third_person"].isdisjoint(after[:3])
    return is_asked(scene, mention) and (listed or _may_be_asked(scene, mention))


def is_asked(scene: Scene, mention: Mention) -> bool:
    """Whether a question asks for what stands there, a person or a thing: "Is it X?", "X, is it?", "Are you X?"."""
    before, after, sets = mention.before, mention.after, lists().sets
    if scene.cased and not mention.capital and not mention.title:
        return False
    if after[:1] == ["?"]:
        asking = " ".join(before[-2:])
        return any(asking in sets[name] for name in ("asking", "asking_which", "asking_you"))
    return before[-1:] != [","] and (" ".join(after[:3]) in sets["tag"] or _is_settled(scene, mention))


def _is_settled(scene: Scene, mention: Mention) -> bool:
    """Whether what stands there is agreed on: "X it is"."""
    return mention.after[:2] == ["it", "is"] and mention.start in scene.sentence_starts


def _may_be_asked(scene: Scene, mention: Mention) -> bool:
    """Whether a word on no list is asked for as a name, early in the visit.

    It is where it is agreed on or one of several bears it, and otherwise where the visit begins with "It's X, isn't
    it?", after a greeting in the same turn, or before "Am I saying that right?"; never after "Are you", which asks
    for a people or a faith as well.
    """
    before, sets = mention.before, lists().sets
    asking = " ".join(before[-2:])
    if mention.turn >= _EARLY_TURNS or (asking in sets["asking_you"] and mention.after[:1] == ["?"]):
        return False
    if asking in sets["asking_which"] or _is_settled(scene, mention):
        return True
    if not mention.turn and before == ["<", "it", "'s"]:
        return True
    first, last = scene.turns[mention.turn][:2]
    greetings = sets["call"] if mention.turn else sets["call"] | sets["welcome"]
    if not greetings.isdisjoint(scene.words(first, mention.start)):
        return True
    return not sets["saying"].isdisjoint(scene.words(mention.end, min(last, mention.end + _SAID_WITHIN)))


def bystanders(scene: Scene, mentions: Sequence[Mention], owners: Sequence[str]) -> set[Form]:
    """Names that others than the patient answer to, more often than the patient does."""
    told = [m for m, owner in zip(mentions, owners, strict=True) if m.role == "provider" and owner not in OF_ROSTER]
    answers = [_answerer(scene, mention) for mention in told]
    if "other" not in answers:
        return set()
    answered: Counter[Form] = Counter()
    for mention, role in zip(told, answers, strict=True):
        if _is_called(mention):
            answered[mention.form[:1]] += (role == "other") - (role == "patient")
    return {form for form, times in answered.items() if times > 0}


def _answerer(scene: Scene, mention: Mention) -> str:
    """Who speaks after the turn of a mention; '' after the last."""
    return scene.turns[mention.turn + 1][3] if mention.turn + 1 < len(scene.turns) else ""


def of_other_title(scene: Scene, mentions: Sequence[Mention], owners: Sequence[str]) -> set[int]:
    """Places in ``mentions`` where the roster's family name bears the less frequent of two titles ("Mr" and "Mrs")."""
    sets = lists().sets
    by_title: dict[str, list[int]] = {"title_man": [], "title_woman": []}
    for at, (mention, owner) in enumerate(zip(mentions, owners, strict=True)):
        if mention.title and mention.role == "provider" and owner in OF_ROSTER:
            for name, places in by_title.items():
                if scene.word(mention.start) in sets[name]:
                    places.append(at)
    fewer, more = sorted(by_title.values(), key=len)
    return set(fewer) if len(fewer) < len(more) else set()
