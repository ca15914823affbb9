"""A drawing of one step of an LSTM: the cell state's straight path, and the four blocks that act on it."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnlab.plots.style import (
    BLUE,
    CREAM,
    DARK_GREEN,
    INK,
    PAGE_WIDTH,
    PAPER,
    VERMILION,
    figure_of,
    house_style,
    new_axes,
)

CELL, BUS = 4.3, 0.5
BLOCKS = {"f": (2.2, BLUE), "i": (3.9, BLUE), "g": (5.3, DARK_GREEN), "o": (7.1, BLUE)}
FUNCTIONS = {"f": r"$\sigma$", "i": r"$\sigma$", "g": r"$\tanh$", "o": r"$\sigma$"}
ABOVE = 2.15
LEFT = {"f": -0.35, "i": -0.25, "g": 0.35, "o": -0.2}


def lstm_step(ax: Axes | None = None) -> Figure:
    """The step from (h_{t−1}, c_{t−1}) to (h_t, c_t): circles multiply or add, boxes hold weights."""
    figure, axes = new_axes(PAGE_WIDTH, 3.9) if ax is None else (figure_of(ax), ax)
    with house_style():
        _cell_path(axes)
        _blocks(axes)
        _output(axes)
        axes.set(xlim=(-0.5, 10.6), ylim=(0.0, 5.0))
        axes.axis("off")
    return figure


def _cell_path(axes: Axes) -> None:
    _arrow(axes, (0.45, CELL), (1.9, CELL), VERMILION, 3)
    _arrow(axes, (2.5, CELL), (4.3, CELL), VERMILION, 3)
    _arrow(axes, (4.9, CELL), (9.5, CELL), VERMILION, 3)
    _text(axes, 0.0, CELL, "$c_{t-1}$", VERMILION)
    _text(axes, 10.0, CELL, "$c_t$", VERMILION)
    _circle(axes, 2.2, CELL, r"$\odot$")
    _circle(axes, 4.6, CELL, "$+$")


def _blocks(axes: Axes) -> None:
    _text(axes, 0.0, BUS, "$h_{t-1}, x_t$", INK)
    axes.plot([0.75, BLOCKS["o"][0]], [BUS, BUS], color=INK, linewidth=1.5)
    for name, (x, color) in BLOCKS.items():
        _arrow(axes, (x, BUS), (x, 1.05), INK, 1.5)
        axes.text(
            x, 1.4, FUNCTIONS[name], ha="center", va="center", fontsize=14, color=color,
            bbox={"boxstyle": "round,pad=0.4", "facecolor": CREAM, "edgecolor": color},
        )  # fmt: skip
        _text(axes, x + LEFT[name], ABOVE, f"${name}_t$", color)
    _arrow(axes, (2.2, 1.8), (2.2, CELL - 0.3), BLUE, 1.5)
    _arrow(axes, (3.9, 1.8), (4.4, 2.95), BLUE, 1.5)
    _arrow(axes, (5.3, 1.8), (4.8, 2.95), DARK_GREEN, 1.5)
    _circle(axes, 4.6, 3.2, r"$\odot$")
    _arrow(axes, (4.6, 3.5), (4.6, CELL - 0.3), INK, 1.5)


def _output(axes: Axes) -> None:
    _arrow(axes, (8.4, CELL), (8.4, 3.75), VERMILION, 1.5)
    axes.text(
        8.4, 3.4, r"$\tanh$", ha="center", va="center", fontsize=14,
        bbox={"boxstyle": "round,pad=0.3", "facecolor": PAPER, "edgecolor": INK},
    )  # fmt: skip
    _arrow(axes, (8.4, 3.05), (8.4, 2.55), INK, 1.5)
    _circle(axes, 8.4, 2.25, r"$\odot$")
    _arrow(axes, (7.1, 1.8), (8.12, 2.2), BLUE, 1.5)
    _arrow(axes, (8.7, 2.25), (9.5, 2.25), INK, 1.5)
    _text(axes, 10.0, 2.25, "$h_t$", INK)


def _circle(axes: Axes, x: float, y: float, text: str) -> None:
    axes.text(
        x, y, text, ha="center", va="center", fontsize=13, zorder=3,
        bbox={"boxstyle": "circle,pad=0.15", "facecolor": PAPER, "edgecolor": INK},
    )  # fmt: skip


def _text(axes: Axes, x: float, y: float, text: str, color: str) -> None:
    axes.text(x, y, text, ha="center", va="center", fontsize=16, color=color)


def _arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], color: str, width: float
) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": color, "linewidth": width})
