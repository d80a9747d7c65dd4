"""One visit and its report -> one entry of the page: a row for the list, and all the rest packed small.

Entries are made where the visit is scored and travel as one line of JSON, so that no more than one visit need be in
memory, whoever scores it and in whatever order.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from ...codes import CODES
from ...errors import BadOffsets
from ...records import PARTS, AbstainReason, Band, Evidence, Kind, Part, Record, Score, Visit, VisitReport
from ..printable import printable
from .note import note_details

Ends = tuple[float, float, float]
"""A score's value and the lower and upper end of its 90 % interval."""

_LINE_START = re.compile(r"(?<=\n)(?=[^\n])")
_FAMILY = {code.name: code.family for code in CODES}
#: Probability from which a mark is shown unless less likely ones are asked for.
LIKELY = 0.5
#: Other years are slips or stand for no date, as 9999 does.
_YEARS = range(1900, 2200)
_SHOWN = ("goals", "tasks", "bond", "names")


class VisitRow(Record):
    """What the list of visits and the charts need of one visit."""

    id: str
    kind: Kind
    date: str | None
    """ISO 8601, the day alone; None where there is none or it is no date."""
    provider: str | None
    """Name, or id where there is no name."""
    provider_key: str | None
    """Tells the visits of one provider from others'; never written to the page."""
    patient_key: str | None
    """Tells the visits of one patient from others'; never written to the page."""
    about: str
    """Patient and setting, for people; empty without texts."""
    because: AbstainReason | None
    band: Band | None
    p_strong: float | None
    alliance: Ends | None
    goal: Ends | None
    task: Ends | None
    bond: Ends | None
    undocumented: tuple[Part, ...]
    evidence: tuple[int, ...]
    """Number of stretches of goals, tasks, bond and names that are likely."""
    warnings: int
    pair: str | None = None
    """Of a note that was compared: id of its transcript."""


class Entry(Record):
    """A row, and what opens with it: JSON, compressed by zlib, in base64."""

    row: VisitRow
    packed: str


def entry_line(
    visit: Visit, report: VisitReport, *, text: bool = True, beside: Mapping[str, Any] | None = None
) -> str:
    """The entry of one visit as a line of JSON in ASCII, for `write.write_page`.

    Args:
        visit: the visit as it was scored.
        report: what was said of it.
        text: whether words, names of patients and settings go in.
        beside: a note's comparison with its transcript, of `alliance_nlp.concord.entry`.

    Raises:
        BadOffsets: the report's evidence does not fit the visit.

    >>> visit = Visit(visit_id="n1", text="Pt wants to climb stairs.", date="2026-05-04T09:00")
    >>> report = VisitReport(visit_id="n1", kind="note", model="m", status="abstained", abstained_because="too_short")
    >>> Entry.model_validate_json(entry_line(visit, report)).row.date
    '2026-05-04'
    """
    details = {**_details(visit, report, text), "beside": beside}
    plain = json.dumps(details, ensure_ascii=False, separators=(",", ":"))
    packed = base64.b64encode(zlib.compress(plain.encode("utf-8"), 6)).decode("ascii")
    row = _row(visit, report, text, None if beside is None else printable(beside["visit"]))
    entry = Entry(row=row, packed=packed)
    return json.dumps(entry.model_dump(), separators=(",", ":")) + "\n"


def unpack(packed: str) -> dict[str, Any]:
    """What a page's script gets to see when a visit is opened; the reverse of the packing."""
    details: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(packed)))
    return details


def pieces(text: str, evidence: Sequence[tuple[int, Evidence]]) -> list[tuple[str, list[int]]]:
    """``text`` cut where a stretch of evidence begins or ends: each piece with the numbers of what covers it.

    Pieces spare the page any offsets, which browsers would count in UTF-16.

    >>> hi = Evidence(code="name_vocative", turn=0, start=6, end=12, p=1, why="roster")
    >>> praise = Evidence(code="affirm", turn=0, start=0, end=13, p=0.8, why="coder")
    >>> pieces("Good, Martha. Next.", [(0, hi), (1, praise)])
    [('Good, ', [1]), ('Martha', [0, 1]), ('.', [1]), (' Next.', [])]
    """
    cuts = sorted({0, len(text), *(end for _, said in evidence for end in (said.start, said.end))})
    return [
        (
            printable(text[start:end], keep="\n\t"),
            [number for number, said in evidence if said.start <= start and end <= said.end],
        )
        for start, end in pairwise(cuts)
    ]


def lines(cut: Sequence[tuple[str, list[int]]]) -> list[list[tuple[str, list[int]]]]:
    r"""Pieces of a note -> its lines, each with the empty lines after it, so that marks can stand beside their line.

    >>> lines([("S: sore.\n\nP: ", []), ("HEP daily", [0]), (".\nSeen.", [])])
    [[('S: sore.\n\n', [])], [('P: ', []), ('HEP daily', [0]), ('.\n', [])], [('Seen.', [])]]
    """
    found: list[list[tuple[str, list[int]]]] = [[]]
    for said, covers in cut:
        for part in _LINE_START.split(said):
            if found[-1] and found[-1][-1][0].endswith("\n") and not part.startswith("\n"):
                found.append([])
            found[-1].append((part, covers))
    return found


def _details(visit: Visit, report: VisitReport, text: bool) -> dict[str, Any]:
    return {
        "turns": _turns(visit, report) if text else None,
        "evidence": [[said.code, said.p, said.why, said.turn] for said in report.evidence],
        "contributions": [[part.of, part.feature, part.value, part.evidence] for part in report.contributions],
        "measures": [[name, _finite(value)] for name, value in report.measures.items()],
        "warnings": [printable(warning) for warning in report.warnings],
        "model": report.model,
        **note_details(report, text=text),
    }


def _turns(visit: Visit, report: VisitReport) -> list[dict[str, Any]]:
    """The turns, or the lines of the note, cut into pieces."""
    note = visit.kind == "note"
    texts = [visit.text or ""] if note else [turn.text for turn in visit.turns]
    found: list[list[tuple[int, Evidence]]] = [[] for _ in texts]
    for number, said in enumerate(report.evidence):
        turn = 0 if note else said.turn
        if turn is None or not 0 <= turn < len(texts) or not said.start < said.end <= len(texts[turn]):
            raise BadOffsets(visit.visit_id, said.turn, said.start, said.end)
        found[turn].append((number, said))
    cut = [pieces(words, evidence) for words, evidence in zip(texts, found, strict=True)]
    if note:
        return [{"role": "note", "pieces": line} for line in lines(cut[0])]
    return [
        {
            "role": turn.role,
            "speaker": printable(turn.speaker) if turn.speaker else None,
            "start_s": _finite(turn.start_s),
            "pieces": words,
        }
        for turn, words in zip(visit.turns, cut, strict=True)
    ]


def _row(visit: Visit, report: VisitReport, text: bool, pair: str | None) -> VisitRow:
    scores = report.scores
    families = [_FAMILY.get(said.code, "names") for said in report.evidence if said.p >= LIKELY]
    patient = " ".join(filter(None, (visit.patient.given, visit.patient.family))) if visit.patient else ""
    about = ", ".join(filter(None, (patient, visit.setting))) if text else ""
    return VisitRow(
        id=printable(visit.visit_id),
        kind=visit.kind,
        date=_day(visit.date),
        provider=_provider(visit),
        provider_key=(visit.provider.id or visit.provider.name) if visit.provider else None,
        patient_key=_patient_key(visit, patient),
        about=printable(about),
        because=report.abstained_because,
        band=scores.alliance.band if scores else None,
        p_strong=_finite(scores.alliance.p_strong) if scores else None,
        alliance=_ends(scores.alliance) if scores else None,
        goal=_ends(scores.goal) if scores else None,
        task=_ends(scores.task) if scores else None,
        bond=_ends(scores.bond) if scores else None,
        undocumented=tuple(part for part in PARTS if scores and not getattr(scores, part).documented),
        evidence=tuple(families.count(family) for family in _SHOWN),
        warnings=len(report.warnings),
        pair=pair,
    )


def _day(written: str | None) -> str | None:
    try:
        day = date.fromisoformat((written or "")[:10])
    except ValueError:
        return None
    return day.isoformat() if day.year in _YEARS else None


def _provider(visit: Visit) -> str | None:
    if visit.provider is None:
        return None
    return printable(visit.provider.name or visit.provider.id or "") or None


def _patient_key(visit: Visit, name: str) -> str | None:
    known = (visit.patient.id if visit.patient else None) or name
    return hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest()[:16] if known else None


def _ends(score: Score) -> Ends | None:
    value, low, high = _finite(score.value), _finite(score.low), _finite(score.high)
    return None if value is None or low is None or high is None else (value, low, high)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
