"""Outcomes of many runs: a grid of how many were solved in every setting, and the learning curves of them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from rnnlab.plots.style import BLUE, INK, PAGE_WIDTH, PAPER, figure_of, house_style, new_axes


def solved_grid(
    solved: ArrayLike,
    runs: int,
    rows: Sequence[str],
    columns: Sequence[str],
    groups: Sequence[str],
    ax: Axes | None = None,
) -> Figure:
    """How many of `runs` runs were solved, as numbers on a shade of blue: white is none, dark is all.

    Shapes: solved (R, G, C), for R row labels, G groups with a heading and C columns in each group.

    Raises: ValueError for a wrong shape or a number that is not between 0 and `runs`.
    """
    counts = np.asarray(solved)
    expected = (len(rows), len(groups), len(columns))
    if counts.shape != expected:
        raise ValueError(
            f"solved must have the shape (rows, groups, columns) = {expected}, not {counts.shape}."
        )
    if counts.min() < 0 or counts.max() > runs:
        raise ValueError(f"solved must lie between 0 and runs = {runs}. Are these shares or counts?")
    R, G, C = expected
    figure, axes = new_axes(PAGE_WIDTH, 1.5 + 0.42 * R) if ax is None else (figure_of(ax), ax)
    with house_style():
        axes.imshow(counts.reshape(R, G * C), cmap="Blues", vmin=0, vmax=runs, aspect="auto")
        for row, column in np.ndindex(R, G * C):
            count = int(counts[row, column // C, column % C])
            color = PAPER if count > 0.6 * runs else INK
            axes.text(column, row, str(count), ha="center", va="center", color=color)
        axes.set_yticks(range(R), list(rows))
        axes.set_xticks(range(G * C), list(columns) * G, rotation=90 if max(map(len, columns)) > 4 else 0)
        for group, heading in enumerate(groups):
            axes.text((group + 0.5) * C - 0.5, -0.7, heading, ha="center", va="bottom", fontsize=13)
            if group:
                axes.axvline(group * C - 0.5, color=INK, linewidth=2)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def learning_curves(
    accuracies: Mapping[str, Sequence[ArrayLike]], every: int, chance: float, columns: int = 3
) -> Figure:
    """One panel for each setting, with the accuracy of each of its runs after `every`, 2 · `every`, … steps.

    The dashed line is chance, and a dot ends each run.

    Raises: ValueError if there is no setting.
    """
    if not accuracies:
        raise ValueError("accuracies must hold the runs of at least one setting, but is empty.")
    rows = -(-len(accuracies) // columns)
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 0.6 + 2.0 * rows), layout="constrained")
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for axes, (name, runs) in zip(panels.flat, accuracies.items(), strict=False):
            for run in runs:
                percent = 100 * np.asarray(run)
                steps = every * np.arange(1, len(percent) + 1)
                axes.plot(steps, percent, color=BLUE, alpha=0.7, linewidth=1.5)
                axes.plot(steps[-1], percent[-1], "o", color=BLUE, markersize=6)
            axes.axhline(100 * chance, color=INK, linestyle="--", linewidth=1.5)
            axes.set(ylim=(0, 105), yticks=(0, 50, 100))
            axes.set_title(name)
        figure.supxlabel("training steps", fontsize=13)
        figure.supylabel("right on fresh sequences (%)", fontsize=13)
    return figure
