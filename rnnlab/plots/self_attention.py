"""Who looks at whom: masks of attention and alignments as pictures, a row for each query and a column for each key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from rnnlab.plots.style import BLUE, INK, PAGE_WIDTH, PAPER, house_style


def masks(allowed: Mapping[str, ArrayLike], columns: int = 2) -> Figure:
    """One panel for each name: squares (T_q, T_k), blue where the query of the row may look at the key of the column.

    Raises: ValueError without any mask, or for one that is not two-dimensional.
    """
    if not allowed:
        raise ValueError("allowed must hold at least one name with its mask, but is empty.")
    rows = -(-len(allowed) // columns)
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 3.5 * rows), layout="constrained")
        panels = figure.subplots(rows, columns, squeeze=False)
        for axes, (name, mask) in zip(panels.flat, allowed.items(), strict=False):
            _squares(axes, np.asarray(mask, bool), name)
        for axes in panels.flat[len(allowed) :]:
            axes.axis("off")
    return figure


def alignments(weights: Mapping[str, ArrayLike], tokens: Sequence[str]) -> Figure:
    """One panel for each name: weights (T, T), from white, 0, to the darkest blue, 1, with the tokens at both axes.

    Raises: ValueError without any weights, or for another number of tokens.
    """
    if not weights:
        raise ValueError("weights must hold at least one name with its weights, but is empty.")
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 0.6 + PAGE_WIDTH / len(weights)), layout="constrained")
        panels = figure.subplots(1, len(weights), squeeze=False, sharey=True)[0]
        for axes, (name, values) in zip(panels, weights.items(), strict=True):
            alpha = np.asarray(values)
            if alpha.shape != (len(tokens), len(tokens)):
                raise ValueError(
                    f"weights must have the shape ({len(tokens)}, {len(tokens)}), a row and a column for each of the "
                    f"tokens, but those of {name!r} have the shape {alpha.shape}."
                )
            axes.imshow(alpha, cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
            axes.set_xticks(range(len(tokens)), tokens)
            axes.set_yticks(range(len(tokens)), tokens)
            axes.set_title(name)
            axes.set_xlabel("key: looked at")
            axes.tick_params(length=0)
        panels[0].set_ylabel("query: who looks")
        figure.colorbar(panels[0].images[0], ax=list(panels), label="weight", shrink=0.7, pad=0.02)
    return figure


def _squares(axes: Axes, mask: np.ndarray, name: str) -> None:
    if mask.ndim != 2:
        raise ValueError(f"the mask {name!r} must have the shape (T_q, T_k), but has the shape {mask.shape}.")
    T_q, T_k = mask.shape
    for i in range(T_q):
        for j in range(T_k):
            color = BLUE if mask[i, j] else PAPER
            square = Rectangle((j - 0.45, i - 0.45), 0.9, 0.9, facecolor=color, edgecolor=INK, linewidth=0.8)
            axes.add_patch(square)
    axes.set_xticks(range(T_k), [str(j + 1) for j in range(T_k)])
    axes.set_yticks(range(T_q), [str(i + 1) for i in range(T_q)])
    axes.set(
        xlabel="key, step",
        ylabel="query, step",
        xlim=(-0.6, T_k - 0.4),
        ylim=(T_q - 0.4, -0.6),
        aspect="equal",
    )
    axes.set_title(name)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
