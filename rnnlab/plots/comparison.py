"""Scores of many architectures with every run shown, and how their costs grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from rnnlab.plots.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PAGE_WIDTH,
    PURPLE,
    SKY,
    VERMILION,
    house_style,
    new_axes,
)

LOOKS = (
    (BLUE, "o", "-"),
    (ORANGE, "s", "--"),
    (GREEN, "D", "-."),
    (VERMILION, "^", "-"),
    (SKY, "v", "--"),
    (PURPLE, "P", "-."),
    (INK, "X", ":"),
)
Curve = tuple[Sequence[float], Sequence[float]]


def every_run(scores: Mapping[str, Sequence[float]], lines: Mapping[str, float], xlabel: str) -> Figure:
    """A row for each name with a dot for each of its runs and a bar at their median; dashed lines at the `lines`.

    Rows are sorted by their medians, the lowest at the top. Raises: ValueError without any row.
    """
    if not scores:
        raise ValueError("scores must hold at least one row, but is empty.")
    names = sorted(scores, key=lambda name: -_median(scores[name]))
    figure, axes = new_axes(PAGE_WIDTH, 1.3 + 0.34 * len(names))
    with house_style():
        for place, name in enumerate(names):
            axes.plot(scores[name], [place] * len(scores[name]), "o", color=BLUE, alpha=0.6, markersize=7)
            axes.plot(_median(scores[name]), place, "|", color=INK, markersize=18, markeredgewidth=2)
        for (name, value), look in zip(lines.items(), ("--", ":", "-."), strict=False):
            axes.axvline(value, color=VERMILION, linestyle=look, linewidth=1.8, label=name)
        axes.set_yticks(range(len(names)), names)
        axes.set_xlabel(xlabel)
        axes.grid(axis="y", color=INK, alpha=0.12, linewidth=0.8)
        if lines:
            figure.legend(loc="outside upper center", ncols=2 if len(lines) > 1 else 1, fontsize=12)
    return figure


def growths(
    panels: Mapping[str, Mapping[str, Curve]], xlabel: str, height: float = 3.2, guides: Sequence[int] = ()
) -> Figure:
    """Curves on logarithmic axes, a panel for each quantity, one below the other; a name looks the same in all.

    `guides` are exponents: a thin gray line with that slope in every panel. Raises: ValueError without any panel.
    """
    if not panels:
        raise ValueError("panels must hold at least one quantity, but is empty.")
    names = list(dict.fromkeys(name for curves in panels.values() for name in curves))
    looks = {name: LOOKS[place % len(LOOKS)] for place, name in enumerate(names)}
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, height * len(panels) + 0.7), layout="constrained")
        every = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
        handles = {}
        for axes, (quantity, curves) in zip(every, panels.items(), strict=True):
            for name, (x, y) in curves.items():
                color, marker, line = looks[name]
                (handles[name],) = axes.loglog(x, y, marker=marker, linestyle=line, color=color, markersize=7)
            _guide(axes, list(curves.values()), guides)
            axes.set_ylabel(quantity)
        lengths = sorted({x for curves in panels.values() for xs, _ in curves.values() for x in xs})
        every[-1].set_xticks(lengths, [f"{x:,.0f}" for x in lengths])
        every[-1].xaxis.set_minor_formatter(NullFormatter())
        every[-1].set_xlabel(xlabel)
        columns = 3 if len(names) > 4 else 2
        figure.legend(
            handles.values(), handles.keys(), loc="outside upper center", ncols=columns, fontsize=12
        )
    return figure


def _guide(axes: Axes, curves: Sequence[Curve], exponents: Sequence[int]) -> None:
    """Thin gray lines with the slopes of these powers, from the lowest first point on."""
    first = min(x[0] for x, _ in curves)
    last = max(x[-1] for x, _ in curves)
    low = min(y[0] for _, y in curves)
    for power in exponents:
        end = low * (last / first) ** power
        axes.loglog([first, last], [low, end], color=INK, alpha=0.3, linewidth=1, zorder=0)
        axes.annotate(
            f"$\\propto T^{power}$" if power != 1 else "$\\propto T$",
            (last, end),
            fontsize=12,
            va="bottom",
            ha="right",
        )


def plain_numbers(axes: Axes) -> None:
    """Numbers like 0.1 and 10 at a logarithmic axis instead of powers of ten."""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
