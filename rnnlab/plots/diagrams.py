"""Diagrams drawn by code: the recurrent network rolled up, and unrolled over time."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from rnnlab.plots.style import BLUE, DARK_ORANGE, GREEN, INK, ORANGE, house_style, new_axes

X_ROW, H_ROW, Y_ROW = 0.0, 1.5, 3.0
ROLLED, FIRST, STEP = 0.0, 3.2, 2.0
BOX = 0.42


def unrolled_rnn(steps: int = 4) -> Figure:
    """The same network twice: rolled up with its loop, and unrolled over `steps` time steps.

    Boxes are vectors (input x, state h, output y), arrows are products with a weight matrix. Every arrow of one color
    is the same matrix. Raises `ValueError` for fewer than two steps.
    """
    if steps < 2:
        raise ValueError(
            f"steps should be at least 2, so that there is something to unroll, but {steps} came"
        )
    with house_style():
        figure, axes = new_axes(2.2 + 1.35 * (steps + 1), 3.8)
        _column(axes, ROLLED, "$x_t$", "$h_t$", "$y_t$", named=True)
        _loop(axes, ROLLED)
        axes.annotate("=", (1.55, H_ROW), ha="center", va="center", fontsize=26)
        _box(axes, FIRST - 0.2, H_ROW, "$h_0$", INK, filled=False)
        for t in range(1, steps + 1):
            place = FIRST - 0.2 + t * STEP
            _column(axes, place, f"$x_{t}$", f"$h_{t}$", f"$y_{t}$", named=False)
            _arrow(axes, (place - STEP + BOX, H_ROW), (place - BOX, H_ROW), ORANGE)
            axes.annotate("$W_{hh}$", (place - STEP / 2, H_ROW + 0.22), ha="center", color=DARK_ORANGE)
        axes.set(xlim=(-1.4, FIRST + steps * STEP + 0.6), ylim=(-0.7, 3.7), aspect="equal")
        axes.axis("off")
    return figure


def _column(axes: Axes, place: float, x: str, h: str, y: str, named: bool) -> None:
    """One time step: input, state and output, one above the other."""
    _box(axes, place, X_ROW, x, GREEN, filled=False)
    _box(axes, place, H_ROW, h, ORANGE, filled=True)
    _box(axes, place, Y_ROW, y, BLUE, filled=False)
    _arrow(axes, (place, X_ROW + BOX), (place, H_ROW - BOX), GREEN)
    _arrow(axes, (place, H_ROW + BOX), (place, Y_ROW - BOX), BLUE)
    if named:
        axes.annotate("$W_{xh}$", (place + 0.12, (X_ROW + H_ROW) / 2), va="center", color=GREEN)
        axes.annotate("$W_{hy}$", (place + 0.12, (H_ROW + Y_ROW) / 2), va="center", color=BLUE)


def _loop(axes: Axes, place: float) -> None:
    start, end = (place - 0.15, H_ROW + BOX), (place - BOX, H_ROW - 0.15)
    loop = FancyArrowPatch(
        start,
        end,
        connectionstyle="arc3,rad=1.3",
        arrowstyle="-|>",
        mutation_scale=16,
        color=ORANGE,
        linewidth=2,
    )
    axes.add_patch(loop)
    axes.annotate("$W_{hh}$", (place - 0.78, H_ROW + 0.62), ha="right", va="center", color=DARK_ORANGE)


def _box(axes: Axes, x: float, y: float, text: str, color: str, filled: bool) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (x - BOX + 0.1, y - BOX + 0.1), 2 * BOX - 0.2, 2 * BOX - 0.2, boxstyle="round,pad=0.1",
            edgecolor=color, facecolor="#FFF4DC" if filled else "white", linewidth=2,
        )
    )  # fmt: skip
    axes.annotate(text, (x, y), ha="center", va="center", fontsize=15)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], color: str) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=16, color=color, linewidth=2, shrinkA=0, shrinkB=0
        )
    )
