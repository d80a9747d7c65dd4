"""How far a name goes from the token at which it may begin: its title, the roster's form, a family name after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .persons import CLOSED, COMMON, GIVEN, OFTEN, TITLE, lists

if TYPE_CHECKING:
    from .mentions import Scene

Bounds = tuple[int, int, int, str]
"""Start, core, end and kind of a mention."""

_NAMED = frozenset(("given", "family", "full"))
_AFTER_FAMILY = frozenset((".", ",", "?", "!", ";", ":", "'s", "is", "was", "has", "date", "who", "presents", "here"))


def name_bounds(scene: Scene, i: int) -> Bounds | None:
    """Bounds and kind of the mention that begins at token ``i``."""
    last = scene.turns[scene.turn_of(i)][1]
    bits = scene.bits(i)
    if bits & TITLE:
        core = after_title(scene, i, last)
        strong = scene.word(i) in lists().sets["title_strong"] or (scene.cased and scene.text(i)[0].isupper())
        titled = _core(scene, core, last, strong=strong) if core < last else None
        if titled:
            return i, core, *titled
        if not bits & GIVEN and scene.word(i) not in scene.firsts:
            return None
    found = _core(scene, i, last, strong=None)
    return (i, i, *found) if found else None


def after_title(scene: Scene, i: int, last: int) -> int:
    """First token after the title at ``i`` and its dot."""
    return i + 2 if i + 1 < last and scene.word(i + 1) == "." else i + 1


def _core(scene: Scene, i: int, last: int, *, strong: bool | None) -> tuple[int, str] | None:
    """End and kind of the name that starts at ``i``; ``strong`` tells the title before it, None that there is none."""
    end, kind = _roster_end(scene, i, last)
    if kind == "initial" and strong is None:
        end, kind = i, ""
    if end == i:
        if not _may_name(scene, i, strong):
            return None
        end = i + 1
    known = bool(kind) or strong is not None
    while end < last:
        more, more_kind = _roster_end(scene, end, last)
        if more > end and known and more_kind in _NAMED and not _is_only_said(scene, more - 1, last):
            end, kind = more, kind or more_kind
        elif _continues(scene, end, last, sure=strong is not None or not scene.bits(i) & COMMON):
            end += 1
        else:
            break
    return end, kind


def _roster_end(scene: Scene, i: int, last: int) -> tuple[int, str]:
    """End and kind of the longest form of the roster at token ``i``; ``i`` itself where there is none."""
    for form in scene.firsts.get(scene.word(i), ()) if scene.firsts else ():
        end = i + len(form)
        if end > last or any(scene.word(i + n) != piece for n, piece in enumerate(form)):
            continue
        if len(form) == 1 or not _is_only_said(scene, end - 1, last):
            return end, scene.forms[form]
    return i, ""


def _is_only_said(scene: Scene, i: int, last: int) -> bool:
    """Whether token ``i`` after a given name is a word rather than the family name ("hi Ann good to see you")."""
    if not scene.bits(i) & OFTEN or scene.text(i)[0].isupper():
        return False
    return i + 1 < last and scene.word(i + 1) not in _AFTER_FAMILY


def _may_name(scene: Scene, i: int, strong: bool | None) -> bool:
    """Whether a word the roster does not know may be a name there."""
    text, bits = scene.text(i), scene.bits(i)
    capital = text[0].isupper()
    if strong is None and scene.cased and (not capital or (len(text) > 1 and text.isupper() and not bits & GIVEN)):
        return False
    if not _is_wordlike(text):
        return False
    if strong is not None and not bits & CLOSED:
        return bits in (0, GIVEN) or capital or (strong and not scene.cased)
    return len(text) > 1 and (bits == 0 or bool(bits & GIVEN))


def _continues(scene: Scene, i: int, last: int, *, sure: bool) -> bool:
    """Whether token ``i`` goes on with the name before it, as a family name the roster does not know."""
    bits = scene.bits(i)
    if bits & CLOSED:
        return False
    text = scene.text(i)
    if len(text) < 2 or not _is_wordlike(text):
        return False
    if scene.cased or text[0].isupper():
        return text[0].isupper() and not text.isupper() and i not in scene.sentence_starts and not bits & COMMON
    family = not bits & COMMON or scene.word(i) in lists().sets["word_and_family"]
    return sure and family and i + 1 < last and scene.word(i + 1) in _AFTER_FAMILY


def _is_wordlike(text: str) -> bool:
    return text.isalpha() or (text[0].isalpha() and text.translate({39: None, 46: None, 8217: None}).isalpha())
