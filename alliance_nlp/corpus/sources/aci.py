"""ACI-Bench: ``data/challenge_data/SPLIT.csv`` with dialogue and note, ``SPLIT_metadata.csv`` with the names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from .originals import Originals
from .public_visit import PublicVisit

SPLITS = ("train", "valid", "clinicalnlp_taskB_test1", "clinicalnlp_taskC_test2", "clef_taskC_test3")
_FOLDER = "challenge_data"
_COLUMNS = ("encounter_id", "dialogue", "note")
_METADATA = (
    "encounter_id",
    "dataset",
    "cc",
    "patient_gender",
    "patient_age",
    "patient_firstname",
    "patient_familyname",
)
_TURN = re.compile(r"\[([a-z_ ]+)\]\s*(.*)", re.DOTALL)
_BREAK = re.compile(r"\n(?=\[)")
_ROLES = {"doctor": "provider", "patient": "patient"}


def read_aci(originals: Originals, wanted: Collection[str]) -> Iterator[PublicVisit]:
    """One visit an ``encounter_id``, split by split; a tag other than ``[doctor]`` and ``[patient]`` is ``other``.

    Tags are taken as written, also where they look swapped. Each record also has ``note``, ``subset``, and the
    patient's names, gender and age from the metadata.

    Args:
        originals: where the files are; a split that is not there gives no visits.
        wanted: ids of the visits to read.

    Raises:
        BadCorpus: no split is there, or a file is not as expected.
    """
    found = False
    for split in SPLITS:
        rows = _table(originals, split, _COLUMNS)
        metadata = _table(originals, f"{split}_metadata", _METADATA)
        if rows is None or metadata is None:
            continue
        found = True
        about = {row["encounter_id"]: row for row in metadata}
        for row in rows:
            encounter_id = row["encounter_id"]
            if f"aci-{encounter_id}" in wanted and encounter_id in about:
                yield _visit(row, about[encounter_id])
    if not found:
        raise originals.missing(f"{SPLITS[0]}.csv with {SPLITS[0]}_metadata.csv")


def _table(originals: Originals, name: str, columns: tuple[str, ...]) -> list[dict[str, str]] | None:
    return originals.table(f"{_FOLDER}/{name}.csv", f"{name}.csv", columns=columns)


def _visit(row: dict[str, str], about: dict[str, str]) -> PublicVisit:
    return PublicVisit.of(
        {
            "visit_id": f"aci-{row['encounter_id']}",
            "source": "ACI-Bench (Yim et al. 2023), CC BY 4.0",
            "setting": about["cc"].strip(),
            "subset": about["dataset"],
            "patient": {
                "given": about["patient_firstname"].strip() or None,
                "family": about["patient_familyname"].strip() or None,
                "gender": about["patient_gender"].strip(),
                "age": about["patient_age"],
            },
            # a checkout with CRLF line ends has them in the note too; the gold's offsets count LF
            "note": row["note"].replace("\r\n", "\n"),
            "turns": _turns(row["dialogue"]),
        }
    )


def _turns(dialogue: str) -> list[dict[str, Any]]:
    """Turns begin at a tag that begins a line; white space is folded.

    >>> _turns("[doctor] hi .\\n[patient_guest] he  is\\nhere .")[1]
    {'role': 'other', 'text': 'he is here .'}
    """
    turns = []
    for part in _BREAK.split(dialogue.strip()):
        if match := _TURN.match(part):
            tag, text = match.groups()
            turns.append({"role": _ROLES.get(tag, "other"), "text": " ".join(text.split())})
    return turns
