"""Tokens of a Doc as arrays, looked up once a Doc; what only depends on the word is computed once a word.

Asking spaCy for an attribute costs more than tokenising, so each thread keeps a `Lexicon` of the words it has met, and
a Doc is a row number of it per token. Whoever needs more of a word than stands here adds a column (`Tokens.column`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IDX, ORTH
from spacy.tokens import Doc
from spacy.vocab import Vocab

#: Words from which a thread's lexicon begins anew, so that memory stays flat.
MAX_WORDS = 150_000
_SLOTS = 1 << 19
_MASK = np.uint64(_SLOTS - 1)
_ROOM = 4096

Column = NDArray[Any]


class Fresh(NamedTuple):
    """Words that are new to the lexicon: hashes of their lower-case forms, and the forms themselves."""

    lower: NDArray[np.uint64]
    words: list[str]


Maker = Callable[[Fresh], Column]


class Lexicon:
    """Words met so far, a row each: hash, hash of the lower-case form, length, whether punctuation or space, has a
    digit, begins with a capital.

    A word's row is found by the last bits of its hash; the few that share them with another stand in a dict. Row 0 is
    no word.
    """

    def __init__(self) -> None:
        self.size = 1
        self.orth = np.zeros(_ROOM, np.uint64)
        self.lower = np.zeros(_ROOM, np.uint64)
        self.length = np.zeros(_ROOM, np.int64)
        self.mark = np.zeros(_ROOM, bool)
        self.digit = np.zeros(_ROOM, bool)
        self.capital = np.zeros(_ROOM, bool)
        self.words = [""]
        self._slots = np.zeros(_SLOTS, np.int32)
        self._others: dict[int, int] = {}
        self._columns: dict[object, tuple[int, Column]] = {}

    def rows(self, orth: NDArray[np.uint64], vocab: Vocab) -> NDArray[np.int32]:
        """Row of each word; new words are added."""
        slots = (orth & _MASK).astype(np.int64)
        rows = self._slots[slots]
        for at in np.flatnonzero(self.orth[rows] != orth).tolist():
            key = int(orth[at])
            slot = int(slots[at])
            row = self._others.get(key) or int(self._slots[slot])
            rows[at] = row if int(self.orth[row]) == key else self._add(key, slot, vocab)
        return rows

    def column(self, key: object, make: Maker) -> Column:
        """What ``make`` gives for every row; it is only asked for rows it has not seen."""
        done, values = self._columns.get(key, (0, None))
        if done < self.size or values is None:
            fresh = make(Fresh(self.lower[done : self.size], self.words[done:]))
            values = fresh if values is None else np.concatenate([values, fresh])
            self._columns[key] = (self.size, values)
        return values

    def _add(self, key: int, slot: int, vocab: Vocab) -> int:
        if self.size == len(self.orth):
            for name in ("orth", "lower", "length", "mark", "digit", "capital"):
                old = getattr(self, name)
                setattr(self, name, np.concatenate([old, np.zeros(len(old), old.dtype)]))
        row, word = self.size, vocab[key]
        self.orth[row], self.lower[row], self.length[row] = key, word.lower, len(word.text)
        self.mark[row], self.digit[row] = word.is_punct or word.is_space, "d" in word.shape_
        self.capital[row] = word.text[:1].isupper()
        self.words.append(word.lower_)
        self.size += 1
        if self._slots[slot]:
            self._others[key] = row
        else:
            self._slots[slot] = row
        return row


class Tokens:
    """Tokens of one Doc. ``text``: the Doc's; ``row``: row in the lexicon; ``lower``: hash of the lower-case form;
    ``first`` and ``last``: characters in the Doc, half-open; ``notes``: what a stage keeps for the stages after it.
    """

    def __init__(self, doc: Doc, lexicon: Lexicon, text: str) -> None:
        self.text = text
        columns = doc.to_array([ORTH, IDX]) if len(doc) else np.zeros((0, 2), np.uint64)
        self.row = lexicon.rows(np.ascontiguousarray(columns[:, 0], np.uint64), doc.vocab)
        self.lexicon = lexicon
        self.lower: NDArray[np.uint64] = lexicon.lower[self.row]
        self.first: NDArray[np.int64] = columns[:, 1].astype(np.int64)
        self.last: NDArray[np.int64] = self.first + lexicon.length[self.row]
        self.notes: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.row)

    def column(self, key: object, make: Maker) -> Column:
        """A property of the words, one value a token: ``make`` gives it for words that are new.

        >>> import spacy
        >>> tokens = tokens_of(spacy.blank("en")("So it is so."))
        >>> tokens.column("is so", lambda new: np.array([word == "so" for word in new.words])).tolist()
        [True, False, False, True, False]
        """
        values: Column = self.lexicon.column(key, make)[self.row]
        return values


class _Mine(threading.local):
    """Each thread has its own lexicon, as it has its own pipeline."""

    def __init__(self) -> None:
        self.lexicon = Lexicon()
        self.of: WeakKeyDictionary[Doc, Tokens] = WeakKeyDictionary()


_mine = _Mine()


def tokens_of(doc: Doc, text: str | None = None) -> Tokens:
    """The tokens of a Doc, from the last time it was asked for where its length is still the same.

    Args:
        doc: the Doc.
        text: its text, where that is at hand.
    """
    known = _mine.of.get(doc)
    if known is not None and len(known) == len(doc):
        return known
    if _mine.lexicon.size > MAX_WORDS:
        _mine.lexicon = Lexicon()
    tokens = Tokens(doc, _mine.lexicon, doc.text if text is None else text)
    _mine.of[doc] = tokens
    return tokens
