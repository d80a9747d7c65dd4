"""doccano: JSON Lines of a sequence labelling project, a whole visit a document so that a coder sees what came before.

The project must allow overlapping spans and must not count grapheme clusters as one character. Keys beside ``text``
and ``label`` are doccano's metadata and come back on export: ``alliance`` is a string with what the text does not say.
Visits imported and exported by doccano 1.8.4 itself, with and without relations, came back as they were.
doccano has no field for ratings; those that a visit has are carried along. Nor does it export which documents a coder
has finished: one that was not coded before and has no label counts as not coded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import BadCorpus
from ..coded import CodedVisit, checked_codes, checked_ratings
from ..rows import read_objects
from ..standoff import digest

# The last line holds no white space at its end, which doccano or an editor may cut.
_END = "[end of visit]"


def write_doccano(visits: Iterable[CodedVisit], path: Path) -> None:
    """Write one document a visit: a line ``role: text`` a turn, codes as ``[start, end, code]``.

    The file is plain ASCII (other characters as JSON escapes), for doccano guesses encodings.
    """
    with path.open("w", encoding="ascii", newline="\n") as lines:
        for visit in visits:
            lines.write(json.dumps(_document(visit)) + "\n")


def read_doccano(path: Path) -> Iterator[CodedVisit]:
    """Visits of a JSON Lines file that doccano exported, with or without its relations.

    Raises:
        BadCorpus: a document is not one of ours or its text was changed, a code is unknown, or a stretch is not
            within one turn.
    """
    for number, document in read_objects(path):
        yield _visit(document, f"{path}, line {number}")


def _document(visit: CodedVisit) -> dict[str, Any]:
    text = ""
    bounds: list[list[int]] = []
    for role, said in visit.turns:
        text += f"{'note' if visit.kind == 'note' else role}: "
        bounds.append([len(text), len(text) + len(said)])
        text += said + "\n"
    text += _END
    rest = {
        "kind": visit.kind,
        "sha256": digest(text),
        "turns": [[role, *place] for (role, _), place in zip(visit.turns, bounds, strict=True)],
        "coded": visit.coded,
        "ratings": visit.ratings,
        "about": visit.about,
        "turns_about": visit.turns_about,
    }
    label = [[bounds[turn][0] + start, bounds[turn][0] + end, code] for code, turn, start, end in visit.codes]
    return {"text": text, "label": label, "visit_id": visit.visit_id, "alliance": json.dumps(rest)}


def _visit(document: Mapping[str, Any], place: str) -> CodedVisit:
    try:
        visit_id, text = document["visit_id"], document["text"]
        rest = json.loads(document["alliance"])
        kind, bounds, ratings = rest["kind"], [turn[1:] for turn in rest["turns"]], rest["ratings"]
        turns = tuple((role, text[start:end]) for role, start, end in rest["turns"])
        about, turns_about, sha256 = rest["about"], tuple(rest["turns_about"]), rest["sha256"]
        coded = bool(rest["coded"])
    except (KeyError, TypeError, ValueError):
        why = "it is no document that `alliance corpus export` wrote"
        raise BadCorpus(place, why, "import what was exported, with its metadata") from None
    place = f"{place}, visit {visit_id}"
    if digest(text) != sha256:
        raise BadCorpus(place, "its text was changed", "export the visit again and code that")
    codes = []
    for start, end, code in _labels(document, place):
        turn = next((index for index, (a, b) in enumerate(bounds) if a <= start and end <= b), None)
        if turn is None:
            why = f"characters {start} to {end}, coded {code[:40]}, are not within what one speaker says"
            raise BadCorpus(place, why, "code each turn by itself, without the name of the role")
        codes.append((code, turn, start - bounds[turn][0], end - bounds[turn][0]))
    return CodedVisit(
        visit_id,
        kind,
        turns,
        checked_codes(codes, turns, place),
        checked_ratings(ratings, place),
        about,
        turns_about,
        coded or bool(codes),
    )


def _labels(document: Mapping[str, Any], place: str) -> Iterator[tuple[int, int, str]]:
    """Spans as ``[start, end, code]``, or as objects where the project has relations."""
    for span in document.get("label", document.get("entities", ())):
        match span:
            case [int(start), int(end), str(code)]:
                yield start, end, code
            case {"start_offset": int(start), "end_offset": int(end), "label": str(code)}:
                yield start, end, code
            case _:
                raise BadCorpus(place, "a span is not of doccano's form", "export the project as JSONL")
