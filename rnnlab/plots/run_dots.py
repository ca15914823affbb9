"""A dot for every run: what each network reached at each learning rate, so that no average hides a spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnlab.plots.style import INK, PAGE_WIDTH, PALETTE, figure_of, house_style, new_axes

MARKERS = "os^Dv"


def dots_by_rate(
    runs: Mapping[str, Mapping[float, Sequence[float]]],
    ylabel: str,
    lines: Mapping[str, float] | None = None,
    ax: Axes | None = None,
) -> Figure:
    """One column for each name in `runs`, in it a dot for each run, in groups side by side for each learning rate.

    `lines` are dashed across the figure, with their names at the right end. The marker and color say the rate.

    Raises: ValueError without runs, or if two names were run at different rates.
    """
    if not runs:
        raise ValueError("runs must hold one name with its runs at least, but is empty.")
    rates = list(next(iter(runs.values())))
    if any(list(by_rate) != rates for by_rate in runs.values()):
        raise ValueError("every name must have been run at the same rates, in the same order.")
    figure, axes = new_axes(PAGE_WIDTH, 3.9) if ax is None else (figure_of(ax), ax)
    with house_style():
        for k, rate in enumerate(rates):
            for column, by_rate in enumerate(runs.values()):
                heights = np.asarray(by_rate[rate])
                place = column + 0.62 * (k - (len(rates) - 1) / 2) / max(len(rates), 2)
                spread = place + 0.14 * _offsets(len(heights)) / max(len(rates), 2)
                axes.plot(
                    spread,
                    heights,
                    MARKERS[k % len(MARKERS)],
                    color=PALETTE[k % len(PALETTE)],
                    markersize=7,
                    alpha=0.75,
                    markeredgewidth=0,
                    label=f"rate {rate:g}" if column == 0 else None,
                )
        for name, height in (lines or {}).items():
            axes.axhline(height, color=INK, linestyle="--", linewidth=1)
            where = (1, height)
            axes.annotate(
                name, where, (4, 0), ("axes fraction", "data"), "offset points", va="center", fontsize=12
            )
        axes.set_xticks(range(len(runs)), list(runs))
        axes.set(ylabel=ylabel, xlim=(-0.5, len(runs) - 0.5))
        for column in range(1, len(runs)):
            axes.axvline(column - 0.5, color="#CCCCCC", linewidth=1)
        axes.tick_params(axis="x", length=0)
        if ax is None:
            figure.legend(loc="outside upper center", ncols=len(rates), fontsize=12, handletextpad=0.1)
    return figure


def _offsets(count: int) -> np.ndarray:
    return np.linspace(-1, 1, count) if count > 1 else np.zeros(1)
