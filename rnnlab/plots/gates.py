"""Gates at work: what they do at each letter of a text, many units of one gate, or all gates of one unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from rnnlab.plots.style import DIVERGING, PAGE_WIDTH, figure_of, house_style, new_axes


def units_over_text(
    gate: ArrayLike, text: str, units: Sequence[int], label: str = "forget gate", ax: Axes | None = None
) -> Figure:
    """One gate of several units: a row for each unit, a column for each letter; white is closed, dark is open.

    Shapes: gate (T, U), between 0 and 1, for T letters of `text` and U `units`, which are counted from 0.

    Raises: ValueError for another number of letters or units, or a value that no gate can have.
    """
    values = np.asarray(gate)
    if values.shape != (len(text), len(units)):
        raise ValueError(f"gate must have the shape ({len(text)}, {len(units)}), not {values.shape}.")
    if values.min() < 0 or values.max() > 1:
        raise ValueError("gate must lie between 0 and 1. Is it a candidate or a cell state?")
    figure, axes = new_axes(PAGE_WIDTH, 1.3 + 0.28 * len(units)) if ax is None else (figure_of(ax), ax)
    with house_style():
        _draw(axes, values.T, text, [f"{unit + 1}" for unit in units], "Blues", 0, 1, label)
        axes.set_ylabel("hidden unit")
    return figure


def one_unit_over_text(gates: Mapping[str, ArrayLike], states: Mapping[str, ArrayLike], text: str) -> Figure:
    """All that one unit does: above its gates, from closed (white) to open, below values between −1 and 1.

    Shapes: each array (T), for T letters of `text`.

    Raises: ValueError for another number of letters.
    """
    for name, values in (*gates.items(), *states.items()):
        if np.shape(values) != (len(text),):
            raise ValueError(f"{name!r} must have one value for each of {len(text)} letters.")
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 2.0 + 0.36 * (len(gates) + len(states))), layout="constrained")
        above, below = figure.subplots(2, 1, height_ratios=[len(gates), len(states)])
        for axes, rows, colors, low, label in (
            (above, gates, "Blues", 0, "gate"),
            (below, states, DIVERGING, -1, "value"),
        ):
            table = np.stack([np.asarray(values) for values in rows.values()])
            _draw(axes, table, text, list(rows), colors, low, 1, label)
        above.set_xlabel("")
    return figure


def _draw(
    axes: Axes,
    table: np.ndarray,
    text: str,
    rows: Sequence[str],
    colors: str,
    low: float,
    high: float,
    label: str,
) -> None:
    image = axes.imshow(table, cmap=colors, vmin=low, vmax=high, aspect="auto", interpolation="nearest")
    figure_of(axes).colorbar(image, ax=axes, label=label, pad=0.02, ticks=sorted({low, 0, high}))
    axes.set_xticks(range(len(text)), ["␣" if letter == " " else letter for letter in text], fontsize=13)
    axes.set_yticks(range(len(rows)), rows)
    axes.set_xlabel("letter just read")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
