"""Gradient flow: how a norm changes with the lag, and how fast in which network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from rnnlab.plots.style import INK, PAGE_WIDTH, PALETTE, figure_of, house_style, new_axes

MARKERS = "os^Dv<>"
STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 2)), (0, (8, 3)))


class RateCurve(NamedTuple):
    """One kind of network: measured rates at each gain, (gains, runs), and the theory along `line_gains`, or None."""

    gains: ArrayLike
    rates: ArrayLike
    line_gains: ArrayLike
    line: ArrayLike | None = None


def norms_by_lag(
    curves: Mapping[str, ArrayLike],
    ylabel: str = "gradient norm",
    lags: ArrayLike | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Norms against the lag, on a logarithmic axis: one color for each kind, one line for each run.

    Shapes: each value of `curves` holds log₁₀ norms, (lags) or (runs, lags); `lags` are 0, 1, 2, … unless given. The
    dashed line is 1, where a gradient arrives as large as it set out.

    Raises: ValueError without curves, or for a wrong number of lags.
    """
    if not curves:
        raise ValueError("curves must hold one kind of network at least, but is empty.")
    figure, axes = new_axes(PAGE_WIDTH, 4.2) if ax is None else (figure_of(ax), ax)
    with house_style():
        axes.axhline(0, color=INK, linewidth=1, linestyle="--")
        for place, (label, norms) in enumerate(curves.items()):
            runs = np.atleast_2d(np.asarray(norms))
            steps = np.arange(runs.shape[1]) if lags is None else np.asarray(lags)
            if len(steps) != runs.shape[1]:
                raise ValueError(f"{label!r} has {runs.shape[1]} lags, but {len(steps)} are named.")
            for run, norm in enumerate(runs):
                axes.plot(
                    steps,
                    norm,
                    color=PALETTE[place % len(PALETTE)],
                    linestyle=STYLES[place % len(STYLES)],
                    alpha=0.85,
                    linewidth=2 if len(runs) == 1 else 1.6,
                    label=label if run == 0 else None,
                )
        as_powers_of_ten(axes)
        axes.set(xlabel="lag $k$ (steps)", ylabel=ylabel)
        figure.legend(loc="outside upper center", ncols=2, fontsize=12)
    return figure


def as_powers_of_ten(axes: Axes) -> None:
    """Write the ticks of an axis that holds log₁₀ as powers of ten."""
    axes.yaxis.set_major_locator(MaxNLocator(nbins=7, integer=True))
    axes.yaxis.set_major_formatter(lambda value, _: f"$10^{{{value:.0f}}}$")


def rate_map(curves: Mapping[str, RateCurve], ax: Axes | None = None) -> Figure:
    """A gradient's factor per step against the gain: points are measured networks, lines the theory.

    Above the dashed line gradients explode, below it they vanish.

    Raises: ValueError without curves.
    """
    if not curves:
        raise ValueError("curves must hold one kind of network at least, but is empty.")
    figure, axes = new_axes(PAGE_WIDTH, 5.0) if ax is None else (figure_of(ax), ax)
    with house_style():
        for place, (label, curve) in enumerate(curves.items()):
            color, marker = PALETTE[place % len(PALETTE)], MARKERS[place % len(MARKERS)]
            gains, rates = np.asarray(curve.gains), np.asarray(curve.rates)
            if curve.line is not None:
                axes.plot(curve.line_gains, curve.line, color=color, linewidth=1.5)
            axes.plot(
                np.repeat(gains, rates.shape[1]),
                rates.ravel(),
                marker,
                color=color,
                markersize=6,
                alpha=0.75,
                label=label,
            )
        axes.axhline(1, color=INK, linewidth=1, linestyle="--")
        axes.axvline(1, color=INK, linewidth=1, linestyle=":")
        axes.set_yscale("log", base=2)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set(xlabel=r"gain $g$ (near the spectral radius)", ylabel="factor per step")
        figure.legend(loc="outside upper center", ncols=2, fontsize=12)
    return figure


def solved_grid(
    solved: Mapping[str, Mapping[str, Sequence[Sequence[bool]]]],
    rates: Sequence[float],
    ax: Axes | None = None,
) -> Figure:
    """Which runs learned: a block for each row and column, with a line of dots for each rate and a dot for each seed.

    `solved[row][column]` holds a list of runs for each of the rates. A full dot has learned, an empty one has not.

    Raises: ValueError unless every block has a list for each rate.
    """
    rows, columns = list(solved), list(next(iter(solved.values())))
    figure, axes = (
        new_axes(PAGE_WIDTH, 1.2 + 0.36 * len(rows) * len(rates)) if ax is None else (figure_of(ax), ax)
    )
    with house_style():
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                block = solved[row][column]
                if len(block) != len(rates):
                    raise ValueError(
                        f"{row!r}, {column!r} must have {len(rates)} lists, but has {len(block)}."
                    )
                _draw_block(axes, i, j, block)
        for j in range(1, len(columns)):
            axes.axvline(j - 0.5, color="#CCCCCC", linewidth=1)
        for i in range(1, len(rows)):
            axes.axhline(i - 0.5, color="#CCCCCC", linewidth=1)
        for i in range(len(rows)):
            for k, rate in enumerate(rates):
                axes.annotate(
                    f"{rate:g}", (len(columns) - 0.45, i + _offset(k, len(rates))), va="center", fontsize=12
                )
        axes.annotate("rate", (len(columns) - 0.45, -0.62), va="center", annotation_clip=False)
        axes.set_xticks(range(len(columns)), columns)
        axes.set_yticks(range(len(rows)), rows)
        axes.set(xlim=(-0.5, len(columns) - 0.15), ylim=(len(rows) - 0.5, -0.5))
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    return figure


def _draw_block(axes: Axes, i: int, j: int, block: Sequence[Sequence[bool]]) -> None:
    for k, runs in enumerate(block):
        for seed, learned in enumerate(runs):
            axes.plot(
                j + _offset(seed, len(runs)),
                i + _offset(k, len(block)),
                "o",
                color=PALETTE[0],
                markersize=10,
                markerfacecolor=PALETTE[0] if learned else "white",
                markeredgewidth=1.5,
            )


def _offset(place: int, count: int) -> float:
    """The place of one of `count` things that share a cell of width 1."""
    return 0.84 / max(count, 3) * (place - (count - 1) / 2)
