"""One visit -> one outcome: the only part of a run that other processes and machines do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from ..calibration import Calibration, calibrate_report
from ..errors import BadModel
from ..records import Visit, VisitReport
from ..report.jsonl import json_line
from ..report.page.entry import entry_line
from ..report.table import csv_line, row
from ..report.typed import typed_line
from .outcome import Outcome, Scored, failure

if TYPE_CHECKING:
    from ..concord.records import ConcordanceReport
    from ..model import AllianceModel

RENDERS: dict[str, Callable[[Visit, VisitReport], Any]] = {
    "jsonl": lambda _, report: json_line(report),
    "csv": lambda _, report: csv_line(report),
    "typed": lambda _, report: typed_line(report),
    "row": lambda _, report: row(report),
    "page": entry_line,
    "page_no_text": partial(entry_line, text=False),
}
"""Name -> what is made of a visit and its report. All but ``row`` give text that ends in a line feed."""


class Scorer(Protocol):
    """What a run needs of a model; `AllianceModel` is one."""

    @property
    def name(self) -> str:
        """Language, name and version."""

    @property
    def meta(self) -> Mapping[str, Any]:
        """What its folder says of it."""

    def score(self, visit: Visit, *, text: bool = True) -> VisitReport:
        """Score one visit."""

    def warm(self) -> None:
        """Get ready for many."""


class Task(NamedTuple):
    """What is asked of every visit."""

    renders: tuple[str, ...]
    text: bool = True
    """Whether evidence carries its words."""
    model: str | None = None
    """Folder of the model; None is the one that comes with the package."""
    sha256: str | None = None
    """What the model must be, wherever it is loaded."""
    calibration: Calibration | None = None
    """The clinic's own use of the scale."""
    concordance: bool = False
    """Whether notes are compared with their transcripts, and what is rendered has places for it."""


class Item(NamedTuple):
    """A visit on its way."""

    visit: Visit
    source: str
    repeats: str | None
    said: Visit | None = None
    """Of a note that is compared: the transcript of its visit."""


def score_item(item: Item, scorer: Scorer, task: Task) -> Outcome:
    """Score and render one visit; whatever goes wrong becomes its outcome."""
    visit = item.visit
    try:
        report = scorer.score(visit, text=task.text)
        if task.calibration is not None:
            report = calibrate_report(report, task.calibration)
        if not task.concordance:
            rendered = {name: RENDERS[name](visit, report) for name in task.renders}
            return Scored(visit.visit_id, report.status, rendered, item.repeats, report.abstained_because)
        compared = None if item.said is None else _compared(visit, item.said, scorer, task)
        renders = paired_renders()
        rendered = {name: renders[name](visit, report, compared) for name in task.renders}
        beside = None if visit.kind != "note" else compared is not None
        return Scored(visit.visit_id, report.status, rendered, item.repeats, report.abstained_because, beside)
    except Exception as error:  # one visit must not cost the others
        return failure(item.source, visit.visit_id, error)


def _compared(note: Visit, said: Visit, scorer: Scorer, task: Task) -> ConcordanceReport:
    from ..concord.compare import compare

    return compare(note, said, model=cast("AllianceModel", scorer), text=task.text)


@cache
def paired_renders() -> dict[str, Callable[[Visit, VisitReport, ConcordanceReport | None], Any]]:
    """As `RENDERS`, of a run in which notes are compared."""
    from ..concord.entry import page_details
    from ..concord.table import concordance_row, paired_line

    def page(visit: Visit, report: VisitReport, compared: ConcordanceReport | None, *, text: bool) -> str:
        beside = None if compared is None else page_details(compared, text=text)
        return entry_line(visit, report, text=text, beside=beside)

    return {
        "jsonl": lambda _, report, compared: paired_line(report, compared),
        "csv": lambda _, report, compared: csv_line(report, concordance_row(compared)),
        "typed": lambda _, report, compared: typed_line(report, concordance_row(compared)),
        "row": lambda _, report, compared: {**row(report), **concordance_row(compared)},
        "page": partial(page, text=True),
        "page_no_text": partial(page, text=False),
    }


def score_items(items: Sequence[Item], task: Task) -> list[Outcome]:
    """Score several visits with the model of this process, which is loaded once.

    Raises:
        BadModel: the model here is not the one that the task wants.
    """
    scorer = loaded(task.model)
    if task.sha256 is not None and scorer.meta.get("sha256") != task.sha256:
        place = task.model or "default"
        raise BadModel(place, "a worker has another one", "install the same version of alliance_nlp everywhere")
    return [score_item(item, scorer, task) for item in items]


@lru_cache(maxsize=1)
def loaded(folder: str | None) -> Scorer:
    """The model of this process, ready."""
    from ..model import load

    scorer = load(None if folder is None else Path(folder))
    make_ready(scorer)
    return scorer


def make_ready(scorer: Scorer) -> None:
    """Warm a model up, and keep arithmetic on one thread: sums must not depend on the number of cores."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    scorer.warm()
