"""Alignments as heat maps: how much of each source token was read for each target token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnlab.plots.style import DIVERGING, INK, PAGE_WIDTH, house_style

CELL, ROOM, READABLE = 0.34, 0.95, 0.05


@dataclass(frozen=True)
class Table:
    """Numbers (T_y, T_x), the tokens of its rows and of its columns, and a title.

    `signed` tables may hold any numbers and are drawn in two colors, white at zero; the others hold shares from 0 to 1.
    """

    numbers: np.ndarray
    targets: Sequence[str]
    source: Sequence[str]
    title: str = ""
    signed: bool = False


def alignments(tables: Sequence[Table], columns: int = 3) -> Figure:
    """One heat map for each table, the first target token on top; shares from 5 % on stand in their cells, in percent.

    Raises: ValueError for no table, or one whose tokens do not fit its numbers.
    """
    _expect_tables(tables)
    rows = -(-len(tables) // columns)
    tallest = max(len(table.targets) for table in tables)
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, rows * (CELL * tallest + ROOM)), layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, table in zip(grid, tables, strict=False):
            _heat_map(axes, table)
        for axes in grid[len(tables) :]:
            axes.axis("off")
    return figure


def _heat_map(axes: Axes, table: Table) -> None:
    numbers = np.asarray(table.numbers)
    bound = float(np.abs(numbers).max()) or 1.0
    low, high, colors = (-bound, bound, DIVERGING) if table.signed else (0.0, 1.0, "Blues")
    axes.imshow(numbers, cmap=colors, vmin=low, vmax=high, aspect="auto", interpolation="nearest")
    axes.set_xticks(range(len(table.source)), list(table.source), fontsize=14)
    axes.set_yticks(range(len(table.targets)), list(table.targets), fontsize=12)
    axes.set_title(table.title, fontsize=13)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for (t, j), number in np.ndenumerate(numbers):
        if table.signed or number < READABLE:
            continue
        axes.text(
            j,
            t,
            f"{100 * number:.0f}",
            ha="center",
            va="center",
            fontsize=11,
            color="white" if number > 0.55 else INK,
        )


def _expect_tables(tables: Sequence[Table]) -> None:
    if not tables:
        raise ValueError("there must be a table at least.")
    for table in tables:
        if np.shape(table.numbers) != (len(table.targets), len(table.source)):
            raise ValueError(
                f"the numbers of a table must have the shape ({len(table.targets)}, {len(table.source)}) of its "
                f"tokens, but have {np.shape(table.numbers)}."
            )
