"""Doc, features and scores -> `VisitReport`.

Scores are rounded to 4 decimals and probabilities to 6, so that a report is the same on every processor; a part's
base takes up what rounding leaves, so that its contributions add up to its value.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable

from spacy.tokens import Doc

from ..annotate.families import spans_key
from ..annotate.names import KEY as NAMES_KEY
from ..codes import CODE_NAMES, FAMILIES
from ..errors import BadOffsets
from ..estimate import BASE, Estimate, evidence_codes
from ..featurise import FEATURES
from ..records import (
    PARTS,
    AbstainReason,
    AllianceScore,
    Contribution,
    Evidence,
    Score,
    Scores,
    Visit,
    VisitReport,
)
from ..tokens import tokens_of
from .note_parts import note_flags, note_sections, visit_goals

SCORE_DECIMALS, P_DECIMALS = 4, 6


def build_report(
    visit: Visit,
    doc: Doc,
    row: dict[str, float],
    estimate: Estimate,
    abstained: AbstainReason | None,
    *,
    model: str,
    text: bool,
) -> VisitReport:
    """The report of one visit; an abstained visit keeps evidence and measures, and has no scores.

    Raises:
        BadOffsets: evidence does not lie within its turn.
    """
    evidence = find_evidence(visit, doc, text=text)
    note = visit.text or "" if visit.kind == "note" else None
    return VisitReport(
        visit_id=visit.visit_id,
        kind=visit.kind,
        model=model,
        status="abstained" if abstained else "scored",
        abstained_because=abstained,
        scores=None if abstained else _rounded(estimate.scores),
        evidence=evidence,
        measures={f.name: _measure(row[f.name]) for f in FEATURES if not f.parts},
        contributions=() if abstained else _contributions(estimate, evidence),
        goals=() if note is None else visit_goals(visit, evidence, text=text),
        flags=() if note is None else note_flags(note, text=text),
        sections=() if note is None else note_sections(note),
        warnings=visit.warnings,
    )


def find_evidence(visit: Visit, doc: Doc, *, text: bool = True) -> tuple[Evidence, ...]:
    """Every coded stretch of an annotated Doc in the order of the visit, with offsets in its turn's own text."""
    state, tokens = doc._.alliance_visit, tokens_of(doc)
    note = visit.kind == "note"
    sentence_at = {sent[0]: index for index, sent in enumerate(state["sents"])}
    turn_of = _turns_by_token(state["turns"])
    found = []
    for key in (*map(spans_key, FAMILIES), NAMES_KEY):
        for span in doc.spans.get(key, ()):
            first, code = span.start, span.label_
            turn = turn_of(first)
            offset = state["turns"][turn][2]
            start_char, end_char = int(tokens.first[first]), int(tokens.last[span.end - 1])
            start, end, said = start_char - offset, end_char - offset, tokens.text[start_char:end_char]
            source = (visit.text or "") if note else visit.turns[turn].text
            if source[start:end] != said:
                raise BadOffsets(visit.visit_id, None if note else turn, start, end)
            if key == NAMES_KEY:
                p = state["rules"].get(f"names.{span.id_}", 0.5)
            else:
                p = state["p"][sentence_at[first], CODE_NAMES.index(code)]
            found.append(
                Evidence(
                    code=code,
                    turn=None if note else turn,
                    start=start,
                    end=end,
                    text=said if text else None,
                    p=round(float(p), P_DECIMALS),
                    why=span.id_,
                )
            )
    return tuple(sorted(found, key=lambda e: (e.turn or 0, e.start, e.end, e.code)))


def _turns_by_token(turns: list[list[int]]) -> Callable[[int], int]:
    """Gives the index of the turn that holds a token; turns without a token hold none."""
    starts = [turn[0] for turn in turns]

    def turn_of(token: int) -> int:
        at = bisect_right(starts, token) - 1
        while turns[at][1] <= token:
            at -= 1
        return at

    return turn_of


def _contributions(estimate: Estimate, evidence: tuple[Evidence, ...]) -> tuple[Contribution, ...]:
    """Points of every feature by part, base first, then by size; those of no weight are left out."""
    at: dict[str, list[int]] = {}
    for index, each in enumerate(evidence):
        at.setdefault(each.code, []).append(index)
    out = []
    places = {name: _places(name, at) for points in estimate.points.values() for name in points}
    for part in PARTS:
        if not getattr(estimate.scores, part).documented:
            continue
        points = {name: round(value, SCORE_DECIMALS) for name, value in estimate.points[part].items()}
        value = round(estimate.values[part], SCORE_DECIMALS)
        points[BASE] = round(value - math.fsum(v for name, v in points.items() if name != BASE), SCORE_DECIMALS)
        for name, added in sorted(points.items(), key=lambda item: (item[0] != BASE, -abs(item[1]), item[0])):
            if added or name == BASE:
                out.append(Contribution(feature=name, of=part, value=added, evidence=places[name]))
    return tuple(out)


def _places(feature: str, at: dict[str, list[int]]) -> tuple[int, ...]:
    """Indices of the evidence a feature points to, in order; ``at`` has those of each code."""
    found = [at[code] for code in evidence_codes(feature) if code in at]
    return tuple(found[0]) if len(found) == 1 else tuple(sorted(index for each in found for index in each))


def _rounded(scores: Scores) -> Scores:
    def points(value: float | None) -> float | None:
        return None if value is None else round(value, SCORE_DECIMALS)

    parts = {
        part: Score(value=points(each.value), low=points(each.low), high=points(each.high), documented=each.documented)
        for part in PARTS
        for each in (getattr(scores, part),)
    }
    whole = scores.alliance
    alliance = AllianceScore(
        value=points(whole.value),
        low=points(whole.low),
        high=points(whole.high),
        documented=whole.documented,
        band=whole.band,
        p_strong=None if whole.p_strong is None else round(whole.p_strong, P_DECIMALS),
    )
    return Scores(**parts, alliance=alliance)


def _measure(value: float) -> float | None:
    return None if math.isnan(value) else round(value, SCORE_DECIMALS)
