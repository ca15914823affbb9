"""Heat maps over time: what each hidden unit does while the network reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from rnnlab.plots.style import DIVERGING, house_style, new_axes


def hidden_states(
    h: ArrayLike,
    labels: Sequence[str] | None = None,
    title: str = "",
    limit: float | None = None,
    ax: Axes | None = None,
) -> Figure:
    """The states of one sequence as a heat map: a row for each unit, a column for each time step.

    Shapes: h (T, H); `labels` are the T inputs, shown under the columns. `limit` is the value of the darkest color,
    the largest |h| by default; white is zero. Raises `ValueError` for another shape or number of labels.
    """
    states = np.asarray(h)
    if states.ndim != 2:
        raise ValueError(
            f"h should have shape (T, H), one sequence, but {states.shape} came; choose one with h[:, b]"
        )
    T, H = states.shape
    if labels is not None and len(labels) != T:
        raise ValueError(f"labels should name each of the T={T} steps, but {len(labels)} came")
    with house_style():
        figure, axes = (
            new_axes(max(4.0, 1.6 + 0.45 * T), max(2.4, 1.2 + 0.22 * H)) if ax is None else _given(ax)
        )
        bound = limit if limit is not None else float(np.abs(states).max()) or 1.0
        image = axes.imshow(
            states.T, cmap=DIVERGING, vmin=-bound, vmax=bound, aspect="auto", interpolation="nearest"
        )
        figure.colorbar(image, ax=axes, label="hidden state $h$")
        _label_axes(axes, T, H, labels, title)
    return figure


def _given(ax: Axes) -> tuple[Figure, Axes]:
    figure = ax.get_figure(root=True)
    assert figure is not None, "axes that belong to no figure cannot be drawn on"
    return figure, ax


def _label_axes(axes: Axes, T: int, H: int, labels: Sequence[str] | None, title: str) -> None:
    steps = [str(t + 1) for t in range(T)] if labels is None else [_visible(label) for label in labels]
    axes.set_xticks(range(T), steps, fontfamily="monospace" if labels is not None else None)
    axes.set_xlabel("time step $t$" if labels is None else "input at each time step")
    every = max(1, H // 8)
    axes.set_yticks(range(0, H, every), [str(unit + 1) for unit in range(0, H, every)])
    axes.set_ylabel("hidden unit")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title(title)


def _visible(label: str) -> str:
    return "␣" if label == " " else label
