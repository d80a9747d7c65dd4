"""Where a visit may name somebody: candidate mentions, found in one pass over the hashes of a Doc's words."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.strings import get_string_id
from spacy.tokens import Doc

from ..tokens import Fresh, tokens_of
from .contexts import cues
from .name_bounds import Bounds, name_bounds
from .persons import GIVEN, LEAD, PLAIN_SIZE, TITLE, lists

_CASED_SHARE, _CASED_SENTENCES = 0.5, 60

Form = tuple[str, ...]


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
        self.capital: bool = scene.text(core)[:1].isupper()

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
        self.turns, self.note = state["turns"], state["kind"] == "note"
        self.tokens, self.forms = tokens_of(doc), forms
        self.lower: NDArray[np.uint64] = self.tokens.lower
        self._rows: list[int] = self.tokens.row.tolist()
        self._words = self.tokens.lexicon.words
        self._bits: list[int] = self.tokens.column("name bits", _bits_of).tolist()
        self.firsts: dict[str, list[Form]] = {}
        for form in sorted(forms, key=len, reverse=True):
            self.firsts.setdefault(form[0], []).append(form)
        self._turn_starts = [turn[0] for turn in self.turns]
        starts = [sent[0] for sent in state["sents"]]
        self.sentence_starts = frozenset(starts)
        initials = [ch for ch in (self.text(i)[0] for i in starts[:_CASED_SENTENCES]) if ch.isalpha()]
        self.cased = sum(ch.isupper() for ch in initials) > _CASED_SHARE * len(initials)

    def bits(self, i: int) -> int:
        """Bits of token ``i`` (`persons`)."""
        return self._bits[i]

    def text(self, i: int) -> str:
        """Text of token ``i``."""
        return self.tokens.text[self.tokens.first[i] : self.tokens.last[i]]

    def word(self, i: int) -> str:
        """Lower-case text of token ``i``, with a straight apostrophe."""
        return self._words[self._rows[i]].replace("’", "'")

    def words(self, start: int, end: int) -> list[str]:
        """Lower-case words of a stretch without white space."""
        found = [self._words[row].replace("’", "'") for row in self._rows[start:end]]
        return [word for word in found if not word.isspace()]

    def turn_of(self, i: int) -> int:
        """Index of the turn that holds token ``i``."""
        return bisect_right(self._turn_starts, i) - 1

    def role_of(self, i: int) -> str:
        """Who says token ``i``."""
        role: str = self.turns[self.turn_of(i)][3]
        return role

    def places_of(self, words: set[str] | frozenset[str]) -> list[int]:
        """Tokens that are one of a few words, in order."""
        keys = [np.uint64(get_string_id(word)) for word in words]
        if not keys:
            return []
        found = self.lower == keys[0]
        for key in keys[1:]:
            found |= self.lower == key
        return np.flatnonzero(found).tolist()

    def places_of_class(self, name: str, words: frozenset[str]) -> list[int]:
        """Tokens that are one of a fixed set of words, in order."""
        return np.flatnonzero(self.tokens.column(name, lambda new: _are_in(new, words))).tolist()


def find_mentions(scene: Scene, misheard: dict[int, Bounds] | None = None) -> list[Mention]:
    """Stretches that may name somebody, in order, none overlapping.

    Candidates are given names, what follows a title, every form of the roster, words on no list where a name may be
    due, and the misheard.

    Args:
        scene: the visit.
        misheard: stretches that sound like the roster's name, by first token (`misheard.find_misheard`).
    """
    open_places = scene.tokens.column("no plain word", _are_open)
    if scene.cased:
        open_places &= scene.tokens.lexicon.orth[scene.tokens.row] != scene.lower
    misheard = misheard or {}
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
        bounds = misheard.get(i) or name_bounds(scene, i)
        if bounds:
            mentions.append(Mention(scene, *bounds))
            end = bounds[2]
    return mentions


def more_mentions(scene: Scene, mentions: list[Mention], forms: set[Form]) -> list[Mention]:
    """Mentions of these forms that `find_mentions` passed over, for a name is known once it was seen to be one."""
    covered = {i for mention in mentions for i in range(mention.start, mention.end)}
    more: list[Mention] = []
    for i in scene.places_of({form[0] for form in forms}):
        bounds = None if i in covered else name_bounds(scene, i)
        if bounds:
            more.append(Mention(scene, *bounds))
            covered.update(range(i, bounds[2]))
    return more


def _are_open(new: Fresh) -> NDArray[np.bool_]:
    plain = lists().plain
    found: NDArray[np.bool_] = plain[(new.lower & np.uint64(PLAIN_SIZE - 1)).astype(np.int64)] != new.lower
    return found


def _bits_of(new: Fresh) -> NDArray[np.int64]:
    bits = lists().bits.get
    return np.array([bits(key, 0) for key in new.lower.tolist()], np.int64)


def _are_in(new: Fresh, words: frozenset[str]) -> NDArray[np.bool_]:
    return np.array([word in words for word in new.words], bool)


def _may_lead(scene: Scene, i: int) -> bool:
    return i == 0 or bool(scene.bits(i - 1) & LEAD)
