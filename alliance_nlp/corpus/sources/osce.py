"""OSCE interviews: ``MSK*.txt`` of the clean transcripts, lines that begin with ``D:`` or ``P:``."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Collection, Iterator
from typing import Any

from .originals import Originals
from .public_visit import PublicVisit

_PREFIX = "osce-"
_TURN = re.compile(r"\s*([DP])\s*:\s*(.*)")
_LINE = re.compile(r"\r?\n")
_ROLES = {"D": "provider", "P": "patient"}


def read_osce(originals: Originals, wanted: Collection[str]) -> Iterator[PublicVisit]:
    """One visit a file, in the order of their names; a line without a tag goes on with the turn before it.

    Args:
        originals: where the files are.
        wanted: ids of the visits to read.

    Raises:
        BadCorpus: none of the files is there, or one is there twice and differs.
    """
    found = False
    for visit_id in sorted(wanted):
        name = f"{visit_id.removeprefix(_PREFIX)}.txt"
        content = originals.find(f"Clean Transcripts/{name}", name)
        if content is None:
            continue
        found = True
        yield PublicVisit.of(
            {
                "visit_id": visit_id,
                "source": "OSCE interviews (Fareez et al. 2022), CC BY 4.0",
                "setting": "musculoskeletal complaint",
                "patient": None,
                "turns": _turns(_decode(content)),
            }
        )
    if wanted and not found:
        raise originals.missing("file MSK*.txt")


def _decode(content: bytes) -> str:
    """UTF-16 where it says so (two files do), else UTF-8."""
    utf16 = content[:2] in (BOM_UTF16_LE, BOM_UTF16_BE)
    return content.decode("utf-16" if utf16 else "utf-8-sig", "replace")


def _turns(text: str) -> list[dict[str, Any]]:
    """Turns with folded white space.

    >>> _turns("D: Any pain?\\n\\nP: A  little,\\nhere.")[1]
    {'role': 'patient', 'text': 'A little, here.'}
    """
    turns: list[dict[str, Any]] = []
    for line in _LINE.split(text):
        match = _TURN.match(line)
        if match and match.group(2).strip():
            turns.append({"role": _ROLES[match.group(1)], "text": " ".join(match.group(2).split())})
        elif line.strip() and turns:
            turns[-1]["text"] += " " + " ".join(line.split())
    return turns
