"""Many runs at once: one small panel for each method with a curve for each run, and sizes on logarithmic axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnlab.plots.style import BLUE, INK, PAGE_WIDTH, PALETTE, house_style

Curve = tuple[Sequence[float], Sequence[float]]
MARKERS = "osD^vPX"


def small_multiples(
    curves: Mapping[str, Sequence[Curve]],
    lines: Mapping[str, float],
    xlabel: str,
    ylabel: str,
    columns: int = 3,
    panel_height: float = 1.75,
) -> Figure:
    """One panel for each name with all of its curves; `lines` are dashed across every panel, named at the right.

    All panels share their axes, so that heights can be compared. Raises: ValueError without any curve.
    """
    if not curves:
        raise ValueError("curves must hold at least one name with its curves, but is empty.")
    rows = -(-len(curves) // columns)
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, panel_height * rows + 0.5), layout="constrained")
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for axes, (name, runs) in zip(panels.flat, curves.items(), strict=False):
            for x, y in runs:
                axes.plot(x, y, "-", color=BLUE, alpha=0.8, linewidth=1.8)
                axes.plot(x[-1:], y[-1:], "o", color=BLUE, markersize=5)
            for height in lines.values():
                axes.axhline(height, color=INK, linestyle="--", linewidth=1)
            axes.set_title(name, fontsize=12)
        for axes in panels.flat[len(curves) :]:
            axes.axis("off")
        beside = panels[0, min(columns, len(curves)) - 1]
        for name, height in lines.items():
            place, offset = ("axes fraction", "data"), "offset points"
            beside.annotate(
                name, (1, height), xytext=(4, 0), xycoords=place, textcoords=offset, va="center", fontsize=12
            )
        figure.supxlabel(xlabel, fontsize=13)
        figure.supylabel(ylabel, fontsize=13)
    return figure


def against_size(axes: Axes, curves: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> None:
    """One line with markers for each name on doubly logarithmic axes, each with a color and a marker of its own."""
    with house_style():
        for (name, (sizes, values)), color, marker in zip(curves.items(), PALETTE, MARKERS, strict=False):
            axes.loglog(sizes, values, marker + "-", color=color, label=name, markersize=7)
        axes.legend()
