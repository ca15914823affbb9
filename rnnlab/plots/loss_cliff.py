"""A loss over two parameters as a landscape, and the paths of descents through it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from rnnlab.plots.style import (
    CREAM,
    INK,
    ORANGE,
    PAGE_WIDTH,
    PALETTE,
    VERMILION,
    figure_of,
    house_style,
    new_axes,
)

PATH_COLORS = (VERMILION, ORANGE, *PALETTE)
PATH_MARKERS = "o^sD"


def landscape(
    xs: ArrayLike,
    ys: ArrayLike,
    loss: ArrayLike,
    paths: Mapping[str, ArrayLike] | None = None,
    labels: tuple[str, str] = ("$w$", "$b$"),
    ax: Axes | None = None,
) -> Figure:
    """A loss as shades from light (small) to dark, and paths over it. A path that leaves the map leaves it as an arrow.

    Shapes: xs (X), ys (Y), loss (Y, X), each path (n, 2).

    Raises: ValueError if the loss has another shape.
    """
    x, y, L = np.asarray(xs), np.asarray(ys), np.asarray(loss)
    if L.shape != (len(y), len(x)):
        raise ValueError(f"loss must have the shape {(len(y), len(x))}, but has the shape {L.shape}.")
    figure, axes = new_axes(PAGE_WIDTH, 5.0) if ax is None else (figure_of(ax), ax)
    with house_style():
        image = axes.pcolormesh(x, y, L, cmap="Blues", shading="nearest", rasterized=True)
        figure.colorbar(image, ax=axes, label="loss", pad=0.02)
        for place, (label, path) in enumerate((paths or {}).items()):
            _draw_path(axes, np.asarray(path), label, place)
        axes.set(xlabel=labels[0], ylabel=labels[1], xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
        if paths:
            figure.legend(loc="outside upper center", ncols=len(paths), fontsize=12)
    return figure


def _draw_path(axes: Axes, path: np.ndarray, label: str, place: int) -> None:
    color = PATH_COLORS[place % len(PATH_COLORS)]
    axes.plot(
        *path.T,
        color=color,
        marker=PATH_MARKERS[place % len(PATH_MARKERS)],
        markersize=3,
        linewidth=1.2,
        label=label,
    )
    axes.plot(*path[0], "o", color=CREAM, markeredgecolor=INK, markersize=9, zorder=5)
