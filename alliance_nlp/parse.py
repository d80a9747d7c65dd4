"""Visit -> Doc: one Doc per visit, its turns and sentences noted in ``doc._.alliance_visit``.

The turns' texts are joined by line feeds, so a token never crosses a turn and an offset in a turn is an offset
in the Doc minus the turn's start. The extension is a plain dict (a Doc survives ``to_bytes``) with the keys

- ``kind``: ``transcript`` or ``note``
- ``patient``: given, family and aliases from the roster, or ``None``; ``provider``: the provider's name, or ``None``
- ``turns``: ``[first token, one past the last token, first character, role]`` each
- ``sents``: ``[first token, one past the last token, index of the turn]`` each; punctuation-free speech included
- ``names``: ``[first token, one past the last token]`` of every person's name (set by ``alliance_names``)
- ``hits``: ``[sentence, id of the rule]`` for every rule that holds (set when the first rule is asked for)
- ``sizes``: words of each sentence, a name counted as one (set by ``alliance_coder``)
- ``repeats``: whether each sentence says an earlier one again, word for word (likewise)
- ``cuts``, ``rules``: from which probability each code is evidence, and what each rule's hit is worth (likewise)
- ``p``: one row of code probabilities a sentence, in the order of `codes.CODE_NAMES` (set by ``alliance_coder``)
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language
from spacy.tokens import Doc

from .abbreviations import dot_is_inside
from .clauses import split_clauses
from .records import Visit
from .tokens import Tokens, tokens_of

EXTENSION = "alliance_visit"

_END = re.compile(r"[.?!…]+[\"'”’)\]]*(?=\s|$)")
_END_INSIDE = re.compile(r"[.?!…][\"'”’)\]]*\s")
_TAIL = 8  # characters that _ABBREVIATION and _INITIAL look at, at most
_ABBREVIATION = re.compile(r"\b(dr|mr|mrs|ms|st|vs|e\.g|i\.e|a\.m|p\.m)\s?\.$", re.IGNORECASE)
_INITIAL = re.compile(r"(?<!['’/])\b[a-hj-z]\s?\.$", re.IGNORECASE)
_WORD = re.compile(r"\w")
_NUMBER = re.compile(r"(?:[^.?!…]{1,60}:)?\s*\(?\d{1,2}\.")  # of an entry in a list, with its heading
_LINE = re.compile(r"[^\n]+")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Character bounds of the sentences of one turn, half-open, without the white space around them.

    A sentence ends where its punctuation says so; a long one without any inside is cut into clauses.

    >>> split_sentences("Hi Dr. Reed. How are you?")
    [(0, 12), (13, 25)]
    """
    return [clause for start, end in sentence_ends(text) for clause in split_clauses(text, start, end)]


def sentence_ends(text: str, *, note: bool = False) -> list[tuple[int, int]]:
    """Bounds by punctuation alone: at ``. ? ! …`` before white space, not after a title, abbreviation or initial.

    Args:
        text: one turn, or one line of a note.
        note: whether the abbreviations of notes count too ("approx. 5 reps"), and the numbers of a list ("2. HEP").
    """
    if not _END_INSIDE.search(text):
        return [(len(text) - len(text.lstrip()), len(text.rstrip()))] if _WORD.search(text) else []
    bounds: list[tuple[int, int]] = []
    start = 0
    for match in [*_END.finditer(text), None]:
        end = match.end() if match else len(text)
        if match and text[end - 1] == ".":
            tail = text[max(start, end - _TAIL) : end]
            if _ABBREVIATION.search(tail) or _INITIAL.search(tail):
                continue
        if match and note and match.group() == "." and dot_is_inside(text, match.start()):
            continue
        if match and note and _NUMBER.fullmatch(text, start, end) and not text.endswith(("?", "!"), 0, start):
            continue
        head = text[start:end]
        if _WORD.search(head):
            bounds.append((start + len(head) - len(head.lstrip()), start + len(head.rstrip())))
        elif bounds and head.strip():
            bounds[-1] = (bounds[-1][0], start + len(head.rstrip()))
        start = end
    return bounds


def split_note(text: str) -> list[tuple[int, int]]:
    """Character bounds of the sentences of a note: its lines first, then the sentences in each.

    >>> split_note("GOALS\\n- climb stairs\\n- sleep. Agreed.")
    [(0, 5), (6, 20), (21, 29), (30, 37)]
    """
    return list(_note_sentences(text))


@lru_cache(maxsize=4)  # several stages ask for a note's sentences, one after the other
def _note_sentences(text: str) -> tuple[tuple[int, int], ...]:
    bounds: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        at = line.start()
        bounds += [(at + a, at + b) for a, b in sentence_ends(line.group(), note=True)]
    return tuple(bounds)


def register() -> None:
    """Make ``doc._.alliance_visit`` known to spaCy; safe to call again."""
    if not Doc.has_extension(EXTENSION):
        Doc.set_extension(EXTENSION, default=None)


def parse_visit(visit: Visit, nlp: Language, known: set[str] | None = None) -> Doc:
    """Tokenise a visit with ``nlp``'s tokeniser and note its turns and sentences; runs no component.

    Args:
        visit: a transcript or a note.
        nlp: its tokeniser is used.
        known: what the tokeniser has cached, for one that is used again and again; this visit's words come to it.

    >>> import spacy
    >>> doc = parse_visit(Visit(visit_id="v", turns=[{"role": "provider", "text": "Hi. Any pain?"}]), spacy.blank("en"))
    >>> [doc[a:b].text for a, b, _ in doc._.alliance_visit["sents"]]
    ['Hi.', 'Any pain?']
    """
    register()
    texts = [visit.text or ""] if visit.kind == "note" else [turn.text for turn in visit.turns]
    roles: list[str] = ["provider"] if visit.kind == "note" else [turn.role for turn in visit.turns]
    whole = "\n".join(texts)
    if known is not None:
        _learn(whole, nlp, known)
    doc = nlp.tokenizer(whole)
    tokens = tokens_of(doc, whole)
    patient = None
    if visit.patient:
        patient = {"given": visit.patient.given, "family": visit.patient.family, "aliases": list(visit.patient.aliases)}
    doc._.alliance_visit = {
        "kind": visit.kind,
        "patient": patient,
        "provider": visit.provider.name if visit.provider else None,
        **_layout(tokens, texts, roles, note=visit.kind == "note"),
    }
    if not doc.has_annotation("SENT_START"):
        _mark_sentences(doc)
    return doc


def _learn(text: str, nlp: Language, known: set[str]) -> None:
    """Have the tokeniser cache what is new; in a longer text it stops caching after the first contraction."""
    new = set(text.split()).difference(known)
    for chunk in new:
        nlp.tokenizer(chunk)
    known |= new


def ensure_parsed(doc: Doc, role: str) -> dict[str, Any]:
    """The dict of ``doc._.alliance_visit``; a Doc without turns becomes one turn of ``role``."""
    register()
    if doc._.alliance_visit is None:
        tokens = tokens_of(doc)
        layout = _layout(tokens, [tokens.text], [role], note=False)
        doc._.alliance_visit = {"kind": "transcript", "patient": None, "provider": None, **layout}
    state: dict[str, Any] = doc._.alliance_visit
    return state


def _layout(tokens: Tokens, texts: list[str], roles: list[str], *, note: bool) -> dict[str, Any]:
    """Turns and sentences as token and character positions."""
    first, last = tokens.first, tokens.last
    split = split_note if note else split_sentences
    offsets, at = [], 0
    chars: list[int] = []
    counts: list[int] = []
    for text in texts:
        found = split(text)
        for a, b in found:
            chars += (at + a, at + b)
        counts.append(len(found))
        offsets.append(at)
        at += len(text) + 1
    edges = np.array([offsets, [at + len(text) for at, text in zip(offsets, texts, strict=True)]], np.int64)
    from_, to = np.searchsorted(first, edges).tolist()
    turns = [[a, max(a, b), at, role] for a, b, at, role in zip(from_, to, offsets, roles, strict=True)]
    starts = np.searchsorted(last, np.array(chars[::2], np.int64), side="right")
    ends = np.searchsorted(first, np.array(chars[1::2], np.int64))
    sents = np.stack([starts, ends, np.repeat(np.arange(len(texts)), counts)], axis=1)[ends > starts]
    return {"turns": turns, "sents": sents.tolist()}


def _mark_sentences(doc: Doc) -> None:
    """Set spaCy's own sentence starts, for components of a user's that read them."""
    starts = np.full((len(doc), 1), -1, np.int64)
    starts[[sent[0] for sent in doc._.alliance_visit["sents"]]] = 1
    starts[:1] = 1
    doc.from_array([SENT_START], starts.astype(np.uint64))  # type: ignore[arg-type]
