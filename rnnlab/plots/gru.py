"""Drawings for the chapter on the GRU: the cell with its two gates, and where the reset gate stands."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from rnnlab.plots.style import BLUE, CREAM, INK, PAGE_WIDTH, PAPER, VERMILION, house_style

BOX = {"boxstyle": "round,pad=0.02,rounding_size=0.12", "linewidth": 1.5}


def gru_cell() -> Figure:
    """One step of the GRU: the state on its straight way, the candidate and the two gates."""
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 3.9), layout="constrained")
        axes = _canvas(figure, (0, 10), (0, 5.6))
        _arrow(axes, (0.1, 4.6), (2.75, 4.6), BLUE, 3)
        _arrow(axes, (3.25, 4.6), (7.05, 4.6), BLUE, 3)
        _arrow(axes, (7.55, 4.6), (9.7, 4.6), BLUE, 3)
        axes.text(0.1, 4.85, "$h_{t-1}$", fontsize=16)
        axes.text(9.7, 4.85, "$h_t$", fontsize=16, ha="right")
        _circle(axes, 3.0, 4.6, r"$\times$")
        _circle(axes, 7.3, 4.6, "$+$")
        _circle(axes, 7.3, 3.3, r"$\times$")
        _arrow(axes, (7.3, 3.58), (7.3, 4.32))
        _box(axes, 3.0, 2.6, "update gate\n$z_t$", VERMILION)
        _arrow(axes, (3.0, 3.05), (3.0, 4.32), VERMILION)
        axes.text(3.15, 3.6, "keeps $z_t$", color=VERMILION, fontsize=12)
        axes.annotate(
            "",
            (7.0, 3.3),
            (4.05, 2.75),
            arrowprops={"arrowstyle": "->", "color": VERMILION, "linewidth": 1.5},
        )
        axes.text(5.15, 3.3, "$1 - z_t$", color=VERMILION, fontsize=12)
        _box(axes, 7.3, 1.9, "candidate\n$n_t$", INK)
        _arrow(axes, (7.3, 2.35), (7.3, 3.02))
        _box(axes, 5.0, 1.2, "reset gate\n$r_t$", VERMILION)
        axes.annotate(
            "",
            (6.25, 1.75),
            (6.02, 1.5),
            arrowprops={"arrowstyle": "->", "color": VERMILION, "linewidth": 1.5},
        )
        axes.text(0.1, 0.25, "$x_t$ and $h_{t-1}$ go into both gates and the candidate", fontsize=13)
        _arrow(axes, (1.0, 0.6), (2.6, 2.1))
        _arrow(axes, (2.6, 0.6), (3.95, 0.95))
        _arrow(axes, (6.4, 0.6), (7.1, 1.42))
    return figure


def reset_places() -> Figure:
    """Two units with the reset gate after the product and before it: gates of listeners, and gates of speakers."""
    heights = {1: (2.3, BLUE), 2: (0.7, VERMILION)}
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 2.7), layout="constrained")
        after, before = figure.subplots(1, 2)
        for axes, title in (
            (after, "after: a gate for each listener"),
            (before, "before: a gate for each speaker"),
        ):
            _clear(axes, (-0.3, 4.3), (0.2, 3.3))
            axes.text(2, 3.1, title, fontsize=13, ha="center")
            for unit, (height, _) in heights.items():
                axes.text(0, height, f"$h_{unit}$", fontsize=16, va="center", ha="center")
                axes.text(4, height, f"$n_{unit}$", fontsize=16, va="center", ha="center")
        for unit, (height, color) in heights.items():
            _circle(after, 3.0, height, f"$r_{unit}$", color)
            _arrow(after, (3.27, height), (3.75, height), color, 2)
            _circle(before, 1.0, height, f"$r_{unit}$", color)
            _arrow(before, (0.25, height), (0.73, height))
            for other, (end, _) in heights.items():
                landing = end + 0.12 * (unit != other) * (1 if unit == 1 else -1)
                _arrow(after, (0.3, height), (2.7, landing))
                _arrow(before, (1.3, height), (3.7, landing), color, 2)
    return figure


def _canvas(figure: Figure, xlim: tuple[float, float], ylim: tuple[float, float]) -> Axes:
    axes = figure.add_subplot()
    _clear(axes, xlim, ylim)
    return axes


def _clear(axes: Axes, xlim: tuple[float, float], ylim: tuple[float, float]) -> None:
    axes.set(xlim=xlim, ylim=ylim, aspect="equal")
    axes.axis("off")


def _arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], color: str = INK, width: float = 1.5
) -> None:
    style = {"arrowstyle": "->", "color": color, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=style)


def _circle(axes: Axes, x: float, y: float, text: str, color: str = INK) -> None:
    axes.text(
        x, y, text, ha="center", va="center", fontsize=14, color=color,
        bbox={"boxstyle": "circle,pad=0.15", "facecolor": PAPER, "edgecolor": color, "linewidth": 1.5},
    )  # fmt: skip


def _box(axes: Axes, x: float, y: float, text: str, color: str) -> None:
    width, height = 2.0, 0.86
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2), width, height, facecolor=CREAM, edgecolor=color, **BOX
        )
    )
    axes.text(x, y, text, ha="center", va="center", fontsize=13)
