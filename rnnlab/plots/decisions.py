"""Decision pictures: the probability that a network gives for every pair of two numbers, corners marked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from rnnlab.plots.style import DIVERGING, INK, PAGE_WIDTH, PAPER, house_style

CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))


def plane(low: float = -0.3, high: float = 1.3, points: int = 81) -> tuple[NDArray, NDArray]:
    """A grid of pairs (first, second): two arrays (points, points); the first grows to the right, the second upwards.

    >>> first, second = plane(0.0, 1.0, 2)
    >>> first.tolist(), second.tolist()
    ([[0.0, 1.0], [0.0, 1.0]], [[0.0, 0.0], [1.0, 1.0]])
    """
    line = np.linspace(low, high, points)
    first, second = np.meshgrid(line, line)
    return first, second


def xor_planes(probabilities: Mapping[str, ArrayLike], low: float = -0.3, high: float = 1.3) -> Figure:
    """One panel for each network: the probability of "different" over the plane of two inputs, with its line at 1/2.

    Shapes: each (n, n), as made from `plane`. The four pairs of bits are drawn as squares where they differ, and as
    circles where they are equal.

    Raises: ValueError without a network or for a grid that is not square.
    """
    grids = {name: np.asarray(p) for name, p in probabilities.items()}
    if not grids or any(p.ndim != 2 or p.shape[0] != p.shape[1] for p in grids.values()):
        raise ValueError("probabilities must hold at least one square grid (n, n), as made from `plane`.")
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 1.1 + 0.85 * PAGE_WIDTH / len(grids)), layout="constrained")
        panels = figure.subplots(1, len(grids), sharey=True, squeeze=False)[0]
        for axes, (name, p) in zip(panels, grids.items(), strict=True):
            extent = (low, high, low, high)
            image = axes.imshow(p, cmap=DIVERGING, vmin=0, vmax=1, origin="lower", extent=extent)
            if p.min() < 0.5 < p.max():
                axes.contour(p, levels=[0.5], colors=[INK], linewidths=1.5, extent=extent)
            for x, y in CORNERS:
                shape = "s" if x != y else "o"
                axes.plot(x, y, shape, color=PAPER, markeredgecolor=INK, markeredgewidth=2, markersize=11)
            axes.set(title=name, xlabel="earlier input", xticks=(0, 1), yticks=(0, 1))
        panels[0].set_ylabel("input now")
        label = 'probability of "different"'
        figure.colorbar(image, ax=list(panels), location="bottom", label=label, shrink=0.7, aspect=30)
    return figure
