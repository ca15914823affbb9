"""Pictures of networks that read both ways: the wiring, two ways of reversing a padded batch, and who sees what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from rnnlab.plots.shapes import arrow, box
from rnnlab.plots.style import (
    BLUE,
    CREAM,
    GREEN,
    INK,
    ORANGE,
    PAGE_WIDTH,
    PAPER,
    VERMILION,
    house_style,
    new_axes,
)

PITCH, BOX, BEND = 1.35, 0.52, 0.42
ROWS = {"x": 0.0, "right": 1.15, "left": 2.15, "y": 3.3}
PADDING = "#D9D9D9"


def wiring(steps: int = 4) -> Figure:
    """A bidirectional network over `steps` steps: two rows of states, one read to the right and one to the left.

    Raises: ValueError for fewer than two steps.
    """
    if steps < 2:
        raise ValueError(f"steps must be at least 2, so that there are two directions, but is {steps}.")
    figure, axes = new_axes(min(PAGE_WIDTH, 1.6 + PITCH * steps), 4.2)
    with house_style():
        for t in range(1, steps + 1):
            _step(axes, t)
            if t < steps:
                _arrow(axes, (t, "right"), (t + 1, "right"), VERMILION)
                _arrow(axes, (t + 1, "left"), (t, "left"), BLUE)
    axes.set(xlim=(0.5 * PITCH, (steps + 0.5) * PITCH), ylim=(-0.4, 3.7), aspect="equal")
    axes.axis("off")
    return figure


def _step(axes: Axes, t: int) -> None:
    """The four boxes of a step. The arrows past a row bend around its box."""
    place = t * PITCH
    for row, text, edge, fill in (
        ("x", f"$x_{t}$", GREEN, PAPER),
        ("right", rf"$\overrightarrow{{h}}_{t}$", VERMILION, CREAM),
        ("left", rf"$\overleftarrow{{h}}_{t}$", BLUE, CREAM),
        ("y", f"$y_{t}$", INK, PAPER),
    ):
        box(axes, place, ROWS[row], text, edge, fill, half=BOX / 2, corner=0.06, size=16)
    _arrow(axes, (t, "x"), (t, "right"), GREEN)
    _arrow(axes, (t, "x"), (t, "left"), GREEN, bend=BEND)
    _arrow(axes, (t, "right"), (t, "y"), INK, bend=-BEND)
    _arrow(axes, (t, "left"), (t, "y"), INK)


def _arrow(axes: Axes, start: tuple[int, str], end: tuple[int, str], color: str, bend: float = 0.0) -> None:
    (t, row), (u, other) = start, end
    a, b = np.array([t * PITCH, ROWS[row]]), np.array([u * PITCH, ROWS[other]])
    if bend:  # from the side of one box, past the box between, to the lower edge of the other
        side = np.sign(bend) * BOX / 2
        a, b = a + np.array([side, 0.0]), b + np.array([side / 2, -BOX / 2])
    else:
        way = (b - a) / np.linalg.norm(b - a)
        a, b = a + way * BOX / 2, b - way * BOX / 2
    arrow(axes, (a[0], a[1]), (b[0], b[1]), color, head=14, bend=bend, linewidth=1.8)


def padded_batches(batches: Mapping[str, Sequence[str]], padding: str = "·") -> Figure:
    """Batches of texts one below the other, a row for each text, a column for each step; padding squares are gray.

    Raises: ValueError without a batch, or where the texts of a batch differ in length.
    """
    lengths = {len(text) for texts in batches.values() for text in texts}
    if len(lengths) != 1:
        raise ValueError(
            f"all texts must have one length, padding included, but have the lengths {sorted(lengths)}."
        )
    T = lengths.pop()
    with house_style():
        rows = max(len(texts) for texts in batches.values())
        figure = Figure(
            figsize=(min(PAGE_WIDTH, 1 + 0.62 * T), len(batches) * (0.5 + 0.5 * rows)), layout="constrained"
        )
        panels = figure.subplots(len(batches), 1, squeeze=False)[:, 0]
        for axes, (title, texts) in zip(panels, batches.items(), strict=True):
            for row, t in np.ndindex(len(texts), T):
                letter = texts[row][t]
                real = letter != padding
                color, edge = (CREAM, ORANGE) if real else (PADDING, "#8A8A8A")
                axes.add_patch(
                    Rectangle(
                        (t + 0.05, row + 0.05), 0.9, 0.9, facecolor=color, edgecolor=edge, linewidth=1.2
                    )
                )
                if real:
                    axes.text(t + 0.5, row + 0.52, letter, ha="center", va="center", fontsize=15)
            axes.set(xlim=(0, T), ylim=(len(texts), 0), aspect="equal")
            axes.set_title(title, loc="left")
            axes.axis("off")
    return figure


def who_sees_what(sizes: Mapping[str, ArrayLike]) -> Figure:
    """A panel for each network: how strongly the answer for step t depends on the input at step s, as gray squares.

    Shapes: each (T, T), a row for each answer and a column for each input. Each panel is scaled to its own largest
    entry. The line is s = t: right of it is the future.

    Raises: ValueError without a network or for a table that is not square.
    """
    tables = {name: np.asarray(table) for name, table in sizes.items()}
    if not tables or any(table.ndim != 2 or table.shape[0] != table.shape[1] for table in tables.values()):
        raise ValueError("sizes must hold at least one square table (T, T): a row for each answer.")
    with house_style():
        width = PAGE_WIDTH / len(tables)
        figure = Figure(figsize=(PAGE_WIDTH, width + 1.35), layout="constrained")
        panels = figure.subplots(1, len(tables), sharey=True, squeeze=False)[0]
        for axes, (name, table) in zip(panels, tables.items(), strict=True):
            T = len(table)
            edges = (0.5, T + 0.5, T + 0.5, 0.5)
            image = axes.imshow(table / (table.max() or 1), cmap="Blues", vmin=0, vmax=1, extent=edges)
            axes.plot([0.5, T + 0.5], [0.5, T + 0.5], color=VERMILION, linewidth=1)
            axes.set(title=name, xlabel="input step $s$")
            axes.xaxis.get_major_locator().set_params(integer=True)
        panels[0].set_ylabel("answer for step $t$")
        figure.colorbar(
            image, ax=list(panels), location="bottom", shrink=0.6, aspect=30, label="dependence, largest = 1"
        )
    return figure
