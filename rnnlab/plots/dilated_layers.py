"""A diagram drawn by code: layers of causal convolutions over time, and the inputs that one output sees by them."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnlab.plots.style import BLUE, CREAM, INK, PAGE_WIDTH, PAPER, figure_of, house_style, new_axes

FAINT, ROW = "#BBBBBB", 1.5
MANY = 10  # beyond it the circles are too small for a letter


def dilated_layers(
    steps: int,
    kernel: int,
    dilations: Sequence[int],
    labels: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Inputs at the bottom and one row of outputs for each dilation; what the last output sees is blue.

    Light circles at the left are the zeros of the padding. `labels` name the rows, the inputs first.

    Raises: ValueError for sizes below 1, no dilation, or a wrong number of labels.
    """
    if steps < 1 or kernel < 1 or not dilations or min(dilations) < 1:
        raise ValueError("steps, kernel and dilations must all be at least 1, and there must be a dilation.")
    names = ["input", *(f"$d = {d}$" for d in dilations)] if labels is None else list(labels)
    if len(names) != len(dilations) + 1:
        raise ValueError(f"labels must name {len(dilations) + 1} rows, but there are {len(names)}.")
    padding = max((kernel - 1) * d for d in dilations)
    first = 1 - padding
    width = steps + padding + 3.2
    figure, axes = (
        new_axes(PAGE_WIDTH, PAGE_WIDTH * (ROW * len(dilations) + 1.4) / width + 0.1)
        if ax is None
        else (figure_of(ax), ax)
    )
    seen = seen_from_last(steps, kernel, dilations)
    with house_style():
        for layer, dilation in enumerate(dilations):
            for t in range(1, steps + 1):
                for source in (t - j * dilation for j in range(kernel)):
                    used = t in seen[layer + 1]
                    axes.plot(
                        (source, t),
                        (ROW * layer, ROW * (layer + 1)),
                        color=BLUE if used else FAINT,
                        linewidth=2 if used else 1,
                        zorder=2 if used else 1,
                    )
        for layer, name in enumerate(names):
            reach = (kernel - 1) * dilations[layer] if layer < len(dilations) else 0
            _row(axes, ROW * layer, steps, reach, seen[layer])
            axes.text(steps + 0.8, ROW * layer, name, va="center", fontsize=13)
    axes.set(xlim=(first - 0.6, steps + 2.6), ylim=(-0.7, ROW * len(dilations) + 0.7), aspect="equal")
    axes.axis("off")
    return figure


def seen_from_last(steps: int, kernel: int, dilations: Sequence[int]) -> list[set[int]]:
    """For each row, the inputs first, the places that reach the last output; those before 1 are padding.

    >>> sorted(seen_from_last(steps=8, kernel=2, dilations=[1, 2])[0])
    [5, 6, 7, 8]
    """
    rows = [{steps}]
    for dilation in reversed(dilations):
        rows.append({t - j * dilation for t in rows[-1] for j in range(kernel) if t >= 1})
    return rows[::-1]


def _row(axes: Axes, height: float, steps: int, padding: int, seen: set[int]) -> None:
    for t in range(1 - padding, steps + 1):
        used = t in seen
        axes.plot(
            t,
            height,
            "o",
            markersize=11 if steps > MANY else 17,
            markerfacecolor=(CREAM if used else PAPER),
            markeredgecolor=BLUE if used else (INK if t >= 1 else FAINT),
            markeredgewidth=2 if used else 1.2,
            zorder=3,
        )
        if t < 1 and steps <= MANY:
            axes.text(t, height, "0", ha="center", va="center_baseline", fontsize=12, color=INK, zorder=4)
