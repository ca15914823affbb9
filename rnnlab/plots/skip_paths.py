"""A diagram drawn by code: states over time, with the shortcuts that a gradient can take between them."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnlab.plots.shapes import arrow, box
from rnnlab.plots.style import (
    BLUE,
    CREAM,
    DARK_ORANGE,
    INK,
    ORANGE,
    PAGE_WIDTH,
    PAPER,
    figure_of,
    house_style,
    new_axes,
)

# In units of one time step; a box is 2 · HALF wide.
HALF, BELOW, ABOVE = 0.3, 0.65, 1.15


def skip_paths(steps: int = 6, length: int = 3, ax: Axes | None = None) -> Figure:
    """The states h_0 to h_steps with the plain step between neighbors, and a skip over every `length` steps.

    Boxes in which a skip ends are filled. Raises: ValueError unless length ≥ 2 and steps is a multiple of it.
    """
    if length < 2 or steps % length or steps < length:
        raise ValueError(
            f"length must be at least 2 and steps a multiple of it, but they are {length} and {steps}."
        )
    width = steps + 2 * HALF + 0.2
    height = BELOW + ABOVE
    figure, axes = new_axes(PAGE_WIDTH, PAGE_WIDTH * height / width) if ax is None else (figure_of(ax), ax)
    with house_style():
        for t in range(steps + 1):
            _box(axes, t, filled=t > 0 and t % length == 0)
        for t in range(1, steps + 1):
            arrow(axes, (t - 1 + HALF, 0), (t - HALF, 0), ORANGE)
            axes.text(t - 0.5, -0.42, f"$J_{t}$", color=DARK_ORANGE, ha="center", va="center", fontsize=15)
        for end in range(length, steps + 1, length):
            arrow(axes, (end - length + 0.08, HALF), (end - 0.08, HALF), BLUE, bend=-0.3)
            axes.text(
                end - length / 2,
                HALF + 0.15 * length + 0.2,
                "$s$",
                color=BLUE,
                ha="center",
                va="center",
                fontsize=17,
            )
    axes.set(xlim=(-HALF - 0.1, steps + HALF + 0.1), ylim=(-BELOW, ABOVE), aspect="equal")
    axes.axis("off")
    return figure


def _box(axes: Axes, t: int, filled: bool) -> None:
    edge, fill = (BLUE, CREAM) if filled else (INK, PAPER)
    box(axes, t, 0, f"$h_{t}$", edge, fill, half=HALF, size=17)
