"""One step of a decoder with attention, drawn by code: the query, the weights, the context, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnlab.plots.shapes import arrow, box
from rnnlab.plots.style import (
    BLUE,
    CREAM,
    DARK_ORANGE,
    GREEN,
    ORANGE,
    PAPER,
    PURPLE,
    VERMILION,
    figure_of,
    house_style,
    new_axes,
)

# Inches, so that boxes and letters keep their size whatever the number of tokens.
HALF_BOX, PITCH, MARGIN = 0.25, 1.0, 0.3
X_ROW, H_ROW, C_ROW, Y_ROW, HEIGHT = 0.35, 1.3, 2.75, 3.7, 4.1
WRITING, THIN, THICK = "#F6E6F0", 0.8, 8.0
_arrow = partial(arrow, head=13, linewidth=1.8)


def attention_step(source: Sequence[str], weights: Sequence[float], ax: Axes | None = None) -> Figure:
    """A decoder that attends before its cell: a line from each encoder state to the context is as thick as its weight.

    Raises: ValueError unless there is one weight for each token, and they are shares of one.
    """
    if len(source) != len(weights) or not source or min(weights) < 0 or abs(sum(weights) - 1) > 1e-6:
        raise ValueError(
            "there must be one weight for each source token, none negative, and their sum must be 1."
        )
    reads = [MARGIN + HALF_BOX + PITCH * j for j in range(len(source))]
    middle = (reads[0] + reads[-1]) / 2
    before, after = reads[-1] + 1.25, reads[-1] + 2.6
    width = after + 1.0
    figure, axes = new_axes(width, HEIGHT) if ax is None else (figure_of(ax), ax)
    with house_style():
        for j, (place, token, weight) in enumerate(zip(reads, source, weights, strict=True), start=1):
            _box(axes, place, X_ROW, token, GREEN, PAPER)
            _arrow(axes, (place, X_ROW + HALF_BOX), (place, H_ROW - HALF_BOX), GREEN)
            if j > 1:
                _arrow(axes, (place - PITCH + HALF_BOX, H_ROW), (place - HALF_BOX, H_ROW), ORANGE)
            bottom, top = H_ROW + HALF_BOX, C_ROW - HALF_BOX
            line = THIN + (THICK - THIN) * weight
            axes.plot([place, middle], [bottom, top], color=ORANGE, linewidth=line, zorder=0)
            label = f"{weight:.2f}"
            axes.text(
                place,
                H_ROW + HALF_BOX + 0.22,
                label,
                ha="center",
                fontsize=12.5,
                color=DARK_ORANGE,
                bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.0},
            )
            _box(axes, place, H_ROW, rf"$\bar h_{j}$", ORANGE, CREAM)
        _box(axes, middle, C_ROW, "$c_t$", ORANGE, CREAM)
        _decoder(axes, middle, before, after)
    axes.set(xlim=(0, width), ylim=(0, HEIGHT), aspect="equal")
    axes.axis("off")
    return figure


def _decoder(axes: Axes, middle: float, before: float, after: float) -> None:
    """The old state that asks, the new one that reads the answer, and its output."""
    _box(axes, before, H_ROW, "$h_{t-1}$", PURPLE, WRITING)
    _box(axes, after, H_ROW, "$h_t$", PURPLE, WRITING)
    _box(axes, after, X_ROW, "$x_t$", GREEN, PAPER)
    _box(axes, after, Y_ROW, "$y_t$", BLUE, PAPER)
    _arrow(axes, (before + HALF_BOX, H_ROW), (after - HALF_BOX, H_ROW), PURPLE)
    _arrow(axes, (after, X_ROW + HALF_BOX), (after, H_ROW - HALF_BOX), GREEN)
    _arrow(axes, (after, H_ROW + HALF_BOX), (after, Y_ROW - HALF_BOX), BLUE)
    _arrow(axes, (middle + HALF_BOX, C_ROW), (after - 0.12, H_ROW + HALF_BOX), DARK_ORANGE)
    start, end = (before - HALF_BOX, H_ROW - 0.12), (before - 1.25 + HALF_BOX, H_ROW - 0.12)
    _arrow(axes, start, end, VERMILION, linestyle=(0, (3, 2)))
    axes.text(before - 0.6, H_ROW - 0.5, "query", color=VERMILION, fontsize=13, ha="center")


def _box(axes: Axes, x: float, y: float, text: str, color: str, fill: str) -> None:
    size = 13.5 if len(text) > 6 and "-" in text else 16
    box(axes, x, y, text, color, fill, half=HALF_BOX, corner=0.06, size=size, zorder=2)
