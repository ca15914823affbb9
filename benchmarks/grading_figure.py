"""The figure of the grader's benchmark: what each way of grading costs, what it is spent on, how it grows.

Run: python benchmarks/grading_figure.py        draws the stored tables again
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from rnnlab.plots.style import BLUE, DARK_GREEN, INK, PAGE_WIDTH, VERMILION, house_style

RESULTS = Path(__file__).parent / "results"
Rows = Sequence[Mapping[str, str]]
_WITH_TORCH = ", with torch"


def main() -> None:
    figure = draw(*(read(name) for name in ("grading", "grading_phases", "grading_growth")))
    figure.savefig(RESULTS / "grading.svg")


def read(name: str) -> Rows:
    """The rows of a stored table, none where it was never measured."""
    path = RESULTS / f"{name}.csv"
    return list(csv.DictReader(path.open(encoding="utf-8"))) if path.is_file() else []


def draw(costs: Rows, phases: Rows, growth: Rows) -> Figure:
    """Three panels below one another."""
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 11.0), layout="constrained")
        top, middle, bottom = figure.subplots(3, 1, height_ratios=(10, 8, 6))
        _costs(top, costs)
        _phases(middle, phases)
        _growth(bottom, growth)
    return figure


def _costs(axes: Axes, rows: Rows) -> None:
    names = [
        _in_two_lines(f"{row['way']}{_WITH_TORCH if 'torch' in row['assignment'] else ''}") for row in rows
    ]
    values = [1000 * float(row["each_cpu"]) for row in rows]
    colors = [VERMILION if row["way"].startswith("nbgrader") else BLUE for row in rows]
    bars = axes.barh(names, values, color=colors)
    axes.bar_label(bars, [f"{value:,.0f}" for value in values], padding=4)
    axes.set_xscale("log")
    axes.set_xlim(10, 4 * max(values, default=10))
    axes.invert_yaxis()
    axes.set_xlabel("CPU time of one submission, ms")


def _in_two_lines(name: str) -> str:
    start, comma, end = name.rpartition(", ")
    return f"{start},\n{end}" if comma else name


def _phases(axes: Axes, rows: Rows) -> None:
    rows = sorted(rows, key=lambda row: -float(row["milliseconds"]))
    values = [float(row["milliseconds"]) for row in rows]
    bars = axes.barh([row["phase"] for row in rows], values, color=BLUE)
    axes.bar_label(bars, [f"{value:.1f}" for value in values], padding=4)
    axes.set_xlim(right=1.15 * max(values, default=1))
    axes.invert_yaxis()
    axes.set_xlabel("what it is spent on, ms")


def _growth(axes: Axes, rows: Rows) -> None:
    ways = {"graded": (BLUE, "o", "graded"), "unchanged": (DARK_GREEN, "^", "unchanged")}
    for way, (color, marker, label) in ways.items():
        mine = [row for row in rows if row["way"] == way]
        sizes = [int(row["submissions"]) for row in mine]
        axes.plot(sizes, [float(row["cpu"]) for row in mine], marker=marker, color=color, label=label)
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("submissions")
    axes.set_ylabel("seconds of CPU", color=INK)
    axes.set_ylim(top=10 * max((float(row["cpu"]) for row in rows), default=1))
    axes.legend(loc="upper left")


if __name__ == "__main__":
    main()
