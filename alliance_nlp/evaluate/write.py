"""`Evaluation` -> a file: ``.json`` (all figures), ``.html`` (one page by itself), ``.md`` or ``.txt`` (tables)."""

from __future__ import annotations

from pathlib import Path

from ..errors import BadOption
from ..report.template import check_jinja, page_template
from .plots import check_plots, inline_svg
from .records import Evaluation
from .sections import as_lines, notes_of, sections_of, title_of

SUFFIXES = (".json", ".html", ".md", ".txt")
_TEMPLATE = "page.html.jinja"


def check_output(path: Path) -> None:
    """Say that a report cannot be written before the work is done, not after.

    Raises:
        BadOption: the form is not known by the name's end.
        MissingExtra: a page needs jinja2 and matplotlib.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise BadOption("--output", str(path), f"end the name in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")
    if path.suffix.lower() == ".html":
        check_jinja("writing an HTML report")
        check_plots()


def write_evaluation(evaluation: Evaluation, path: Path) -> None:
    """Write in the form that the name's end says; raises what `check_output` raises."""
    check_output(path)
    form = {".json": as_json, ".html": as_html, ".md": as_markdown, ".txt": as_text}[path.suffix.lower()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(form(evaluation), "utf-8")


def as_json(evaluation: Evaluation) -> str:
    """All figures, unrounded; what has no value is null."""
    return evaluation.model_dump_json(indent=1) + "\n"


def as_markdown(evaluation: Evaluation) -> str:
    """Headings and tables in Markdown."""
    lines = [f"# {title_of(evaluation)}", "", " ".join(notes_of(evaluation)), ""]
    for section in sections_of(evaluation):
        lines += [f"## {section.title}", "", *([" ".join(section.notes), ""] if section.notes else [])]
        for table in section.tables:
            rows = [table.head, ("---",) * len(table.head), *table.rows]
            lines += [f"### {table.caption}", "", *(f"| {' | '.join(map(_cell, row))} |" for row in rows), ""]
    return "\n".join(lines)


def as_text(evaluation: Evaluation) -> str:
    """Headings and tables in aligned columns."""
    return "\n".join([title_of(evaluation), *notes_of(evaluation), "", *as_lines(sections_of(evaluation))])


def as_html(evaluation: Evaluation) -> str:
    """One page with its plots in it, which asks for nothing from elsewhere."""
    from markupsafe import Markup

    sections = sections_of(evaluation)
    plots = {
        section.title: Markup(inline_svg(section.measured))
        for section in sections
        if section.measured and section.measured.whole.codes_reliability["all"].tenths
    }
    return page_template(__package__, _TEMPLATE).render(
        title=title_of(evaluation), notes=notes_of(evaluation), sections=sections, plots=plots
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
