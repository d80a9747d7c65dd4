"""Visits written as lines, with the uses of the patient's name marked in them."""

from __future__ import annotations

import spacy

from alliance_nlp.annotate.names import find_names
from alliance_nlp.corpus.markup import parse_markup
from alliance_nlp.parse import parse_visit
from alliance_nlp.records import Patient, Provider, Visit

NLP = spacy.blank("en")
MARTHA = Patient(given="Martha", family="Collins", aliases=("Marty",))


def visit_of(lines: list[str], patient: Patient | None = None, provider: str | None = None) -> Visit:
    """A visit of lines ``P: ...`` (provider), ``C: ...`` (patient) and ``O: ...`` (other)."""
    roles = {"P": "provider", "C": "patient", "O": "other"}
    turns = [{"role": roles[line[0]], "text": line[3:]} for line in lines]
    return Visit(visit_id="v", patient=patient, provider=Provider(name=provider) if provider else None, turns=turns)


def found_in(visit: Visit) -> list[tuple[int, str, int, int]]:
    """Turn, code and characters of every use found."""
    doc = parse_visit(visit, NLP)
    found = []
    for start, end, label, _ in find_names(doc).uses:
        turn = max(i for i, bounds in enumerate(doc._.alliance_visit["turns"]) if bounds[0] <= start)
        span, at = doc[start:end], doc._.alliance_visit["turns"][turn][2]
        found.append((turn, label, span.start_char - at, span.end_char - at))
    return found


def check_marked(marked: list[str], patient: Patient | None = None, provider: str | None = None) -> None:
    """Check that exactly the uses marked in the lines are found."""
    plain, gold = [], []
    for turn, line in enumerate(marked):
        text, codes = parse_markup(line[3:])
        plain.append(line[:3] + text)
        gold += [(turn, code, start, end) for code, start, end in codes]
    assert found_in(visit_of(plain, patient, provider)) == gold
