"""Where a visit may name somebody: candidate mentions, found in one pass over the hashes of a Doc's words."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import LOWER, ORTH
from spacy.tokens import Doc

from .contexts import cues
from .persons import CALL, CLOSED, COMMON, GIVEN, LEAD, OFTEN, PLAIN_SIZE, TITLE, is_misheard, lists

_CASED_SHARE, _CASED_SENTENCES = 0.5, 60
_EARLY_TURNS = 6
_LONG = 5
_NAMED = frozenset(("given", "family", "full"))
_AFTER_FAMILY = frozenset((".", ",", "?", "!", ";", ":", "'s", "is", "was", "has", "date", "who", "presents", "here"))

Form = tuple[str, ...]
Bounds = tuple[int, int, int, str]
"""Start, core, end and kind of a mention."""


class Mention:
    """A stretch that may name somebody: tokens from ``start`` (its title, if any) or ``core`` to ``end``, half-open.

    ``kind`` is that of the roster's form (`persons.forms_of`), ``misheard``, or empty where the roster knows it not;
    ``bits`` are those of the first word of the form.
    """

    def __init__(self, scene: Scene, start: int, core: int, end: int, kind: str) -> None:
        self.scene, self.start, self.core, self.end, self.kind = scene, start, core, end, kind
        self.title = start < core
        self._before: list[str] | None = None
        self._after: list[str] | None = None
        self.turn = scene.turn_of(core)
        self.role: str = scene.turns[self.turn][3]
        self.form: Form = tuple(map(scene.word, range(core, end)))
        self.bits = scene.bits(core)
        self.capital: bool = scene.doc[core].text[:1].isupper()

    @property
    def inside(self) -> bool:
        """Whether it has a capital and does not begin a sentence."""
        return self.capital and self.start not in self.scene.sentence_starts

    @property
    def before(self) -> list[str]:
        """Up to five words before it, nearest last, with ``<`` at the head where its turn starts."""
        if self._before is None:
            first = self.scene.turns[self.turn][0]
            low = max(first, self.start - 5)
            words = self.scene.words(low, self.start)
            self._before = ["<", *words] if low == first else words
        return self._before

    @property
    def after(self) -> list[str]:
        """Up to five words after it, with ``>`` at the tail where its turn ends."""
        if self._after is None:
            last = self.scene.turns[self.turn][1]
            high = min(last, self.end + 5)
            words = self.scene.words(self.end, high)
            self._after = [*words, ">"] if high == last else words
        return self._after

    @cached_property
    def cues(self) -> list[str]:
        """Cues of the place (`contexts.cues`)."""
        return cues(self.before, self.after)

    @cached_property
    def cue_set(self) -> frozenset[str]:
        """The cues as a set."""
        return frozenset(self.cues)


class Scene:
    """A Doc as hashes of its words, with its turns, and whether it is written with capitals.

    Args:
        doc: the visit.
        state: the dict of ``doc._.alliance_visit``.
        forms: forms of the patient's name by kind, from the roster.
    """

    def __init__(self, doc: Doc, state: dict[str, Any], forms: dict[Form, str]) -> None:
        self.doc, self.turns, self.note = doc, state["turns"], state["kind"] == "note"
        self.strings, self.forms = doc.vocab.strings, forms
        self.lower: NDArray[np.uint64] = np.asarray(doc.to_array(LOWER) if len(doc) else [], np.uint64)
        self._bits_of = lists().bits.get
        self.firsts: dict[str, list[Form]] = {}
        for form in sorted(forms, key=len, reverse=True):
            self.firsts.setdefault(form[0], []).append(form)
        self._turn_starts = [turn[0] for turn in self.turns]
        starts = [sent[0] for sent in state["sents"]]
        self.sentence_starts = frozenset(starts)
        initials = [ch for ch in (doc[i].text[0] for i in starts[:_CASED_SENTENCES]) if ch.isalpha()]
        self.cased = sum(ch.isupper() for ch in initials) > _CASED_SHARE * len(initials)

    def bits(self, i: int) -> int:
        """Bits of token ``i`` (`persons`)."""
        return self._bits_of(int(self.lower[i]), 0)

    def word(self, i: int) -> str:
        """Lower-case text of token ``i``, with a straight apostrophe."""
        return self.strings[int(self.lower[i])].replace("’", "'")

    def words(self, start: int, end: int) -> list[str]:
        """Lower-case words of a stretch without white space."""
        found = [self.strings[key].replace("’", "'") for key in self.lower[start:end].tolist()]
        return [word for word in found if not word.isspace()]

    def turn_of(self, i: int) -> int:
        """Index of the turn that holds token ``i``."""
        return bisect_right(self._turn_starts, i) - 1

    def places_of(self, words: set[str] | frozenset[str]) -> list[int]:
        """Tokens that are one of a few words, in order."""
        keys = np.array([self.strings[word] for word in sorted(words)], np.uint64)
        return np.flatnonzero((self.lower[:, None] == keys).any(axis=1)).tolist() if len(keys) else []


def find_mentions(scene: Scene) -> list[Mention]:
    """Stretches that may name somebody, in order, none overlapping.

    Candidates are given names, what follows a title, every form of the roster, words on no list where a name may be
    due, and, in text without capitals, words there that sound like the roster's name.
    """
    known = lists()
    open_places = known.plain[(scene.lower & np.uint64(PLAIN_SIZE - 1)).astype(np.int64)] != scene.lower
    if scene.cased:
        open_places &= scene.doc.to_array(ORTH) != scene.lower
    misheard = _misheard(scene) if scene.forms and not scene.cased else {}
    wanted = {*scene.places_of(frozenset(scene.firsts)), *misheard}
    mentions: list[Mention] = []
    end = 0
    for i in sorted({*np.flatnonzero(open_places).tolist(), *wanted}):
        if i < end:
            continue
        if i not in wanted:
            bits = scene.bits(i)
            if not bits & (GIVEN | TITLE) and (bits or not _may_lead(scene, i)):
                continue
        bounds = misheard.get(i) or _bounds(scene, i)
        if bounds:
            mentions.append(Mention(scene, *bounds))
            end = bounds[2]
    return mentions


def more_mentions(scene: Scene, mentions: list[Mention], forms: set[Form]) -> list[Mention]:
    """Mentions of these forms that `find_mentions` passed over, for a name is known once it was seen to be one."""
    covered = {i for mention in mentions for i in range(mention.start, mention.end)}
    more: list[Mention] = []
    for i in scene.places_of({form[0] for form in forms}):
        bounds = None if i in covered else _bounds(scene, i)
        if bounds:
            more.append(Mention(scene, *bounds))
            covered.update(range(i, bounds[2]))
    return more


def _may_lead(scene: Scene, i: int) -> bool:
    return i == 0 or bool(scene.bits(i - 1) & LEAD)


def _bounds(scene: Scene, i: int) -> Bounds | None:
    """Bounds and kind of the mention that begins at token ``i``."""
    last = scene.turns[scene.turn_of(i)][1]
    bits = scene.bits(i)
    if bits & TITLE:
        core = _after_title(scene, i, last)
        strong = scene.word(i) in lists().sets["title_strong"] or (scene.cased and scene.doc[i].text[0].isupper())
        titled = _core(scene, core, last, strong=strong) if core < last else None
        if titled:
            return i, core, *titled
        if not bits & GIVEN and scene.word(i) not in scene.firsts:
            return None
    found = _core(scene, i, last, strong=None)
    return (i, i, *found) if found else None


def _after_title(scene: Scene, i: int, last: int) -> int:
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
    if not scene.bits(i) & OFTEN or scene.doc[i].text[0].isupper():
        return False
    return i + 1 < last and scene.word(i + 1) not in _AFTER_FAMILY


def _may_name(scene: Scene, i: int, strong: bool | None) -> bool:
    """Whether a word the roster does not know may be a name there."""
    text, bits = scene.doc[i].text, scene.bits(i)
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
    text = scene.doc[i].text
    if len(text) < 2 or not _is_wordlike(text):
        return False
    if scene.cased or text[0].isupper():
        return text[0].isupper() and not text.isupper() and i not in scene.sentence_starts and not bits & COMMON
    family = not bits & COMMON or scene.word(i) in lists().sets["word_and_family"]
    return sure and family and i + 1 < last and scene.word(i + 1) in _AFTER_FAMILY


def _is_wordlike(text: str) -> bool:
    return text.isalpha() or (text[0].isalpha() and text.translate({39: None, 46: None, 8217: None}).isalpha())


def _misheard(scene: Scene) -> dict[int, Bounds]:
    """Stretches of up to three words that sound like a form of the roster, where a name is due, by first token."""
    sets = lists().sets
    early, titles = sets["call_early"], sets["title_patient"]
    spelt = {form[0] for form, kind in scene.forms.items() if kind != "nickname"}
    due = [(i, i + 1) for i in scene.places_of(early | sets["call"] | titles)]
    due += [(turn[0], turn[0]) for turn in scene.turns[:_EARLY_TURNS]]
    found: dict[int, Bounds] = {}
    for i, core in due:
        index = scene.turn_of(i)
        _, last, _, role = scene.turns[index]
        if role != "provider" or i >= last or (index >= _EARLY_TURNS and scene.word(i) in early):
            continue
        title = core > i and scene.word(i) in titles
        if title:
            core = _after_title(scene, i, last)
        for end in range(core + 1, min(core + 3, last) + 1):
            pieces = [scene.word(k) for k in range(core, end)]
            if pieces[-1] in spelt or not pieces[-1].isalpha() or scene.bits(core) & CALL:
                break
            if scene.bits(core) & CLOSED and (not title or sum(map(len, pieces)) < _LONG):
                continue
            if is_misheard(pieces, scene.forms, 2 if title else 3):
                start = i if title else core
                found[start] = (start, core, end, "misheard")
                break
    return found
