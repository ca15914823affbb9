"""Figures of stacked networks: the grid of states over time and depth, and maps of a gradient over layers and lags."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from rnnlab.plots.shapes import Point, arrow, box
from rnnlab.plots.style import (
    BLUE,
    CREAM,
    DIVERGING,
    GREEN,
    INK,
    ORANGE,
    PAGE_WIDTH,
    PAPER,
    VERMILION,
    figure_of,
    house_style,
    new_axes,
)

# In units of one step; boxes are 2 · HALF wide.
HALF = 0.3
NUMBERS = ("$1$", "$2$", "$3$", "$4$", "$5$", "$6$")


def state_grid(steps: int = 4, layers: int = 3, ax: Axes | None = None) -> Figure:
    """States of all layers as a grid, time to the right and depth upward, with one path from corner to corner.

    An arrow to the right is a product with a layer's W_hh, one upward with a layer's W_xh.

    Raises: ValueError unless there are 2 to 6 steps and layers.
    """
    if not (2 <= steps <= len(NUMBERS) and 2 <= layers <= len(NUMBERS)):
        raise ValueError(f"steps and layers must be from 2 to 6, but are {steps} and {layers}.")
    size = (PAGE_WIDTH, PAGE_WIDTH * (layers + 1.1) / (steps + 0.6))
    figure, axes = new_axes(*size) if ax is None else (figure_of(ax), ax)
    turn = steps // 2
    on_path = {(t, 1) for t in range(turn)} | {(turn - 1, layer) for layer in range(1, layers + 1)}
    on_path |= {(t, layers) for t in range(turn - 1, steps)}
    with house_style():
        for t in range(steps):
            for layer in range(layers + 1):
                here = (t, layer)
                _place(axes, here, here in on_path)
                if layer:
                    drawn = here in on_path and (t, layer - 1) in on_path and layer > 1
                    _step(axes, (t, layer - 1 + HALF), (t, layer - HALF), BLUE, drawn)
                if layer and t:
                    drawn = here in on_path and (t - 1, layer) in on_path
                    _step(axes, (t - 1 + HALF, layer), (t - HALF, layer), ORANGE, drawn)
    axes.set(xlim=(-0.4, steps - 0.6), ylim=(-0.45, layers + 0.45), aspect="equal")
    axes.axis("off")
    return figure


def layer_lag_maps(maps: Mapping[str, ArrayLike], low: float = -8.0) -> Figure:
    """A map for each kind of network: rows are layers, the first at the bottom, columns lags, colors log₁₀ of a norm.

    Shapes: each map (L, lags), all alike. White is 1, blue is less; all panels share the colors, from 10^low.

    Raises: ValueError without maps, or where they differ in shape.
    """
    arrays = {name: np.asarray(each) for name, each in maps.items()}
    if len({each.shape for each in arrays.values()}) != 1:
        raise ValueError("maps must hold at least one map, and all of one shape (L, lags).")
    rows = -(-len(arrays) // 2)
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 2.3 * rows + 0.6), layout="constrained")
        panels = figure.subplots(rows, 2, sharex=True, sharey=True, squeeze=False)
        for axes, (name, norms) in zip(panels.flat, arrays.items(), strict=False):
            L = len(norms)
            image = axes.imshow(
                norms, cmap=DIVERGING, vmin=low, vmax=-low, origin="lower", aspect="auto", interpolation="nearest",
                extent=(-0.5, norms.shape[1] - 0.5, 0.5, L + 0.5),
            )  # fmt: skip
            axes.set_title(name, fontsize=13)
            axes.set_yticks(range(1, L + 1, max(L // 4, 1)))
            levels = [level for level in (-6, -4, -2) if norms.min() < level < norms.max()]
            if levels:
                lines = axes.contour(
                    np.arange(norms.shape[1]), np.arange(1, L + 1), norms, levels=levels, colors=INK, linewidths=1,
                    linestyles="-",
                )  # fmt: skip
                axes.clabel(lines, fmt=lambda level: f"$10^{{{level:.0f}}}$", fontsize=12)
        for axes in panels.flat[len(arrays) :]:
            axes.axis("off")
        bar = figure.colorbar(image, ax=panels, label="share of the gradient", pad=0.02)
        bar.ax.set_ylim(low, 2)
        bar.set_ticks([*np.arange(low, 1, 2), 2])
        bar.ax.yaxis.set_major_formatter(lambda value, _: f"$10^{{{value:.0f}}}$")
        figure.supxlabel("lag $k$ (steps)", fontsize=13)
        figure.supylabel("layer", fontsize=13)
    return figure


def _place(axes: Axes, here: tuple[int, int], marked: bool) -> None:
    t, layer = here
    color = GREEN if layer == 0 else INK
    name = f"$x_{t + 1}$" if layer == 0 else f"$h_{t + 1}^{{({layer})}}$"
    edge, fill = VERMILION if marked else color, CREAM if layer else PAPER
    box(axes, t, layer, name, edge, fill, half=HALF, corner=0.05, size=17)


def _step(axes: Axes, start: Point, end: Point, color: str, marked: bool) -> None:
    arrow(axes, start, end, VERMILION if marked else color, linewidth=4 if marked else 2)
