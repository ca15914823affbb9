"""Curves of a share against the length of a sequence, with the longest length that was trained and the chance level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from rnnlab.plots.style import INK, PAGE_WIDTH, PALETTE, figure_of, house_style, new_axes

MARKERS, DASHES = "os^Dvx", ("-", "--", "-.", ":")


def by_length(
    groups: Mapping[str, ArrayLike],
    lengths: Sequence[int],
    longest: int,
    chance: float,
    ylabel: str = "tokens written rightly (%)",
    ax: Axes | None = None,
) -> Figure:
    """One curve for each run of each group; each group has a color, a marker and a dash of its own.

    Shapes: each group holds shares (runs, len(lengths)) between 0 and 1. The vertical line stands at `longest`, the
    greatest length that was trained, the horizontal one at `chance`.

    Raises: ValueError for more than six groups or curves of another length.
    """
    _expect_curves(groups, lengths)
    figure, axes = new_axes(PAGE_WIDTH, 4.1) if ax is None else (figure_of(ax), ax)
    with house_style():
        for place, (label, curves) in enumerate(groups.items()):
            for run, curve in enumerate(np.asarray(curves)):
                axes.plot(
                    lengths,
                    100 * curve,
                    color=PALETTE[place],
                    marker=MARKERS[place],
                    linestyle=DASHES[place % 4],
                    markersize=5,
                    linewidth=1.6,
                    alpha=0.85,
                    label=None if run else label,
                )
        axes.axhline(100 * chance, color=INK, linewidth=1, linestyle=":")
        axes.axvline(longest, color=INK, linewidth=1)
        axes.text(longest + 0.15, 101.5, "longest trained", fontsize=12, va="bottom")
        axes.text(lengths[-1], 100 * chance + 1, "guessing", fontsize=12, ha="right", va="bottom")
        axes.set(xlabel="length of the source (tokens)", ylabel=ylabel, ylim=(0, 108), xticks=lengths)
        figure.legend(loc="outside lower center", ncols=2, fontsize=12)
    return figure


def _expect_curves(groups: Mapping[str, ArrayLike], lengths: Sequence[int]) -> None:
    if len(groups) > len(MARKERS):
        raise ValueError(f"there is room for {len(MARKERS)} groups, but there are {len(groups)}.")
    for label, curves in groups.items():
        if np.ndim(curves) != 2 or np.shape(curves)[1] != len(lengths):
            raise ValueError(
                f"{label!r} must hold curves (runs, {len(lengths)}), but has the shape {np.shape(curves)}."
            )
