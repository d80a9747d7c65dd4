"""Words -> word pieces, as BERT's uncased vocabulary has them (WordPiece, Wu 2016).

The coder's words are split, lower-cased and masked already, so what is left of BERT's tokeniser is to strip accents, to
split at punctuation, and to take the longest piece each time. A tokeniser package would bring a client for downloads
with it, which has no place here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

UNKNOWN, FIRST, LAST = "[UNK]", "[CLS]", "[SEP]"
_LONGEST = 100  # characters of a word; BERT takes longer ones as unknown
_MAX_KNOWN = 100_000


class Pieces:
    """A vocabulary of word pieces; remembers the words it has met, up to `_MAX_KNOWN`.

    >>> pieces = Pieces(["[UNK]", "[CLS]", "[SEP]", "walk", "##ing", "n", "'", "t"])
    >>> pieces.of_words(["walking", "n't", "xyz"])
    [3, 4, 5, 6, 7, 0]
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.ids = {piece: at for at, piece in enumerate(vocabulary)}
        self.unknown, self.first, self.last = (self.ids[special] for special in (UNKNOWN, FIRST, LAST))
        self._known: dict[str, tuple[int, ...]] = {}

    def of_words(self, words: Iterable[str]) -> list[int]:
        """Ids of the pieces of some words, in order."""
        return [piece for word in words for piece in self._of_word(word)]

    def _of_word(self, word: str) -> tuple[int, ...]:
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _MAX_KNOWN:
                self._known = {}  # a new one, as another thread may be reading the old
            found = tuple(piece for part in _parts(word) for piece in self._longest_first(part))
            self._known[word] = found
        return found

    def _longest_first(self, word: str) -> list[int]:
        pieces: list[int] = []
        start = 0
        while start < len(word) <= _LONGEST:
            head = "##" if start else ""
            for end in range(len(word), start, -1):
                piece = self.ids.get(head + word[start:end])
                if piece is not None:
                    break
            else:
                return [self.unknown]
            pieces.append(piece)
            start = end
        return pieces or [self.unknown]


def _parts(word: str) -> list[str]:
    """A word without accents, split at its punctuation.

    >>> _parts("café's")
    ['cafe', "'", 's']
    """
    parts, fresh = [""], False
    for char in unicodedata.normalize("NFD", word.lower()):
        kind = unicodedata.category(char)
        if kind == "Mn":
            continue
        alone = kind.startswith("P") or (char.isascii() and not char.isalnum())
        if alone or fresh:
            parts.append("")
        parts[-1] += char
        fresh = alone
    return [part for part in parts if part.strip()]
