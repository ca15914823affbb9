"""Diagrams drawn by code: the recurrent network rolled up, and unrolled over time."""

from __future__ import annotations

from functools import partial
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from rnnlab.plots.shapes import arrow, box
from rnnlab.plots.style import (
    BLUE,
    CREAM,
    DARK_GREEN,
    DARK_ORANGE,
    GREEN,
    INK,
    ORANGE,
    figure_of,
    house_style,
    new_axes,
)

# All lengths are inches, so that boxes and letters keep their size whatever the number of steps.
HALF_BOX, PITCH, MARGIN = 0.27, 1.1, 0.35
X_ROW, H_ROW, Y_ROW = 0.4, 1.45, 2.5
ROLLED, EQUALS, START = 0.95, 1.75, 2.4
HEIGHT = 2.9
_box = partial(box, half=HALF_BOX)


def unrolled_rnn(steps: int = 4, ax: Axes | None = None) -> Figure:
    """The same network twice: rolled up with its loop, and unrolled over `steps` time steps.

    A box is a vector (input x, state h, output y) and an arrow is a product with a weight matrix; arrows of one color
    are the same matrix. Raises: ValueError for fewer than two steps.
    """
    if steps < 2:
        raise ValueError(f"steps must be at least 2, so that there is something to unroll, but is {steps}.")
    width = START + steps * PITCH + HALF_BOX + MARGIN
    figure, axes = new_axes(width, HEIGHT) if ax is None else (figure_of(ax), ax)
    with house_style():
        _column(axes, ROLLED, "t")
        _loop(axes, ROLLED)
        axes.text(EQUALS, H_ROW, "=", ha="center", va="center", fontsize=26)
        _box(axes, START, H_ROW, "$h_0$", INK)
        for t in range(1, steps + 1):
            place = START + t * PITCH
            _column(axes, place, str(t))
            arrow(axes, (place - PITCH + HALF_BOX, H_ROW), (place - HALF_BOX, H_ROW), ORANGE)
            _weight(axes, place - PITCH / 2, H_ROW + 0.14, "$W_{hh}$", DARK_ORANGE, ha="center")
    axes.set(xlim=(0, width), ylim=(0, HEIGHT), aspect="equal")
    axes.axis("off")
    return figure


def _column(axes: Axes, place: float, t: str) -> None:
    """One time step, from the bottom up: input, state, output."""
    _box(axes, place, X_ROW, f"$x_{t}$", GREEN)
    _box(axes, place, H_ROW, f"$h_{t}$", ORANGE, fill=CREAM)
    _box(axes, place, Y_ROW, f"$y_{t}$", BLUE)
    arrow(axes, (place, X_ROW + HALF_BOX), (place, H_ROW - HALF_BOX), GREEN)
    arrow(axes, (place, H_ROW + HALF_BOX), (place, Y_ROW - HALF_BOX), BLUE)
    _weight(axes, place + 0.09, (X_ROW + H_ROW) / 2, "$W_{xh}$", DARK_GREEN, va="center")
    _weight(axes, place + 0.09, (H_ROW + Y_ROW) / 2, "$W_{hy}$", BLUE, va="center")


def _loop(axes: Axes, place: float) -> None:
    """From the state back to itself, one step later."""
    edge, reach, above, below = place - HALF_BOX, place - 0.95, H_ROW + 0.17, H_ROW - 0.17
    points = [(edge, above), (reach, above + 0.3), (reach, below - 0.3), (edge, below)]
    path = Path(points, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    axes.add_patch(FancyArrowPatch(path=path, arrowstyle="-|>", mutation_scale=15, color=ORANGE, linewidth=2))
    _weight(axes, edge - 0.2, H_ROW + 0.36, "$W_{hh}$", DARK_ORANGE, ha="center")


def _weight(axes: Axes, x: float, y: float, text: str, color: str, **alignment: Any) -> None:
    axes.text(x, y, text, color=color, fontsize=15, **alignment)
