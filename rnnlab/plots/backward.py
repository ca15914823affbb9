"""The way of the gradient drawn by code: back through the unrolled network, and what truncation leaves of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from numpy.typing import ArrayLike

from rnnlab.plots.shapes import arrow, box
from rnnlab.plots.style import (
    BLUE,
    CREAM,
    INK,
    ORANGE,
    PAGE_WIDTH,
    PAPER,
    VERMILION,
    figure_of,
    house_style,
    new_axes,
)

# Inches, so that boxes and letters keep their size whatever the number of steps.
HALF_BOX, PITCH, START, MARGIN = 0.27, 1.75, 0.55, 0.75
WEIGHTS_ROW, H_ROW, LOSS_ROW, HEIGHT = 0.4, 1.75, 3.1, 3.6
FORWARD = "#999999"
_box = partial(box, half=HALF_BOX)
_arrow = partial(arrow, head=14)


def backward_through_time(steps: int = 3, ax: Axes | None = None) -> Figure:
    """The unrolled network with the gradient's way: from each loss to its state, to the state before, to the weights.

    Gray arrows are the forward pass, blue and red ones the backward pass. Raises: ValueError for fewer than two steps.
    """
    if steps < 2:
        raise ValueError(f"steps must be at least 2, so that a gradient goes through time, but is {steps}.")
    width = START + steps * PITCH + MARGIN
    figure, axes = new_axes(width, HEIGHT) if ax is None else (figure_of(ax), ax)
    with house_style():
        _box(axes, START, H_ROW, "$h_0$", ORANGE, CREAM)
        axes.text(START, H_ROW - 0.52, r"$\delta_0$", color=VERMILION, fontsize=16, ha="center")
        for t in range(1, steps + 1):
            _column(axes, START + t * PITCH, t)
        left = START + PITCH - HALF_BOX - 0.3
        _bar(
            axes,
            left,
            width - MARGIN + HALF_BOX + 0.3,
            r"$W_{xh},\ W_{hh},\ b_h$   (one set, used at every step)",
        )
    axes.set(xlim=(0, width), ylim=(0, HEIGHT), aspect="equal")
    axes.axis("off")
    return figure


def _column(axes: Axes, place: float, t: int) -> None:
    """One time step: its loss, its state, and the arrows that meet there."""
    before = place - PITCH
    _box(axes, place, LOSS_ROW, f"$L_{t}$", BLUE, PAPER)
    _box(axes, place, H_ROW, f"$h_{t}$", ORANGE, CREAM)
    _arrow(axes, (before + HALF_BOX, H_ROW + 0.13), (place - HALF_BOX, H_ROW + 0.13), FORWARD)
    _arrow(axes, (place - HALF_BOX, H_ROW - 0.13), (before + HALF_BOX, H_ROW - 0.13), VERMILION)
    middle = (before + place) / 2
    axes.text(middle, H_ROW - 0.5, rf"$J_{t}^\top \delta_{t}$", color=VERMILION, fontsize=15, ha="center")
    _arrow(axes, (place - 0.1, H_ROW + HALF_BOX), (place - 0.1, LOSS_ROW - HALF_BOX), FORWARD)
    _arrow(axes, (place + 0.1, LOSS_ROW - HALF_BOX), (place + 0.1, H_ROW + HALF_BOX), BLUE)
    label = rf"$\partial^+\! L_{t}/\partial h_{t}$"
    axes.text(place + 0.17, (H_ROW + LOSS_ROW) / 2, label, color=BLUE, fontsize=14, va="center")
    _arrow(axes, (place, H_ROW - HALF_BOX), (place, WEIGHTS_ROW + 0.22), VERMILION)
    axes.text(
        place + 0.08, (H_ROW + WEIGHTS_ROW) / 2, rf"$\bar a_{t}$", color=VERMILION, fontsize=15, va="center"
    )


def terms(sizes: ArrayLike, window: int) -> Figure:
    """Which terms of the double sum over t and k three gradients hold: the whole one, sliding windows and chunked ones.

    Shapes: sizes (T, T), the size of ∂L_t/∂h_k in row t and column k, 0 above the diagonal. Colors are logarithmic.

    Raises: ValueError unless sizes is square, or for a window below 1.
    """
    size = np.asarray(sizes, float)
    if size.ndim != 2 or size.shape[0] != size.shape[1] or window < 1:
        raise ValueError(
            f"sizes must have the shape (T, T) and window be 1 or more, but they are {size.shape} and {window}."
        )
    t, k = np.indices(size.shape)
    kept: Sequence[tuple[str, Any]] = (
        ("whole", k <= t),
        (f"sliding, $\\tau = {window}$", (k <= t) & (t - k < window)),
        (f"chunked, $\\tau = {window}$", (k <= t) & (t // window == k // window)),
    )
    positive = size[(k <= t) & (size > 0)]
    norm = LogNorm(positive.min(), positive.max())
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 3.2), layout="constrained")
        panels = figure.subplots(1, 3, sharey=True)
        for axes, (title, holds) in zip(panels, kept, strict=True):
            image = axes.imshow(
                np.where(holds, size, np.nan), norm=norm, cmap="viridis_r", interpolation="nearest"
            )
            axes.set(title=title, xlabel="step $k$")
            last = len(size) - 1
            axes.set_xticks([0, last], ["1", f"{last + 1}"])
            axes.set_yticks([0, last], ["1", f"{last + 1}"])
        panels[0].set_ylabel("loss $t$")
        figure.colorbar(
            image, ax=panels, label=r"$\Vert\partial L_t / \partial h_k\Vert$", pad=0.02, shrink=0.8
        )
    return figure


def _bar(axes: Axes, left: float, right: float, text: str) -> None:
    bar = FancyBboxPatch((left, WEIGHTS_ROW - 0.15), right - left, 0.3, boxstyle="round,pad=0.05")
    bar.set(edgecolor=INK, facecolor=PAPER, linewidth=1.5)
    axes.add_patch(bar)
    axes.text((left + right) / 2, WEIGHTS_ROW, text, ha="center", va="center", fontsize=14)
