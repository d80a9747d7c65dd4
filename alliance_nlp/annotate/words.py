"""Doc -> the words the coder sees: lower case, each name of a person one word, each number one word.

Words are spaCy's 64-bit hashes of the lower-case form, so a visit is read with a few array operations; the strings
themselves are looked up only while training.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.strings import get_string_id
from spacy.tokens import Doc

from ..tokens import Fresh, Tokens, tokens_of

NAME = "|name|"
NUMBER = "|number|"
MARKS = ("?", "!")
_NAME, _NUMBER = get_string_id(NAME), get_string_id(NUMBER)


class Words(NamedTuple):
    """Words of one Doc in reading order; both arrays have one entry a word.

    ``hashes``: 64-bit hash of each word; ``sentence``: index of its sentence in ``state["sents"]``, never falling.
    """

    hashes: NDArray[np.uint64]
    sentence: NDArray[np.int64]


def masked_words(doc: Doc, state: dict[str, Any]) -> Words:
    """Words of a parsed Doc with names and numbers masked; white space and punctuation but ``?`` and ``!`` left out.

    Args:
        doc: the Doc.
        state: its ``doc._.alliance_visit`` with ``sents`` and ``names``.

    >>> import spacy
    >>> from alliance_nlp.parse import ensure_parsed
    >>> doc = spacy.blank("en")("Do 10 reps, Jo?")
    >>> state = ensure_parsed(doc, "provider") | {"names": [[4, 5]]}
    >>> masked_words(doc, state).sentence.tolist()
    [0, 0, 0, 0, 0]
    """
    if not state["sents"]:
        return Words(np.zeros(0, np.uint64), np.zeros(0, np.int64))
    tokens = tokens_of(doc)
    hashes = tokens.lower.copy()
    keep = ~tokens.lexicon.mark[tokens.row]
    keep |= tokens.column("marks", _is_mark)
    hashes[tokens.lexicon.digit[tokens.row]] = _NUMBER
    for start, end in state["names"]:
        hashes[start], keep[start] = _NAME, True
        keep[start + 1 : end] = False
    sents = np.array(state["sents"], np.int64)
    places = np.arange(len(doc))
    sentence = np.searchsorted(sents[:, 0], places, side="right") - 1
    keep &= (sentence >= 0) & (places < sents[np.maximum(sentence, 0), 1])
    return Words(hashes[keep], sentence[keep])


def strings_of(doc: Doc, words: Words, n_sentences: int) -> list[list[str]]:
    """The masked words of every sentence as strings."""
    strings = doc.vocab.strings
    special = {_NAME: NAME, _NUMBER: NUMBER}
    tokens: list[list[str]] = [[] for _ in range(n_sentences)]
    for hashed, sentence in zip(words.hashes.tolist(), words.sentence.tolist(), strict=True):
        tokens[sentence].append(special.get(hashed) or strings[hashed])
    return tokens


#: Words from which a sentence said again word for word counts as a repeat; shorter ones ("Okay, good.") are talk.
MIN_REPEATED_WORDS = 4


def repeated(words: Words, n_sentences: int) -> NDArray[np.bool_]:
    """Whether each sentence says again, word for word, what an earlier one of the visit said.

    >>> repeated(Words(np.array([5, 6, 7, 8, 5, 6, 7, 8], np.uint64), np.array([0, 0, 0, 0, 1, 1, 1, 1])), 2).tolist()
    [False, True]
    """
    out = np.zeros(n_sentences, bool)
    said: set[bytes] = set()
    edges = np.searchsorted(words.sentence, np.arange(n_sentences + 1))
    for sentence, (start, end) in enumerate(pairwise(edges.tolist())):
        if end - start >= MIN_REPEATED_WORDS:
            key = words.hashes[start:end].tobytes()
            out[sentence] = key in said
            said.add(key)
    return out


def masked_text(doc: Doc, state: dict[str, Any], start: int, end: int) -> str:
    """Lower-case text of the tokens ``start`` to ``end`` with every name replaced, as the rules read it.

    >>> import spacy
    >>> from alliance_nlp.parse import ensure_parsed
    >>> doc = spacy.blank("en")("Thanks, Hope.")
    >>> masked_text(doc, ensure_parsed(doc, "provider") | {"names": [[2, 3]]}, 0, 4)
    'thanks, |name|.'
    """
    return masked(tokens_of(doc), state["names"], start, end)


def masked(tokens: Tokens, names: list[list[int]], start: int, end: int) -> str:
    """`masked_text` for who has the tokens at hand."""
    if start >= end:
        return ""
    text, first_of, last_of = tokens.text, tokens.first, tokens.last
    at, stop = first_of[start], last_of[end - 1]
    inside = bisect_right(names, start, key=itemgetter(1))
    if inside == len(names) or names[inside][0] >= end:
        return text[at:stop].lower().replace("’", "'")
    pieces = []
    for first, last in names[inside:]:
        if first >= end:
            break
        pieces += [text[at : first_of[first]], NAME]
        at = last_of[last - 1]
        if last >= end:
            stop = at + (text[at : at + 1] == " ")
    pieces.append(text[at:stop])
    return "".join(pieces).lower().replace("’", "'")


def _is_mark(new: Fresh) -> NDArray[np.bool_]:
    return np.array([word in MARKS for word in new.words], bool)
