"""Coded visits to annotation tools and back, without loss: offsets, codes, roles, ids, ratings and all other keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ...errors import BadOption
from ..coded import CodedVisit
from .doccano import read_doccano, write_doccano
from .label_studio import read_label_studio, write_label_studio
from .table import read_table, write_table

__all__ = ["Form", "Imported", "export_visits", "import_visits"]


class Form(StrEnum):
    """What the visits are exchanged with."""

    DOCCANO = "doccano"
    LABEL_STUDIO = "label-studio"
    CSV = "csv"


@dataclass(frozen=True)
class Imported:
    """Visits that came back coded, and the ids of those that nobody has coded yet."""

    visits: tuple[CodedVisit, ...]
    uncoded: tuple[str, ...] = ()


def export_visits(visits: Sequence[CodedVisit], form: Form, path: Path, *, suggest: bool = False) -> None:
    """Write visits for an annotation tool.

    Args:
        visits: what to write.
        form: for which tool.
        path: the file; Label Studio's configuration goes beside it with ``.xml`` as its ending.
        suggest: Label Studio only: the codes as predictions that coders accept or correct.

    Raises:
        BadOption: ``suggest`` with another form.
    """
    if suggest and form is not Form.LABEL_STUDIO:
        raise BadOption("--suggest", form.value, "only label-studio knows predictions")
    path.parent.mkdir(parents=True, exist_ok=True)
    if form is Form.DOCCANO:
        write_doccano(visits, path)
    elif form is Form.LABEL_STUDIO:
        write_label_studio(visits, path, suggest=suggest)
    else:
        write_table(visits, path)


def import_visits(path: Path, form: Form, *, coder: str | None = None) -> Imported:
    """Read visits that came back from an annotation tool.

    Args:
        path: the file that the tool exported.
        form: which tool.
        coder: Label Studio only: whose annotations to take, where several coders coded the same visit.

    Raises:
        BadCorpus: the file is not as it should be, or a code is unknown.
        BadOption: ``coder`` with another form.
    """
    if coder is not None and form is not Form.LABEL_STUDIO:
        raise BadOption("--coder", coder, "only label-studio keeps several coders in one file")
    if form is Form.LABEL_STUDIO:
        visits, uncoded = read_label_studio(path, coder=coder)
        return Imported(tuple(visits), tuple(uncoded))
    return Imported(tuple(read_doccano(path) if form is Form.DOCCANO else read_table(path)))
