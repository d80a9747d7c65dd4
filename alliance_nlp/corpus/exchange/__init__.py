"""Coded visits to annotation tools and back, without loss: offsets, codes, roles, ids, ratings and all other keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from ...errors import BadCorpus, BadOption
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
    """Visits that came back coded or rated, and the ids of those that are neither."""

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


def import_visits(path: Path, form: Form, *, coder: str | None = None, all_coded: bool = False) -> Imported:
    """Read visits that came back from an annotation tool.

    A visit that nobody had coded before and that comes back without a code is not coded; it is given with its ratings
    where it has some, else it is named in ``uncoded``. Label Studio itself knows which visits a coder has finished.

    Args:
        path: the file that the tool exported.
        form: which tool.
        coder: Label Studio only: whose annotations to take, where several coders coded the same visit.
        all_coded: doccano and CSV only: every visit was read by a coder, so that one without a code has none.

    Raises:
        BadCorpus: the file is not as it should be or holds no visit, or a code is unknown.
        BadOption: ``coder`` or ``all_coded`` with another form.
    """
    if coder is not None and form is not Form.LABEL_STUDIO:
        raise BadOption("--coder", coder, "only label-studio keeps several coders in one file")
    if all_coded and form is Form.LABEL_STUDIO:
        raise BadOption("--all-coded", form.value, "label-studio itself knows which visits are coded; leave it out")
    if form is Form.LABEL_STUDIO:
        visits = read_label_studio(path, coder=coder)
    else:
        found = read_doccano(path) if form is Form.DOCCANO else read_table(path)
        visits = [replace(visit, coded=True) if all_coded else visit for visit in found]
    if not visits:
        raise BadCorpus(str(path), "it holds no visit", "give the file that the tool exported")
    kept = tuple(visit for visit in visits if visit.coded or visit.ratings)
    return Imported(kept, tuple(visit.visit_id for visit in visits if not (visit.coded or visit.ratings)))
