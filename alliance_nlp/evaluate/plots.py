"""Reliability plots: how often the tool is right where it says a probability; drawn by matplotlib, an extra."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MissingExtra
from .records import Evaluation, MeasuredSet, Reliability

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 4
SUFFIXES = (".svg", ".png")
_EXTRA = "report"
_HEAD = re.compile(r"^.*?(?=<svg\b)|<metadata>.*?</metadata>", re.DOTALL)
_OWN_IDS = re.compile(r'(\bid="|href="#|url\(#)')
_NAMESPACES = re.compile(r'\sxmlns(:\w+)?="[^"]*"')


def check_plots() -> None:
    """Say that plots cannot be drawn before the work is done, not after.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError:
        raise MissingExtra("drawing reliability plots", _EXTRA) from None


def write_plots(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write ``reliability-SET.svg`` and ``.png`` for every set of visits, and say which.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    check_plots()
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for measured in evaluation.sets:
        figure = _draw(measured)
        for suffix in SUFFIXES:
            written.append(folder / f"reliability-{stem(measured.title)}{suffix}")
            written[-1].write_bytes(_svg(figure, measured.title) if suffix == ".svg" else _png(figure))
    return written


def inline_svg(measured: MeasuredSet) -> str:
    """The plot of a set as an ``<svg>`` element for a page, with no address in it.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    check_plots()
    return svg_element(_draw(measured), measured.title, "Reliability plots")


def svg_element(figure: Figure, title: str, label: str) -> str:
    """A figure as an ``<svg>`` element with no address in it; its ids begin with the title, as a page holds several."""
    svg = _HEAD.sub("", _svg(figure, title).decode())
    svg = _OWN_IDS.sub(rf"\1{stem(title)}-", svg)
    return _NAMESPACES.sub("", svg).replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def stem(title: str) -> str:
    """A title as part of a file name or an id."""
    return re.sub(r"[^\w-]+", "-", title)


def _draw(measured: MeasuredSet) -> Figure:
    """One panel for all codes together, one for p_strong and one for each code that was ever said."""
    from matplotlib.figure import Figure

    panels = [("all codes", measured.whole.codes_reliability["all"])]
    if measured.whole.p_strong_reliability:
        panels.append(("p_strong", measured.whole.p_strong_reliability))
    panels += [(code, each) for code, each in measured.whole.codes_reliability.items() if code != "all"]
    panels = [(name, each) for name, each in panels if each.tenths]
    rows = max(1, -(-len(panels) // COLUMNS))
    figure = Figure(figsize=(2.6 * COLUMNS, 2.6 * rows), layout="constrained")
    for at, (name, each) in enumerate(panels):
        _panel(figure.add_subplot(rows, COLUMNS, at + 1), name, each)
    figure.supxlabel("probability said")
    figure.supylabel("share that was right")
    return figure


def _panel(axes: Axes, name: str, reliability: Reliability) -> None:
    said, share = _points(reliability)
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=0.8, linestyle="--")
    axes.plot(said, share, color="#1f5fa8", linewidth=1.2, marker="o", markersize=3.5)
    for tenth in reliability.tenths:
        axes.annotate(str(tenth.count), (tenth.said, tenth.share), (3, -7), textcoords="offset points", fontsize=5)
    axes.set_title(f"{name}, ECE {reliability.ece:.3f}", fontsize=9)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    axes.tick_params(labelsize=7)


def _points(reliability: Reliability) -> tuple[list[float], list[float]]:
    points: Iterable[tuple[float, float]] = ((tenth.said, tenth.share) for tenth in reliability.tenths)
    said, share = zip(*points, strict=True)
    return list(said), list(share)


def _svg(figure: Figure, salt: str) -> bytes:
    """The figure as SVG with text as text, the same bytes every time."""
    from matplotlib import rc_context

    buffer = io.BytesIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=150, metadata={"Software": None})
    return buffer.getvalue()
