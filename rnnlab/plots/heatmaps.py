"""Heat maps over time: what each hidden unit does while the network reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from rnnlab.plots.style import DIVERGING, PAGE_WIDTH, figure_of, house_style, new_axes


def hidden_states(
    h: ArrayLike,
    labels: Sequence[str] | None = None,
    title: str = "",
    limit: float | None = None,
    ax: Axes | None = None,
) -> Figure:
    """The states of one sequence as a heat map: a column for each time step, a row for each hidden unit.

    Shapes: h (T, H); `labels` are the T inputs, such as the letters of a word, and stand under the columns. White is
    zero, and the darkest colors are ±`limit`, by default the largest |h|.

    Raises: ValueError for a wrong shape, number of labels or limit.
    """
    states = np.asarray(h)
    _expect_states(states, labels, limit)
    T, H = states.shape
    figure, axes = new_axes(*_size(T, H)) if ax is None else (figure_of(ax), ax)
    bound = limit or float(np.abs(states).max()) or 1.0
    with house_style():
        image = axes.imshow(
            states.T, cmap=DIVERGING, vmin=-bound, vmax=bound, aspect="auto", interpolation="nearest"
        )
        figure.colorbar(image, ax=axes, label="hidden state $h$", pad=0.02)
        _label_steps(axes, T, labels)
        _label_units(axes, H)
        axes.set_title(title)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def _size(T: int, H: int) -> tuple[float, float]:
    """Cells of about half an inch, as far as the page allows."""
    return min(PAGE_WIDTH, 2.4 + 0.45 * T), min(6.0, max(2.2, 1.3 + 0.22 * H))


def _label_steps(axes: Axes, T: int, labels: Sequence[str] | None) -> None:
    if labels is None:
        every = -(-T // 10)
        axes.set_xticks(range(0, T, every), [str(t + 1) for t in range(0, T, every)])
        axes.set_xlabel("time step $t$")
    else:
        axes.set_xticks(range(T), [_visible(label) for label in labels], fontsize=14)
        axes.set_xlabel("input at each time step")


def _label_units(axes: Axes, H: int) -> None:
    every = -(-H // 8)
    axes.set_yticks(range(0, H, every), [str(unit + 1) for unit in range(0, H, every)])
    axes.set_ylabel("hidden unit")


def _visible(label: str) -> str:
    return "␣" if label == " " else label


def _expect_states(states: np.ndarray, labels: Sequence[str] | None, limit: float | None) -> None:
    if states.ndim != 2 or 0 in states.shape:
        raise ValueError(
            f"h must have the shape (T, H), one sequence, but has the shape {states.shape}. "
            "Choose one sequence of a batch by h[:, b]."
        )
    if labels is not None and len(labels) != len(states):
        raise ValueError(
            f"labels must name each of the T = {len(states)} steps, but there are {len(labels)}."
        )
    if limit is not None and limit <= 0:
        raise ValueError(f"limit must be positive, but is {limit}.")
