"""Boxes and arrows, the two strokes of every diagram of a network; sizes in the units of the axes."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from rnnlab.plots.style import INK, PAPER

Point = tuple[float, float]


def box(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    color: str,
    fill: str = PAPER,
    *,
    half: float,
    size: float = 18,
    corner: float = 0.07,
    **line: Any,
) -> None:
    """A square with round corners around (x, y), from edge to center `half`, and `text` of `size` points in it.

    `line` goes to matplotlib: linewidth (2 points), linestyle, zorder.
    """
    inner = 2 * (half - corner)
    patch = FancyBboxPatch((x - inner / 2, y - inner / 2), inner, inner, boxstyle=f"round,pad={corner}")
    patch.set(edgecolor=color, facecolor=fill, **{"linewidth": 2, **line})
    axes.add_patch(patch)
    axes.text(x, y, text, ha="center", va="center", fontsize=size, color=INK)


def arrow(
    axes: Axes, start: Point, end: Point, color: str, *, head: float = 15, bend: float = 0.0, **line: Any
) -> None:
    """An arrow from `start` to `end`, `head` points long at its head; `bend` bows it, 0 is straight.

    `line` goes to matplotlib: linewidth (2 points), linestyle.
    """
    way = f"arc3,rad={bend}"
    patch = FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=head, shrinkA=0, shrinkB=0, connectionstyle=way
    )
    patch.set(color=color, **{"linewidth": 2, **line})
    axes.add_patch(patch)
