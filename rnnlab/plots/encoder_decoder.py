"""The encoder–decoder drawn by code: what is read, handed over and written, and the gradient's way back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnlab.plots.shapes import Point, arrow, box
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

# Inches, so that boxes and letters keep their size whatever the number of steps.
HALF_BOX, PITCH, GAP, MARGIN = 0.24, 0.78, 0.32, 0.2
X_ROW, H_ROW, Y_ROW, HEIGHT = 0.6, 1.6, 2.6, 3.2
GRAY, WRITING, DARK_PURPLE = "#6B6B6B", "#F6E6F0", "#8C4A73"
FORWARD = "#999999"


def two_halves(
    source: Sequence[str], target: Sequence[str], backward: bool = False, ax: Axes | None = None
) -> Figure:
    """The encoder that reads `source`, and the decoder that writes `target` and then the end token.

    Drawn is use: each written token is fed back. With `backward` it is training instead: the true tokens are fed, the
    forward pass is gray, and red arrows show the gradient from the losses back through both halves.

    Raises: ValueError where there is nothing to read or to write.
    """
    if not source or not target:
        raise ValueError("source and target must each hold a token at least.")
    written = (*target, "end")
    width = 2 * MARGIN + (len(source) + len(written)) * PITCH + GAP
    figure, axes = new_axes(width, HEIGHT) if ax is None else (figure_of(ax), ax)
    reads = [MARGIN + PITCH * (j + 0.5) for j in range(len(source))]
    writes = [reads[-1] + GAP + PITCH * (t + 1) for t in range(len(written))]
    with house_style():
        for place, token in zip(reads, source, strict=True):
            _fed(axes, place, token, GREEN, backward)
            _box(axes, place, H_ROW, r"$\bar h$", ORANGE, CREAM)
        for t, (place, token) in enumerate(zip(writes, written, strict=True)):
            own = t > 0 and not backward
            _fed(axes, place, ("start", *target)[t], GRAY if own else GREEN, backward)
            _box(axes, place, H_ROW, "$h$", PURPLE, WRITING)
            _written(axes, place, token, backward)
            if own:
                _arrow(
                    axes,
                    (writes[t - 1] + HALF_BOX, Y_ROW),
                    (place - HALF_BOX, X_ROW + 0.1),
                    GRAY,
                    dashed=True,
                )
        places = [*reads, *writes]
        for number, (one, other) in enumerate(pairwise(places)):
            _passed_on(axes, one, other, ORANGE if number < len(reads) else PURPLE, backward)
        _names(axes, reads, writes, backward)
    axes.set(xlim=(0, width), ylim=(0, HEIGHT), aspect="equal")
    axes.axis("off")
    return figure


def _fed(axes: Axes, place: float, token: str, color: str, backward: bool) -> None:
    _box(axes, place, X_ROW, token, color, PAPER)
    shift = 0.09 if backward else 0
    _arrow(
        axes,
        (place - shift, X_ROW + HALF_BOX),
        (place - shift, H_ROW - HALF_BOX),
        FORWARD if backward else color,
    )
    if backward:
        _arrow(axes, (place + shift, H_ROW - HALF_BOX), (place + shift, X_ROW + HALF_BOX), VERMILION)


def _written(axes: Axes, place: float, token: str, backward: bool) -> None:
    _box(axes, place, Y_ROW, token, BLUE, PAPER)
    shift = 0.09 if backward else 0
    _arrow(
        axes,
        (place - shift, H_ROW + HALF_BOX),
        (place - shift, Y_ROW - HALF_BOX),
        FORWARD if backward else BLUE,
    )
    if backward:
        _arrow(axes, (place + shift, Y_ROW - HALF_BOX), (place + shift, H_ROW + HALF_BOX), VERMILION)


def _passed_on(axes: Axes, one: float, other: float, color: str, backward: bool) -> None:
    shift = 0.09 if backward else 0
    _arrow(
        axes,
        (one + HALF_BOX, H_ROW + shift),
        (other - HALF_BOX, H_ROW + shift),
        FORWARD if backward else color,
    )
    if backward:
        _arrow(axes, (other - HALF_BOX, H_ROW - shift), (one + HALF_BOX, H_ROW - shift), VERMILION)


def _names(axes: Axes, reads: Sequence[float], writes: Sequence[float], backward: bool) -> None:
    """What stands where: the two halves, and what crosses between them."""
    middle = (reads[-1] + writes[0]) / 2
    mark, color = (r"$\partial L/\partial c$", VERMILION) if backward else ("$c$", DARK_ORANGE)
    axes.text(middle, H_ROW + (-0.38 if backward else 0.14), mark, color=color, fontsize=17, ha="center")
    axes.text((reads[0] + reads[-1]) / 2, 0.08, "encoder", color=DARK_ORANGE, fontsize=14, ha="center")
    axes.text((writes[0] + writes[-1]) / 2, 0.08, "decoder", color=DARK_PURPLE, fontsize=14, ha="center")
    what = "losses" if backward else "written"
    axes.text(writes[0] - 0.42, Y_ROW, what, color=BLUE, fontsize=14, ha="right", va="center")


def _box(axes: Axes, x: float, y: float, text: str, color: str, fill: str) -> None:
    size = 17 if text.startswith("$") else 14 if len(text) < 3 else 12
    box(axes, x, y, text, color, fill, half=HALF_BOX, corner=0.06, size=size)


def _arrow(axes: Axes, start: Point, end: Point, color: str, dashed: bool = False) -> None:
    arrow(axes, start, end, color, head=12, linewidth=1.8, linestyle=(0, (3, 2)) if dashed else "-")
