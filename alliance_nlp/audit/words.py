"""What the figures of an audit say, in plain sentences: what a supervisor reads first.

A sentence says a lean or a change only where its interval leaves out none at all, and a small sample is called one.
Providers are in no sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from .figures import AuditReport, BeforeAfter, Drift, Whole
from .measure import ALL, FEW, TOGETHER
from .weights import Figure

#: Reviewed visits below which figures are a first look, and below which they are rough.
FIRST_LOOK, ROUGH = 10, 30
#: Lower ends of what an intraclass correlation is called (Koo and Li 2016).
_CALLED = ((0.9, "excellent"), (0.75, "good"), (0.5, "moderate"), (-9.0, "poor"))
_DIMENSION = {"setting": "in the setting {}", "length": "in the {} of visits", "kind": "in {}s"}


def sentences(report: AuditReport) -> Iterator[str]:
    """The report in sentences, what matters most first."""
    yield from _size(report)
    if not report.reviewed:
        return
    for part in report.whole:
        yield from _part(report, part)
    yield from _among(report)
    yield from _evidence(report)
    yield from _off(report)
    yield from _drift(report.drift)
    if report.before_after:
        yield from _models(report.before_after)


def named(figure: Figure, unit: str = "") -> str:
    """A figure with its interval, as a sentence says it.

    >>> named(Figure(value=0.567, low=0.31, high=0.8)), named(Figure(value=2.0)), named(Figure(value=None))
    ('0.57 [0.31 to 0.80]', '2.00', 'not known')
    """
    if figure.value is None:
        return "not known"
    said = f"{figure.value:.2f}{unit}"
    return said if figure.low is None or figure.high is None else f"{said} [{figure.low:.2f} to {figure.high:.2f}]"


def called(icc: Figure) -> str:
    """What agreement of this intraclass correlation is called, by its interval and not by the figure alone.

    >>> called(Figure(value=0.6, low=0.52, high=0.7)), called(Figure(value=0.6, low=0.2, high=0.8))
    ('moderate', 'poor to good')
    >>> called(Figure(value=0.6))
    'of too few visits to be called anything'
    """
    if icc.low is None or icc.high is None:
        return "of too few visits to be called anything"
    least, most = (next(name for bound, name in _CALLED if end >= bound) for end in (icc.low, icc.high))
    return least if least == most else f"{least} to {most}"


def leaves_out_none(figure: Figure) -> bool:
    """Whether an interval lies on one side of 0."""
    return figure.low is not None and figure.high is not None and not figure.low <= 0 <= figure.high


def _size(report: AuditReport) -> Iterator[str]:
    if not report.reviewed:
        yield f"Nobody has finished rating a visit yet; {_visits(report.drawn)} wait in alliance audit serve."
        return
    *others, final = report.reviewers
    people = f"{', '.join(others)} and {final}" if others else final
    yield (
        f"{people} rated {report.reviewed} of the {_visits(report.drawn)} drawn from {report.population}; "
        f"for the whole they are worth {report.worth:.0f} drawn with equal chances."
    )
    if report.reviewed < FIRST_LOOK:
        yield "That is too few to say how far the tool can be trusted: read what follows as a first look."
    elif report.reviewed < ROUGH:
        yield "That is few: mind the intervals in brackets, within which the truth lies about 95 times in 100."
    if report.learned_from:
        yield f"The model has learned from {_visits(report.learned_from)} of those drawn: what follows flatters it."
    if report.unscored:
        yield f"The tool gives no whole score to {_visits(report.unscored)} of them; agreement leaves these out."


def _part(report: AuditReport, part: Whole) -> Iterator[str]:
    tool = next(each for each in report.tool if each.part == part.part and each.b == TOGETHER)
    name = part.part.capitalize()
    if part.reviewers.value is None or tool.apart.value is None:
        yield f"{name}: there is no visit with both a rating and a score yet."
        return
    said = f"{name}: the reviewers give {named(part.reviewers)} on average, the tool {named(part.tool)}"
    said += f"; on one visit they lie {tool.apart.value:.1f} points apart."
    if leaves_out_none(tool.difference):
        way = "higher" if (tool.difference.value or 0) > 0 else "lower"
        said += f" The tool reads {way} than they do, by {named(tool.difference)} points."
    if tool.icc_one.value is None:
        said += " Whether they agree cannot be said: too few visits, or ratings that do not vary."
    else:
        said += f" Their agreement is {called(tool.icc_one)}: {named(tool.icc_one)}, where 1 is full and 0 is none."
    yield said


def _among(report: AuditReport) -> Iterator[str]:
    if len(report.reviewers) < 2:
        yield "One reviewer alone: how far two people would agree is not known, and the tool cannot agree better."
        return
    everyone = [each for each in report.among if each.a == ALL or len(report.reviewers) == 2]
    known = [each for each in everyone if each.alpha_interval.value is not None]
    if not known:
        yield "The reviewers have rated too few visits in common to say how far they agree with each other."
        return
    said = ", ".join(f"{each.part} {named(each.alpha_interval)}" for each in known)
    yield f"The reviewers agree with each other (Krippendorff's alpha): {said}. The tool cannot be asked for more."


def _evidence(report: AuditReport) -> Iterator[str]:
    whole = report.codes[0]
    if whole.precision.value is not None:
        yield f"Of the evidence the tool shows, reviewers accept {_share(whole.precision)}, of {whole.decided} decided."
    if whole.recall.value is not None:
        yield (
            f"Of what reviewers coded before they saw the tool's view, it finds {_share(whole.recall)}, "
            f"of {whole.coded_blind} stretches."
        )


def _off(report: AuditReport) -> Iterator[str]:
    for group in report.off:
        if group.dimension in _DIMENSION and group.visits >= FEW and leaves_out_none(group.difference):
            way = "higher" if (group.difference.value or 0) > 0 else "lower"
            where = _DIMENSION[group.dimension].format(group.name)
            yield f"Look at this: {where} the tool reads {way} than the reviewers, by {named(group.difference)} points."


def _drift(drift: tuple[Drift, ...]) -> Iterator[str]:
    if not drift:
        return
    moved = [each for each in drift if leaves_out_none(each.change)]
    for each in moved:
        yield f"Since the last audit, {each.part} of {each.of} has moved by {named(each.change)} points."
    if not moved:
        yield "Since the last audit nothing has moved by more than chance would."


def _models(compared: BeforeAfter) -> Iterator[str]:
    if not compared.visits:
        yield (
            f"{compared.before} and {compared.after} cannot be compared: one of them has learned from every reviewed "
            "visit. alliance audit export keeps some visits back for this."
        )
        return
    yield f"{compared.before} and {compared.after} on {_visits(compared.visits)} that neither has learned from:"
    for each in compared.figures:
        if each.change.value is not None:
            sure = "" if leaves_out_none(each.change) else ", which chance would bring too"
            yield f"{each.what}: {named(each.before)} before, {named(each.after)} after{sure}."


def _share(figure: Figure) -> str:
    said = f"{100 * (figure.value or 0):.0f} %"
    if figure.low is None or figure.high is None:
        return said
    return f"{said} [{100 * figure.low:.0f} to {100 * figure.high:.0f}]"


def _visits(n: int) -> str:
    return "1 visit" if n == 1 else f"{n} visits"
