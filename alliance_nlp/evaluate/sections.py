"""`Evaluation` -> headed tables of text, the one source of every form a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from .records import Dimension, Evaluation, Figures, MeasuredSet, Rates, Reliability
from .table import HEAD

METHODS = {
    "finished_model": "The finished model on visits that took no part in its training.",
    "cross_validation": "Cross-validated: trained anew in each of five folds without the visits it is measured on.",
    "cross_validation_producers_apart": "Cross-validated with AnnoMI's producers apart: trained anew in each of five "
    "folds without the visits it is measured on, and without others of their producer.",
}
INTERVALS = "Brackets: 95 % intervals over visits. A dash: nothing to measure."
NAMES_LEFT_OUT = "Names are not counted here: the package's weights for names may have seen these visits."


class Table(NamedTuple):
    """A table with its caption; every row is as long as the head."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Section(NamedTuple):
    """Tables under a heading; ``measured`` is the set they are of, if they are of one."""

    title: str
    notes: tuple[str, ...]
    tables: tuple[Table, ...]
    measured: MeasuredSet | None = None


def as_lines(sections: Iterable[Section]) -> Iterator[str]:
    """Headed tables in aligned columns, for a reader of plain text."""
    for section in sections:
        yield from (section.title.upper(), *section.notes, "")
        for table in section.tables:
            rows = (table.head, *table.rows)
            widths = [max(len(row[at]) for row in rows) for at in range(len(table.head))]
            yield table.caption
            for row in rows:
                yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            yield ""


def title_of(evaluation: Evaluation) -> str:
    """Heading of the whole."""
    return f"Evaluation of {evaluation.model}" if evaluation.model else "Evaluation by cross-validation"


def notes_of(evaluation: Evaluation) -> tuple[str, ...]:
    """What holds for all figures."""
    left_out = f"{evaluation.left_out} visits that the model has seen in training are left out."
    return METHODS[evaluation.method], *([left_out] if evaluation.left_out else []), INTERVALS


def sections_of(evaluation: Evaluation) -> list[Section]:
    """A section for every set of visits, and one for the tables of the model card."""
    sections = [_set_section(measured) for measured in evaluation.sets]
    tables = tuple(Table(title, HEAD, rows) for title, rows in evaluation.card.items())
    return [*sections, *([Section("Baselines and goals", (), tables)] if tables else [])]


def _set_section(measured: MeasuredSet) -> Section:
    whole = measured.whole
    counts = f"{whole.visits} visits of {whole.fewest_words} to {whole.most_words} words"
    notes = [f"{counts}; {whole.coded} coded, {whole.rated} rated."]
    if whole.names is None and whole.coded:
        notes.append(NAMES_LEFT_OUT)
    tables = [_scores(whole), _comparisons(whole), _codes(whole), _probabilities(whole), _groups(measured.groups)]
    shown = tuple(table for table in tables if table.rows)
    return Section(measured.title.capitalize(), tuple(notes), shown, measured)


def _codes(whole: Figures) -> Table:
    rows: list[tuple[str, Rates]] = [(f"family {name}", each) for name, each in whole.families.items()]
    rows += whole.codes.items()
    rows += [(f"names {how.replace('_', ' ')}", each) for how, each in (whole.names or {}).items()]
    head = ("code", "precision", "recall", "F1", "gold", "found")
    table = ((name, _n(r.precision), _n(r.recall), _f1(r), str(r.gold), str(r.found)) for name, r in rows)
    return Table("Evidence", head, tuple(table) if whole.coded else ())


def _scores(whole: Figures) -> Table:
    rows = []
    for part, r in whole.ratings.items():
        rho = _bracket(r.spearman, r.spearman_low, r.spearman_high)
        coverage = _bracket(r.coverage, r.coverage_low, r.coverage_high)
        rows.append((part, rho, _n(r.mae), coverage, _n(r.width), _n(r.constant_width)))
    head = ("part", "Spearman", "mean error", "90 % interval holds", "its mean width", "a constant's width")
    return Table("Scores, points from 1 to 5", head, tuple(rows))


def _probabilities(whole: Figures) -> Table:
    rows = [(f"codes: {code}", *_brier(each)) for code, each in whole.codes_reliability.items() if each.tenths]
    if whole.p_strong_reliability:
        rows.append(("p_strong", *_brier(whole.p_strong_reliability)))
    if whole.p_strong_brier_of_share is not None:
        rows.append(("always the share of strong ones", _n(whole.p_strong_brier_of_share, 4), "-"))
    return Table("Calibration of the probabilities", ("probability", "Brier", "ECE"), tuple(rows))


def _comparisons(whole: Figures) -> Table:
    rows = []
    if q := whole.quality:
        of = f"{q.low_quality} low of {q.visits} visits"
        rows.append(("AnnoMI's high against low quality, AUC", _bracket(q.auc, q.low, q.high), of))
    if p := whole.pairs:
        moves = f"mean fall {_n(p.mean_fall)}, other parts move {_n(p.mean_other)}"
        rows.append(("contrast pairs, parts rightly scored lower", f"{p.right} of {p.lowered}", moves))
    if whole.abstained is not None:
        rows.append(("abstained", f"{whole.abstained} of {whole.rated}", ""))
    return Table("Comparisons", ("what", "measured", "of"), tuple(rows))


def _groups(groups: Mapping[Dimension, Mapping[str, Figures]]) -> Table:
    rows = []
    for dimension, by in groups.items():
        for name, own in by.items():
            f1 = (_f1(own.families[family]) for family in own.families)
            rho = (_n(each.spearman) for each in own.ratings.values()) if own.ratings else ("-",) * 3
            rest = (_mean([each.mae for each in own.ratings.values()]), _n(own.codes_reliability["all"].ece, 4))
            rows.append((dimension, name, str(own.visits), _words(own), *f1, *rho, *rest, _count(own.abstained)))
    families, parts = ("F1 goals", "F1 tasks", "F1 bond"), ("rho goal", "rho task", "rho bond")
    head = ("by", "group", "visits", "words", *families, *parts, "mean error", "ECE of codes", "abstained")
    return Table("By group (a group of few visits says little)", head, tuple(rows))


def _words(figures: Figures) -> str:
    return f"{figures.fewest_words}-{figures.most_words}"


def _f1(rates: Rates) -> str:
    return _bracket(rates.f1, rates.low, rates.high)


def _brier(reliability: Reliability) -> tuple[str, str]:
    return _n(reliability.brier, 4), _n(reliability.ece, 4)


def _bracket(value: float | None, low: float | None, high: float | None) -> str:
    return "-" if value is None else f"{value:.2f} [{_n(low)}, {_n(high)}]"


def _n(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _count(value: int | None) -> str:
    return "-" if value is None else str(value)


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return _n(sum(known) / len(known)) if known else "-"
