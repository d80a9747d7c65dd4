"""`AuditReport` -> headed tables, the one source of every form a person reads."""

from __future__ import annotations

from collections.abc import Sequence

from ..evaluate.sections import Section, Table
from .figures import Agreement, AuditReport
from .measure import FEW, NOT_GIVEN, OTHERS
from .weights import Figure

_AGREEMENT = ("part", "visits", "apart", "kappa", "ICC(2,1)", "ICC(2,k)", "alpha, interval", "alpha, ordinal")
_GROUPS = {"kind": "Transcripts and notes", "setting": "Settings", "length": "Length", "provider": "Providers"}
_PROVIDERS = (
    f"In the order of the alphabet, those of fewer than {FEW} visits together. This says where the tool is off, never "
    "who is good."
)


def sections_of(report: AuditReport) -> list[Section]:
    """The tables of a report under their headings; those with nothing in them are left out."""
    if not report.reviewed:
        return []
    sections = [
        Section("All visits", (), (_whole(report),)),
        Section("The tool and the reviewers", (_EXPLAINED,), (*_agreement(report.tool), _limits(report.tool))),
        Section("The reviewers among themselves", (), tuple(_agreement(report.among))),
        Section("Evidence", (_CODES,), (_codes(report),)),
        Section("Where the tool is off", (_OFF,), tuple(_groups(report))),
    ]
    if report.drift:
        rows = [(each.part, each.of, cell(each.last), cell(each.now), cell(each.change)) for each in report.drift]
        head = ("part", "mean of", "last audit", "this audit", "change")
        sections.append(Section("Since the last audit", (), (Table("Points", head, tuple(rows)),)))
    if compared := report.before_after:
        figures = [(each.what, cell(each.before), cell(each.after), cell(each.change)) for each in compared.figures]
        caption = f"{compared.visits} visits that neither has learned from; {compared.left_out} left out"
        table = Table(caption, ("figure", compared.before, compared.after, "change"), tuple(figures))
        sections.append(Section("Before and after training", (), (table,)))
    return [section for section in sections if any(table.rows for table in section.tables)]


_EXPLAINED = (
    "Apart: mean distance in points. Kappa: Cohen's, quadratic weights, on whole points. ICC: intraclass correlation, "
    "of one rater and of the mean of both. Alpha: Krippendorff's. Of these, 1 is full agreement and 0 is chance."
)
_CODES = (
    "Precision: share of the tool's evidence that reviewers accepted. Recall: share of what they coded in turns drawn "
    "at random, before the tool's view was shown, that it found."
)
_OFF = "Scores less ratings, mean of goal, task and bond, in points."


def cell(figure: Figure) -> str:
    """A figure as a cell: with its interval, without one where there are too few visits, or a dash.

    >>> cell(Figure(value=0.5, low=0.25, high=0.75)), cell(Figure(value=None))
    ('0.50 [0.25, 0.75]', '–')
    """
    if figure.value is None:
        return "–"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.2f} [–]"
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def _whole(report: AuditReport) -> Table:
    head = ("part", "reviewers' mean", "tool's mean", "ratings within the tool's 90 % interval")
    rows = [(each.part, cell(each.reviewers), cell(each.tool), cell(each.within)) for each in report.whole]
    return Table(f"Estimates for all {report.population} visits", head, tuple(rows))


def _agreement(agreement: Sequence[Agreement]) -> list[Table]:
    tables = []
    for a, b in dict.fromkeys((each.a, each.b) for each in agreement):
        rows = [
            (
                each.part,
                str(each.visits),
                *map(cell, (each.apart, each.kappa, each.icc_one, each.icc_mean)),
                *map(cell, (each.alpha_interval, each.alpha_ordinal)),
            )
            for each in agreement
            if (each.a, each.b) == (a, b)
        ]
        tables.append(Table(_title(a, b), _AGREEMENT, tuple(rows)))
    return tables


def _title(a: str, b: str) -> str:
    title = a if a == b else f"{a} and {b}"
    return title[:1].upper() + title[1:]


def _limits(agreement: Sequence[Agreement]) -> Table:
    head = ("part", "visits", "mean difference", "lower limit", "upper limit")
    rows = [
        (each.part, str(each.visits), *map(cell, (each.difference, each.limit_low, each.limit_high)))
        for each in agreement
        if (each.a, each.b) == (agreement[0].a, agreement[0].b)
    ]
    return Table("Tool less reviewers together: limits of agreement (Bland and Altman), in points", head, tuple(rows))


def _codes(report: AuditReport) -> Table:
    head = ("code", "decided", "precision", "coded blind", "recall")
    rows = [
        (each.code, str(each.decided), cell(each.precision), str(each.coded_blind), cell(each.recall))
        for each in report.codes
        if each.decided or each.coded_blind
    ]
    return Table("Evidence by code", head, tuple(rows))


def _groups(report: AuditReport) -> list[Table]:
    tables = []
    for dimension, title in _GROUPS.items():
        groups = [each for each in report.off if each.dimension == dimension]
        rows = [(each.name, str(each.visits), cell(each.difference), cell(each.apart)) for each in groups]
        caption = f"{title}. {_PROVIDERS}" if dimension == "provider" else title
        if any(each.name not in (OTHERS, NOT_GIVEN) for each in groups) and (len(rows) > 1 or dimension == "provider"):
            tables.append(Table(caption, (dimension, "visits", "tool less reviewers", "apart"), tuple(rows)))
    return tables
