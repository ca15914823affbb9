"""Grids of a batch: a row for each sequence, a square for each step, its color what the step is for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from rnnlab.plots.style import GREEN, INK, SKY, figure_of, house_style, new_axes

PADDING = "#D9D9D9"
READ = "#E3F3ED"


def step_grid(
    texts: Sequence[Sequence[str]],
    mask: ArrayLike,
    scored: ArrayLike,
    title: str = "",
    ax: Axes | None = None,
) -> Figure:
    """What each step of a batch is for: blue where the loss counts it, pale where it is read only, gray at padding.

    Shapes: mask and scored (T, B); `texts` holds B sequences of what is fed, each as long as its real steps.

    Raises: ValueError where the shapes differ, or a text has another length than its mask.
    """
    real, counted = np.asarray(mask, bool), np.asarray(scored, bool)
    _expect_batch(texts, real, counted)
    T, B = real.shape
    figure, axes = new_axes(min(7.0, 0.6 + 0.48 * T), 0.5 + 0.48 * B) if ax is None else (figure_of(ax), ax)
    with house_style():
        for t, b in np.ndindex(T, B):
            color = PADDING if not real[t, b] else SKY if counted[t, b] else READ
            edge = INK if real[t, b] and counted[t, b] else "white" if not real[t, b] else GREEN
            square = Rectangle(
                (t + 0.06, B - 1 - b + 0.06), 0.88, 0.88, facecolor=color, edgecolor=edge, linewidth=1.2
            )
            axes.add_patch(square)
            if real[t, b]:
                text = str(texts[b][t])
                axes.text(
                    t + 0.5, B - 0.5 - b, "␣" if text == " " else text, ha="center", va="center", fontsize=14
                )
        axes.set_title(title, loc="left")
    axes.set(xlim=(0, T), ylim=(0, B), aspect="equal")
    axes.axis("off")
    return figure


def _expect_batch(texts: Sequence[Sequence[str]], real: np.ndarray, counted: np.ndarray) -> None:
    if real.ndim != 2 or real.shape != counted.shape:
        raise ValueError(
            f"mask and scored must both have the shape (T, B), but have {real.shape} and {counted.shape}."
        )
    lengths = [len(text) for text in texts]
    if lengths != real.sum(axis=0).tolist():
        raise ValueError(
            f"texts must name each real step of their sequence, so have the lengths {real.sum(axis=0).tolist()}, "
            f"but have {lengths}."
        )
