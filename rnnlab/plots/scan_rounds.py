"""Parallel scans drawn: a column for each step, a row for each round, and a line for each step that is composed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnlab.plots.style import BLUE, INK, PAGE_WIDTH, PAPER, VERMILION, house_style

Rounds = Sequence[Sequence[tuple[int, int]]]


def scan_rounds(scans: Mapping[str, Rounds], T: int) -> Figure:
    """One panel for each name, one beside the other: time runs to the right, the rounds go down.

    A filled circle composes what stands above it with the circle at the end of its red line; an empty one waits.
    Raises: ValueError without any scan.
    """
    if not scans:
        raise ValueError("scans must hold at least one name with its rounds, but is empty.")
    most = max(len(rounds) for rounds in scans.values())
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 1.3 + 0.62 * most), layout="constrained")
        for axes, (name, rounds) in zip(
            figure.subplots(1, len(scans), squeeze=False)[0], scans.items(), strict=True
        ):
            _panel(axes, rounds, T)
            axes.set_title(name, fontsize=13)
            axes.set_ylim(-most - 0.4, 0.4)
    return figure


def _panel(axes: Axes, rounds: Rounds, T: int) -> None:
    for row, pairs in enumerate(rounds, start=1):
        for t in range(T):
            axes.plot([t, t], [1 - row, -row], color=INK, linewidth=0.8, alpha=0.35, zorder=1)
        for earlier, later in pairs:
            axes.plot([earlier, later], [1 - row, -row], color=VERMILION, linewidth=1.6, zorder=2)
        busy = [later for _, later in pairs]
        axes.plot(range(T), [-row] * T, "o", color=PAPER, markeredgecolor=BLUE, markersize=8, zorder=3)
        axes.plot(busy, [-row] * len(busy), "o", color=BLUE, markersize=8, zorder=4)
    axes.plot(range(T), [0] * T, "s", color=INK, markersize=7, zorder=3)
    axes.set_xticks(range(T), [str(t + 1) for t in range(T)])
    axes.set_yticks(
        [-row for row in range(len(rounds) + 1)], ["inputs", *(str(r + 1) for r in range(len(rounds)))]
    )
    axes.set(xlabel="step $t$", ylabel="round")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
