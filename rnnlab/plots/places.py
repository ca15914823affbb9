"""Where in a sequence something is known: accuracy by place, and which squares of a padded batch are real."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from rnnlab.plots.style import (
    BLUE,
    CREAM,
    GREEN,
    INK,
    ORANGE,
    PAGE_WIDTH,
    VERMILION,
    house_style,
    new_axes,
)

SHADE, PADDING = "#E8E8E8", "#D9D9D9"
LINES = ((VERMILION, "s-"), (BLUE, "o-"), (GREEN, "^:"))


def right_by_place(
    right: Mapping[tuple[str, str], ArrayLike],
    learned: Mapping[str, Sequence[int]],
    names: Sequence[str],
    chance: float = 0.5,
) -> Figure:
    """A panel for each choice of learned places, which are shaded: each network's share of right answers, every run.

    Shapes: right[choice, name] (runs, places). At most three names.
    """
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 2.3 * len(learned) + 0.5), layout="constrained")
        panels = figure.subplots(len(learned), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
        for axes, (choice, places) in zip(panels, learned.items(), strict=True):
            for place in places:
                axes.axvspan(place - 0.5, place + 0.5, color=SHADE, linewidth=0)
            axes.axhline(100 * chance, color=INK, linestyle="--", linewidth=1.2)
            for name, (color, style) in zip(names, LINES, strict=False):
                _runs(axes, np.asarray(right[choice, name]), color, style, name)
            axes.set_title(f"learned: {choice}", loc="left")
            axes.set(xlim=(-0.5, axes.dataLim.x1 + 0.5), ylim=(-4, 107), yticks=(0, 50, 100))
        panels[-1].set_xlabel("place of the word's first letter")
        panels[0].xaxis.get_major_locator().set_params(integer=True)
        figure.supylabel("right on held-out snippets (%)", fontsize=13)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper right", ncols=len(names))
    return figure


def _runs(axes: Axes, shares: np.ndarray, color: str, style: str, name: str) -> None:
    for run, share in enumerate(shares):
        label = name if run == 0 else None
        axes.plot(100 * share, style, color=color, linewidth=1.4, markersize=4.5, alpha=0.85, label=label)


def padded_batch(texts: Sequence[str]) -> Figure:
    """A batch of texts as a rectangle: a row for each text, a column for each step, gray squares for padding."""
    T = max(map(len, texts))
    figure, axes = new_axes(min(PAGE_WIDTH, 0.6 + 0.55 * T), 0.9 + 0.5 * len(texts))
    with house_style():
        for row, text in enumerate(texts):
            for step in range(T):
                real = step < len(text)
                square = Rectangle((step + 0.55, row - 0.45), 0.9, 0.9)
                square.set(facecolor=CREAM if real else PADDING, edgecolor=ORANGE if real else PADDING)
                axes.add_patch(square)
                if real:
                    letter = "␣" if text[step] == " " else text[step]
                    axes.text(step + 1, row, letter, ha="center", va="center", fontsize=16)
        axes.set(xlim=(0.4, T + 0.6), ylim=(len(texts) - 0.4, -0.6), xlabel="step $t$", ylabel="sequence $b$")
        axes.set_xticks(range(1, T + 1))
        axes.set_yticks(range(len(texts)), [str(b + 1) for b in range(len(texts))])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    return figure
