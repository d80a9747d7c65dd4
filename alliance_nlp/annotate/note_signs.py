"""What the coder sees of a note beyond its words: signs, one pseudo-word each, put behind the words of a sentence.

A sign is the section a sentence stands in, whether it is listed as a goal in life or an impairment-only target, the
abbreviations in it (with their capitals: "pt" is the patient, "PT" the therapist), and what the rules of
``patterns/note_signs.jsonl`` find: who does what, a preference, agreement, a day, an order. They say nothing by
themselves; training learns what each is worth. On the training notes, out of fold, they bring F1 of the goal codes from
.70 to .88, of the task codes from .62 to .81 and of the bond codes from .51 to .70; the rules were made on these notes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.strings import get_string_id
from spacy.tokens import Doc

from ..abbreviations import abbreviations, find_abbreviations
from ..tokens import tokens_of
from .context import MAX_CHARS
from .gate import Gate
from .goal_lists import is_listed_goal
from .goal_parts import is_about_goals, is_labelled, read_goal
from .sections import Section, find_sections, section_at, section_names
from .words import Words

#: A sentence that names a part for each side; with it no rule needs to.
BOTH = "sign.both"
_SIDES = {"sign.provider_does", "sign.patient_does"}


class SignRule(NamedTuple):
    """One sign and the pattern that finds it."""

    id: str
    pattern: re.Pattern[str]


def with_signs(doc: Doc, state: dict[str, Any], words: Words) -> Words:
    """The words of a note with the signs of every sentence behind its own.

    Args:
        doc: the note.
        state: its ``doc._.alliance_visit`` with ``sents``.
        words: its masked words.

    >>> import spacy
    >>> from alliance_nlp.annotate.words import masked_words
    >>> from alliance_nlp.parse import parse_visit
    >>> from alliance_nlp.records import Visit
    >>> doc = parse_visit(Visit(visit_id="n", text="P: Pt to walk; PT to call."), spacy.blank("en"))
    >>> state = doc._.alliance_visit | {"names": []}
    >>> plain = masked_words(doc, state)
    >>> signed = with_signs(doc, state, plain)
    >>> len(signed.hashes) > len(plain.hashes) == len(without_signs(signed).hashes)
    True
    """
    add = doc.vocab.strings.add
    found = [(sentence, add(f"|{sign}|")) for sentence, sign in _signs(doc, state)]
    hashes = np.concatenate([words.hashes, np.array([each for _, each in found], np.uint64)])
    sentence = np.concatenate([words.sentence, np.array([at for at, _ in found], np.int64)])
    order = np.argsort(sentence, kind="stable")
    return Words(hashes[order], sentence[order])


def without_signs(words: Words) -> Words:
    """The words alone, as a visit is measured by them."""
    plain = ~np.isin(words.hashes, _sign_hashes())
    return Words(words.hashes[plain], words.sentence[plain])


def sentence_signs(sentence: str, note: str, start: int, section: Section | None) -> list[str]:
    """Signs of one sentence.

    Args:
        sentence: its words.
        note: the whole note.
        start: where the sentence begins in it.
        section: the section it stands in.

    >>> sentence_signs("STG: flexion 120", "STG: flexion 120", 0, None)
    ['section.unheaded', 'goal.impairment', 'abbr.stg']
    """
    sentence = sentence[:MAX_CHARS]
    signs = [f"section.{section.section if section else 'unheaded'}"]
    listed = section is not None and is_listed_goal(note, section, start, start + len(sentence))
    if (listed or is_labelled(sentence)) and not is_about_goals(sentence):
        goal = read_goal(sentence)
        signs += [f"goal.{goal.kind}"] if goal.specific else []
    text = sentence.replace("’", "'")
    held = [rule.id for rule in _gate().candidates(text) if rule.pattern.search(text)]
    signs += [*held, *([BOTH] if set(held) >= _SIDES else [])]
    return signs + [found.id for found in find_abbreviations(sentence)]


def _signs(doc: Doc, state: dict[str, Any]) -> Iterator[tuple[int, str]]:
    tokens = tokens_of(doc)
    note, firsts, lasts = tokens.text, tokens.first, tokens.last
    sections = find_sections(note)
    for index, (first, last, _) in enumerate(state["sents"]):
        start, end = int(firsts[first]), int(lasts[last - 1])
        for sign in sentence_signs(note[start:end], note, start, section_at(sections, start)):
            yield index, sign


@cache
def sign_rules() -> tuple[SignRule, ...]:
    """The rules, in the order of their file."""
    lines = (files(__package__) / "patterns" / "note_signs.jsonl").read_text("utf-8").splitlines()
    rows = map(json.loads, filter(None, lines))
    return tuple(SignRule(row["id"], re.compile(row["pattern"])) for row in rows)


@cache
def _gate() -> Gate[SignRule]:
    return Gate(sign_rules())


@cache
def _sign_hashes() -> NDArray[np.uint64]:
    """Every sign there is, as the vocabulary sees it."""
    names = [
        *(f"section.{name}" for name in section_names()),
        "goal.life",
        "goal.impairment",
        *(rule.id for rule in sign_rules()),
        BOTH,
        *(row.id for row in abbreviations()),
    ]
    return np.array(sorted({get_string_id(f"|{name}|") for name in names}), np.uint64)
