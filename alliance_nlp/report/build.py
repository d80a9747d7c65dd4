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
        warnings=visit.warnings,
    )


def find_evidence(visit: Visit, doc: Doc, *, text: bool = True) -> tuple[Evidence, ...]:
    """Every coded stretch of an annotated Doc in the order of the visit, with offsets in its turn's own text."""
    state = doc._.alliance_visit
    sentence_at = {sent[0]: index for index, sent in enumerate(state["sents"])}
    turn_of = _turns_by_token(state["turns"])
    found = []
    for key in (*map(spans_key, FAMILIES), NAMES_KEY):
        for span in doc.spans.get(key, ()):
            turn = turn_of(span.start)
            offset = state["turns"][turn][2]
            start, end = span.start_char - offset, span.end_char - offset
            source = (visit.text or "") if visit.kind == "note" else visit.turns[turn].text
            if source[start:end] != span.text:
                raise BadOffsets(visit.visit_id, None if visit.kind == "note" else turn, start, end)
            if key == NAMES_KEY:
                p = state["rules"].get(f"names.{span.id_}", 0.5)
            else:
                p = state["p"][sentence_at[span.start]][CODE_NAMES.index(span.label_)]
            found.append(
                Evidence(
                    code=span.label_,
                    turn=None if visit.kind == "note" else turn,
                    start=start,
                    end=end,
                    text=span.text if text else None,
                    p=round(float(p), P_DECIMALS),
                    why=span.id_,
                )
            )
    return tuple(sorted(found, key=lambda e: (e.turn or 0, e.start, e.end, e.code)))


def _turns_by_token(turns: list[list[int]]) -> Callable[[int], int]:
    starts = [turn[0] for turn in turns]
    return lambda token: max(i for i in range(bisect_right(starts, token)) if turns[i][1] > token)


def _contributions(estimate: Estimate, evidence: tuple[Evidence, ...]) -> tuple[Contribution, ...]:
    """Points of every feature by part, base first, then by size; those of no weight are left out."""
    at: dict[str, list[int]] = {}
    for index, each in enumerate(evidence):
        at.setdefault(each.code, []).append(index)
    out = []
    for part in PARTS:
        if not getattr(estimate.scores, part).documented:
            continue
        points = {name: round(value, SCORE_DECIMALS) for name, value in estimate.points[part].items()}
        value = round(estimate.values[part], SCORE_DECIMALS)
        points[BASE] = round(value - math.fsum(v for name, v in points.items() if name != BASE), SCORE_DECIMALS)
        for name, added in sorted(points.items(), key=lambda item: (item[0] != BASE, -abs(item[1]), item[0])):
            if added or name == BASE:
                places = sorted(index for code in evidence_codes(name) for index in at.get(code, ()))
                out.append(Contribution(feature=name, of=part, value=added, evidence=tuple(places)))
    return tuple(out)


def _rounded(scores: Scores) -> Scores:
    def points(value: float | None) -> float | None:
        return None if value is None else round(value, SCORE_DECIMALS)

    parts = {
        part: Score(
            value=points(each.value), low=points(each.low), high=points(each.high), documented=each.documented
        )
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
