"""Pictures of the perceptron: the line as it moves, mistakes under their bound, and what each letter weighs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from rnnlab.plots.style import BLUE, INK, ORANGE, PAGE_WIDTH, PAPER, VERMILION, house_style, new_axes

REACH = 1.15


def moving_line(
    x: ArrayLike, y: ArrayLike, lines: Sequence[tuple[ArrayLike, ArrayLike]], most: int = 6
) -> Figure:
    """Points of two classes, and the line w · x + b = 0 after the first mistakes and the last, in panels.

    Shapes: x (N, 2), y (N) of −1 and +1; `lines` holds (w, b) at the start, where there is no line, and after each
    mistake. Points on the wrong side have a ring; an arrow shows w, which points to the side of +1.

    Raises: ValueError for other points than (N, 2), or where no mistake was made.
    """
    x, y = np.asarray(x), np.asarray(y)
    if x.ndim != 2 or x.shape[1] != 2 or len(lines) < 2:
        raise ValueError(f"x must have the shape (N, 2), but has {x.shape}, and lines at least 2 entries.")
    shown = [*range(1, min(most, len(lines) - 1)), len(lines) - 1]
    rows = -(-len(shown) // 3)
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 2.55 * rows), layout="constrained")
        panels = figure.subplots(rows, 3, sharex=True, sharey=True, squeeze=False).ravel()
        for axes, place in zip(panels, shown, strict=False):
            w, b = (np.asarray(part) for part in lines[place])
            _points(axes, x, y, np.where(x @ w + b >= 0, 1, -1) != y)
            _line(axes, w, float(b))
            axes.set_title(f"mistake {place}" if place < len(lines) - 1 else f"mistake {place}, the last")
            axes.set(
                xlim=(-REACH, REACH),
                ylim=(-REACH, REACH),
                aspect="equal",
                xticks=(-1, 0, 1),
                yticks=(-1, 0, 1),
            )
        for axes in panels[len(shown) :]:
            axes.axis("off")
        figure.supxlabel("first input $x_1$", fontsize=13)
        figure.supylabel("second input $x_2$", fontsize=13)
    return figure


def _points(axes: Axes, x: np.ndarray, y: np.ndarray, wrong: np.ndarray) -> None:
    for label, marker, color in ((1, "s", BLUE), (-1, "o", VERMILION)):
        own = y == label
        axes.plot(*x[own].T, marker, color=color, markersize=5)
    axes.plot(*x[wrong].T, "o", markerfacecolor="none", markeredgecolor=INK, markersize=10)


def _line(axes: Axes, w: np.ndarray, b: float) -> None:
    size = float(np.linalg.norm(w))
    if size == 0:
        return
    foot, along = -b * w / size**2, np.array([-w[1], w[0]]) / size
    ends = np.array([foot - 4 * along, foot + 4 * along])
    axes.plot(*ends.T, color=INK, linewidth=1.8)
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.5}
    axes.annotate("", xy=tuple(foot + 0.45 * w / size), xytext=tuple(foot), arrowprops=arrow)


def mistakes_under_their_bound(bounds: ArrayLike, mistakes: ArrayLike) -> Figure:
    """The mistakes of each run against the number that the theorem allows, on logarithmic axes; shapes (runs,)."""
    bounds, mistakes = np.asarray(bounds, float), np.asarray(mistakes, float)
    figure, axes = new_axes(PAGE_WIDTH, 3.8)
    with house_style():
        ends = np.array([1.0, 2 * bounds.max()])
        axes.fill_between(ends, ends, ends[1], color="#E8E8E8", linewidth=0)
        axes.loglog(ends, ends, color=INK, linewidth=1.8)
        axes.loglog(bounds, mistakes, "o", color=BLUE, markersize=8, alpha=0.8)
        axes.set(xlim=(5, ends[1]), ylim=(1, ends[1]))
        axes.set(xlabel=r"largest possible number, $(R/\gamma)^2$", ylabel="mistakes made")
        axes.text(0.3, 0.85, "impossible", transform=axes.transAxes, ha="center")
    return figure


def letter_weights(weights: Mapping[str, float], low: str, high: str) -> Figure:
    """A bar for each letter, the most negative weight first: letters that speak for `low`, and those for `high`.

    Raises: ValueError without letters.
    """
    if not weights:
        raise ValueError("weights must hold at least one letter.")
    letters = sorted(weights, key=lambda letter: weights[letter])
    sizes = np.array([weights[letter] for letter in letters])
    figure, axes = new_axes(PAGE_WIDTH, 3.3)
    with house_style():
        axes.bar(range(len(letters)), sizes, color=[VERMILION if size < 0 else BLUE for size in sizes])
        axes.axhline(0, color=INK, linewidth=1)
        axes.set_xticks(range(len(letters)), ["␣" if letter == " " else letter for letter in letters])
        axes.tick_params(axis="x", length=0)
        axes.set(ylabel="weight", xlabel="letter", xlim=(-0.7, len(letters) - 0.3))
        axes.text(0.02, 0.93, f"← speaks for {low}", transform=axes.transAxes, color=VERMILION)
        axes.text(0.98, 0.07, f"speaks for {high} →", transform=axes.transAxes, ha="right", color=BLUE)
    return figure


def three_units(a: ArrayLike, curves: Mapping[str, ArrayLike]) -> Figure:
    """What three units make of the same weighted sum a: a curve each."""
    figure, axes = new_axes(PAGE_WIDTH, 3.3)
    with house_style():
        for (name, curve), (color, style) in zip(
            curves.items(), ((INK, "-"), (BLUE, "--"), (ORANGE, "-.")), strict=False
        ):
            axes.plot(np.asarray(a), np.asarray(curve), style, color=color, linewidth=2.4, label=name)
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.set(xlabel="weighted sum $a = w \\cdot x + b$", ylabel="output")
        axes.legend(loc="upper left", facecolor=PAPER, framealpha=1)
    return figure
