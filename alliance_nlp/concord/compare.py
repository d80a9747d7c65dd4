"""A note and the transcript of its visit -> `ConcordanceReport`. Read this first: `compare` runs the steps in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from spacy.tokens import Doc

from ..errors import BadOption
from ..model import AllianceModel, load
from ..records import Visit
from ..tokens import tokens_of
from .copied import copied_share, find_copied
from .features import KINDS
from .match import Match, answer, find_matches
from .persons import Named, find_mismatches, names_in
from .records import (
    ConcordanceItem,
    ConcordanceReport,
    CopiedStretch,
    ItemKind,
    NotePlace,
    PersonMismatch,
    SaidPlace,
)
from .units import Side, note_side, said_side, sentences_of
from .weights import default_weights

_NUMBER_RARITY = 9.0
P_DECIMALS, SHARE_DECIMALS = 6, 4
_STATUSES = ("both", "said_only", "note_only")


def compare(
    note: Visit | str,
    visit: Visit,
    *,
    earlier: Visit | str | None = None,
    model: AllianceModel | None = None,
    text: bool = True,
) -> ConcordanceReport:
    """Compare a note with what was said in its visit.

    Args:
        note: the note, or its text.
        visit: the transcript; its roster name is compared with the names in the note.
        earlier: an earlier note of the same patient, to look for text that was carried over.
        model: a loaded model; the default one otherwise.
        text: whether the report carries the words themselves, or offsets alone.

    Raises:
        BadOption: ``note`` is no note, or ``visit`` no transcript.

    >>> visit = Visit(visit_id="v", turns=[
    ...     {"role": "patient", "text": "I want to get back to lifting my grandson."},
    ...     {"role": "provider", "text": "I'll see you again next Thursday."},
    ... ])
    >>> report = compare("Pt's goal: lift her grandson.\\nNext visit Thursday.", visit)
    >>> [(item.kind, item.status) for item in report.items]
    [('goal', 'both'), ('next_contact', 'both')]
    """
    written = Visit(visit_id=f"{visit.visit_id}-note", text=note) if isinstance(note, str) else note
    if written.kind != "note" or written.text is None:
        raise BadOption("note", written.visit_id, "this is a transcript; give the note here")
    if visit.kind != "transcript":
        raise BadOption("transcript", visit.visit_id, "this is a note; give the transcript here")
    model = load() if model is None else model
    # Without the roster: a name in the note that is not the roster's must be found all the same.
    note_doc = model.annotate(written.model_copy(update={"patient": None}))
    said_doc = model.annotate(visit)
    said, clauses = _said(visit, said_doc), _written(written.text, note_doc)
    weights = default_weights()
    answers = answer(clauses, said, rarity_of(model), weights)
    matches = find_matches(clauses, said, answers, weights.cuts)
    items = sorted((_item(match, said, clauses, text) for match in matches), key=_order)
    names = names_in(said_doc, [turn.text for turn in visit.turns]), names_in(note_doc, [written.text])
    before = earlier.text if isinstance(earlier, Visit) else earlier
    copied = find_copied(written.text, before) if before is not None else []
    return ConcordanceReport(
        visit_id=visit.visit_id,
        note_id=written.visit_id,
        model=model.name,
        items=tuple(items),
        mismatches=tuple(
            PersonMismatch(
                detail=each.detail,
                said=_place(each.said, visit, text) if each.said else None,
                note=NotePlace(
                    start=each.note.start,
                    end=each.note.end,
                    text=written.text[each.note.start : each.note.end] if text else None,
                ),
                rule=each.rule,
            )
            for each in find_mismatches(visit, written.text, *names)
        ),
        copied=tuple(
            CopiedStretch(
                note=NotePlace(start=a, end=b, text=written.text[a:b] if text else None),
                earlier_start=c,
                earlier_end=d,
                words=words,
            )
            for a, b, c, d, words in copied
        ),
        copied_share=None if before is None else round(copied_share(written.text, copied), SHARE_DECIMALS),
        counts=count_items(items),
        warnings=(*visit.warnings, *written.warnings),
    )


def count_items(items: list[ConcordanceItem]) -> dict[str, dict[str, int]]:
    """How many items of each kind have each status."""
    counted = Counter((item.kind, item.status) for item in items)
    return {kind: {status: counted[kind, status] for status in _STATUSES} for kind in KINDS}  # type: ignore[index]


def sides(visit: Visit, note: Visit, model: AllianceModel) -> tuple[Side, Side]:
    """Sentences of the visit and clauses of the note, with the coder's answers."""
    return _said(visit, model.annotate(visit)), _written(note.text or "", model.annotate(note))


def rarity_of(model: AllianceModel) -> Callable[[str], float]:
    """Weight of a word: its inverse document frequency in the coder's vocabulary, the highest for an unknown one."""
    vocabulary = model.coder_weights()["transcript"].vocabulary
    return _rarity(vocabulary.words, tuple(vocabulary.idf[: len(vocabulary.words)].tolist()))


@cache
def _rarity(words: tuple[str, ...], idf: tuple[float, ...]) -> Callable[[str], float]:
    known = dict(zip(words, idf, strict=True))
    highest = max(idf, default=_NUMBER_RARITY)
    return lambda word: _NUMBER_RARITY if word[0].isdigit() else known.get(word, highest)


def _said(visit: Visit, doc: Doc) -> Side:
    state, stretches = _stretches(doc)
    texts, roles = [turn.text for turn in visit.turns], [turn.role for turn in visit.turns]
    return said_side(texts, roles, stretches, np.asarray(state["p"], np.float64))


def _written(note: str, doc: Doc) -> Side:
    state, stretches = _stretches(doc)
    return note_side(note, [(start, end) for _, start, end in stretches], np.asarray(state["p"], np.float64))


def _stretches(doc: Doc) -> tuple[dict[str, Any], list[tuple[int, int, int]]]:
    state, tokens = doc._.alliance_visit, tokens_of(doc)
    return state, sentences_of(state, tokens.first, tokens.last)


def _item(match: Match, said: Side, note: Side, text: bool) -> ConcordanceItem:
    kind: ItemKind = KINDS[match.kind]  # type: ignore[assignment]
    sentence = said.units[match.said] if match.said is not None else None
    clause = note.units[match.note] if match.note is not None else None
    return ConcordanceItem(
        kind=kind,
        status=match.status,
        said=None
        if sentence is None
        else SaidPlace(
            turn=sentence.turn or 0, start=sentence.start, end=sentence.end, text=sentence.text if text else None
        ),
        note=None
        if clause is None
        else NotePlace(start=clause.start, end=clause.end, text=clause.text if text else None),
        p=round(match.p, P_DECIMALS),
    )


def _order(item: ConcordanceItem) -> tuple[int, int, int]:
    return (
        KINDS.index(item.kind),
        item.said.turn if item.said else 10**9,
        item.said.start if item.said else item.note.start if item.note else 0,
    )


def _place(named: Named, visit: Visit, text: bool) -> SaidPlace:
    turn = named.turn or 0
    words = visit.turns[turn].text[named.start : named.end]
    return SaidPlace(turn=turn, start=named.start, end=named.end, text=words if text else None)
