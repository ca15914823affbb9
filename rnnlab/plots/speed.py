"""How fast a network's hand-written passes are beside another library's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from rnnlab.plots.style import BLUE, INK, PAGE_WIDTH, VERMILION, house_style

KINDS = {"float32": (BLUE, "o"), "float64": (VERMILION, "^")}


def speed_over_torch(rows: Sequence[Mapping[str, Any]], threads: int = 1) -> Figure:
    """The ratio of torch's time to ours at every point of the benchmark's grid, one panel a cell, on logarithmic axes.

    `rows` are those of benchmarks/numpy_vs_torch.py (D = 32), as csv.DictReader reads them: with cell, dtype, threads,
    H, B and over_torch. To the right, a time step has more arithmetic; above the line, our code is faster.

    Raises: ValueError if no row was measured on this number of threads.
    """
    rows = [row for row in rows if int(row["threads"]) == threads]
    if not rows:
        raise ValueError(
            f"rows must have measurements on threads = {threads}, but none has. Run the benchmark."
        )
    cells = list(dict.fromkeys(row["cell"] for row in rows))
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 3.6), layout="constrained")
        panels = figure.subplots(1, len(cells), sharey=True, squeeze=False)[0]
        for axes, cell in zip(panels, cells, strict=True):
            _panel(axes, [row for row in rows if row["cell"] == cell])
            axes.set_title(cell.upper())
        panels[0].set_ylabel("time of torch / our time")
        figure.supxlabel("multiplications for one time step, $B\\,H\\,(D + H)$ for each gate", fontsize=13)
        panels[-1].legend(loc="upper right", handletextpad=0.1, fontsize=12)
    return figure


def _panel(axes: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    for dtype, (color, marker) in KINDS.items():
        mine = [row for row in rows if row["dtype"] == dtype]
        work = [int(row["B"]) * int(row["H"]) * (32 + int(row["H"])) for row in mine]
        ratios = [float(row["over_torch"]) for row in mine]
        axes.plot(work, ratios, marker, color=color, markersize=6, alpha=0.75, markeredgewidth=0, label=dtype)
    axes.axhline(1, color=INK, linewidth=1)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_yticks([0.5, 1, 2, 4, 8])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda ratio, _: f"{ratio:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
