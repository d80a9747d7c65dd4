"""What a run over many visits says of a note beside its transcript: columns of tables, and an object in JSON Lines."""

from __future__ import annotations

from collections import Counter
from typing import get_args

from pydantic import Field

from ..records import VisitReport
from ..report.table import Value
from ..report.typed import VISIT_COLUMNS, Column
from .records import ConcordanceReport, ItemStatus

_SHARE_DECIMALS = 4
_EMPTY = "empty where the visit is no note, or its transcript is not in the run"

CONCORDANCE_COLUMNS: dict[str, str] = {
    "concordance_visit_id": f"Transcript that the note was compared with; {_EMPTY}, as the columns after it.",
    "concordance_both": "Goals, agreements, preferences, plan parts and next contacts said and documented.",
    "concordance_said_only": "The same, said and not found in the note.",
    "concordance_note_only": "The same, in the note and not found in what was said.",
    "concordance_goal_both": "Goals said and documented.",
    "concordance_goal_said_only": "Goals said and not found in the note.",
    "concordance_goal_note_only": "Goals in the note and not found in what was said.",
    "concordance_goal_share": "Share (0-1) of the goals said that are documented; empty where none was said.",
    "concordance_plan_share": "Share (0-1) of the plan parts said that are documented; empty where none was said.",
    "concordance_mismatches": "Number of details of the person that the note has otherwise.",
}
"""Name -> meaning of the columns that follow those of `alliance_nlp.report.table.COLUMNS` where notes are compared."""

PAIRED_COLUMNS = (
    *VISIT_COLUMNS,
    *(
        Column(
            name, "text" if name.endswith("_id") else "real" if name.endswith("_share") else "integer", meaning
        )
        for name, meaning in CONCORDANCE_COLUMNS.items()
    ),
)
"""The columns of a table of visits in which notes are compared, in order."""


class PairedReport(VisitReport):
    """What `alliance score --concordance` says of one visit: its report, and a note's concordance with it."""

    concordance: ConcordanceReport | None = Field(
        default=None, description="The note beside its transcript; null for a transcript, and without one in the run."
    )


def paired_line(report: VisitReport, concordance: ConcordanceReport | None) -> str:
    """The `PairedReport` of a visit as one line of JSON that ends in a line feed."""
    return PairedReport.model_construct(**dict(report), concordance=concordance).model_dump_json() + "\n"


def concordance_row(concordance: ConcordanceReport | None) -> dict[str, Value]:
    """The values of a comparison under the names of `CONCORDANCE_COLUMNS`; all None without one.

    >>> cells = concordance_row(ConcordanceReport(visit_id="v1", note_id="n1", model="m"))
    >>> cells["concordance_visit_id"], cells["concordance_both"], cells["concordance_goal_share"]
    ('v1', 0, None)
    >>> set(concordance_row(None).values()), list(cells) == list(CONCORDANCE_COLUMNS)
    ({None}, True)
    """
    if concordance is None:
        return dict.fromkeys(CONCORDANCE_COLUMNS)
    counted = Counter((item.kind, item.status) for item in concordance.items)
    total = Counter(item.status for item in concordance.items)
    return {
        "concordance_visit_id": concordance.visit_id,
        **{f"concordance_{status}": total[status] for status in get_args(ItemStatus)},
        **{f"concordance_goal_{status}": counted["goal", status] for status in get_args(ItemStatus)},
        "concordance_goal_share": _share(counted["goal", "both"], counted["goal", "said_only"]),
        "concordance_plan_share": _share(counted["plan", "both"], counted["plan", "said_only"]),
        "concordance_mismatches": len(concordance.mismatches),
    }


def _share(documented: int, left_out: int) -> float | None:
    said = documented + left_out
    return round(documented / said, _SHARE_DECIMALS) if said else None
