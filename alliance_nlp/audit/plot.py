"""Bland-Altman plots of the tool against the reviewers, drawn by matplotlib, an extra."""

from __future__ import annotations

from ..evaluate.plots import svg_element
from .figures import AuditReport
from .measure import TOGETHER


def bland_altman_svg(report: AuditReport) -> str:
    """One panel a part as an ``<svg>`` element for a page; empty where no visit has both rating and score."""
    from matplotlib.figure import Figure

    parts = [part for part, points in report.points.items() if points]
    if not parts:
        return ""
    figure = Figure(figsize=(2.9 * len(parts), 3.1), layout="constrained")
    for at, part in enumerate(parts):
        axes = figure.add_subplot(1, len(parts), at + 1)
        points = report.points[part]
        heaviest = max(point.weight for point in points)
        axes.scatter(
            [point.mean for point in points],
            [point.difference for point in points],
            s=[8 + 40 * point.weight / heaviest for point in points],
            color="#1f5fa8",
            alpha=0.6,
            linewidths=0,
        )
        agreement = next(each for each in report.tool if each.part == part and each.b == TOGETHER)
        axes.axhline(0, color="0.7", linewidth=0.8)
        for line, style in (("difference", "-"), ("limit_low", "--"), ("limit_high", "--")):
            drawn = getattr(agreement, line)
            if drawn.value is not None:
                axes.axhline(drawn.value, color="#8a5a00", linewidth=1.1, linestyle=style)
                if drawn.low is not None:
                    axes.axhspan(drawn.low, drawn.high, color="#8a5a00", alpha=0.12, linewidth=0)
        axes.set(xlim=(0.8, 5.2), ylim=(-4.2, 4.2))
        axes.set_title(part, fontsize=10)
        axes.tick_params(labelsize=8)
    figure.supxlabel("mean of tool and reviewers", fontsize=9)
    figure.supylabel("tool less reviewers", fontsize=9)
    label = "Bland-Altman plots: tool less reviewers against their mean; the figures stand in the table of limits"
    return svg_element(figure, "bland-altman", label)
