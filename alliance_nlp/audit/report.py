"""Reviews -> the report of an audit, and the report -> ``.html`` (one page by itself), ``.json`` or ``.txt``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import BadOption
from ..evaluate.plots import check_plots
from ..evaluate.sections import as_lines
from ..report.template import check_jinja, page_template
from .collect import RATED, Reviews
from .compare import before_after, drift
from .figures import AuditReport, Point
from .measure import among_reviewers, code_figures, groups, tool_agreement, whole
from .plot import bland_altman_svg
from .sections import sections_of
from .weights import effective_size
from .words import sentences

if TYPE_CHECKING:
    from ..model import AllianceModel

SUFFIXES = (".html", ".json", ".txt")
_TEMPLATE = "report.html.jinja"


def make_report(
    reviews: Reviews,
    *,
    last: Reviews | None = None,
    models: tuple[AllianceModel, AllianceModel] | None = None,
    compare: bool = False,
) -> AuditReport:
    """Every figure of an audit, and what they say.

    Args:
        reviews: what was reviewed.
        last: the audit before it.
        models: a model and its successor, to compare on reviewed visits that neither has learned from.
        compare: whether providers are told apart.
    """
    report = AuditReport(
        model=reviews.audit.model,
        created_at=reviews.audit.created_at,
        seed=reviews.audit.seed,
        population=reviews.audit.population,
        drawn=reviews.drawn,
        reviewed=len(reviews.visits),
        worth=effective_size(reviews.weighing.weights),
        unscored=int(np.isnan(reviews.tool).any(axis=1).sum()),
        learned_from=reviews.audit.design.get("learned_from", 0),
        reviewers=reviews.reviewers,
        words=(),
        whole=tuple(whole(reviews)),
        tool=tuple(tool_agreement(reviews)),
        among=tuple(among_reviewers(reviews)),
        codes=tuple(code_figures(reviews)),
        off=tuple(groups(reviews, providers=compare)),
        drift=tuple(drift(reviews, last)) if last else (),
        before_after=before_after(reviews, *models) if models else None,
        points=_points(reviews),
    )
    return report.model_copy(update={"words": tuple(sentences(report))})


def check_output(path: Path) -> None:
    """Say that a report cannot be written before the work is done, not after.

    Raises:
        BadOption: the form is not known by the name's end.
        MissingExtra: a page needs jinja2 and matplotlib.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise BadOption("--output", str(path), "end the name in .html, .json or .txt")
    if path.suffix.lower() == ".html":
        check_jinja("writing an HTML report")
        check_plots()


def write_report(report: AuditReport, path: Path) -> None:
    """Write in the form that the name's end says; raises what `check_output` raises."""
    check_output(path)
    form = {".json": as_json, ".html": as_html, ".txt": as_text}[path.suffix.lower()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(form(report), "utf-8")


def as_json(report: AuditReport) -> str:
    """All figures, unrounded; what has no value is null."""
    return report.model_dump_json(indent=1) + "\n"


def as_text(report: AuditReport) -> str:
    """Sentences, then tables in aligned columns."""
    return "\n".join([title_of(report), "", *report.words, "", *as_lines(sections_of(report))])


def as_html(report: AuditReport) -> str:
    """One page with its plots in it, which asks for nothing from elsewhere and prints as it is."""
    from markupsafe import Markup

    return page_template(__package__, _TEMPLATE).render(
        title=title_of(report), report=report, sections=sections_of(report), plot=Markup(bland_altman_svg(report))
    )


def title_of(report: AuditReport) -> str:
    """Heading of the whole."""
    return f"Audit of {report.model}, drawn {report.created_at[:10]}"


def _points(reviews: Reviews) -> dict[str, tuple[Point, ...]]:
    both = (reviews.tool + reviews.together) / 2
    apart = reviews.tool - reviews.together
    weights = reviews.weighing.weights
    return {
        part: tuple(
            Point(mean=both[n, at], difference=apart[n, at], weight=weights[n])
            for n in np.flatnonzero(~np.isnan(both[:, at]))
        )
        for at, part in enumerate(RATED)
    }
