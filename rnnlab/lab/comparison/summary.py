"""What the page says about a comparison: scores with their spread, medians of measured costs, and growth with T."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from rnnlab.lab.comparison.architectures import ARCHITECTURES
from rnnlab.lab.comparison.costs import Row
from rnnlab.lab.comparison.jobs import reported
from rnnlab.lab.comparison.runs import Run
from rnnlab.lab.comparison.store import Results


@dataclass(frozen=True)
class Score:
    """The reported runs of one architecture on one task: test scores, better when lower, one for each seed."""

    task: str
    architecture: str
    parameters: int
    rate: float
    tests: tuple[float, ...]
    solved: int
    updates: tuple[int, ...]
    seconds: float

    @property
    def middle(self) -> float:
        """The median over the seeds."""
        return median(self.tests)

    @property
    def label(self) -> str:
        """What the row is called on the page."""
        return ARCHITECTURES[self.architecture].label

    def written(self, form: Callable[[float], str]) -> str:
        """The median, and the smallest and the largest of the seeds in parentheses."""
        return f"{form(self.middle)} ({form(min(self.tests))}–{form(max(self.tests))})"


def scores(results: Results) -> dict[tuple[str, str], Score]:
    """The scores of every row of every task, by (task, architecture)."""
    found: dict[tuple[str, str], list[Run]] = {}
    for run in reported(results.runs, results.about["size"]["scan_seeds"]):
        found.setdefault((run.task, run.architecture), []).append(run)
    return {row: _score(runs) for row, runs in found.items()}


def _score(runs: Sequence[Run]) -> Score:
    runs = sorted(runs, key=lambda run: run.seed)
    first = runs[0]
    return Score(
        first.task,
        first.architecture,
        first.parameters,
        first.rate,
        tuple(run.test for run in runs),
        sum(run.solved for run in runs),
        tuple(run.updates for run in runs),
        median(run.seconds for run in runs),
    )


def solved_by(every: dict[tuple[str, str], Score], task: str) -> list[str]:
    """The labels of those whose every seed solved a task."""
    return [
        ARCHITECTURES[name].label
        for name in ARCHITECTURES
        if (task, name) in every and every[task, name].solved == len(every[task, name].tests)
    ]


def best(every: dict[tuple[str, str], Score], task: str) -> Score:
    """The row with the lowest median test score."""
    return min((score for score in every.values() if score.task == task), key=lambda score: score.middle)


def indistinct(every: dict[tuple[str, str], Score], task: str) -> list[Score]:
    """The rows whose range over the seeds overlaps that of the best one, the best one first."""
    first = best(every, task)
    return sorted(
        (score for score in every.values() if score.task == task and min(score.tests) <= max(first.tests)),
        key=lambda score: score.middle,
    )


def listed(labels: Sequence[str]) -> str:
    """Names in a sentence.

    >>> listed(["RNN", "LSTM", "GRU"]), listed([])
    ('RNN, LSTM and GRU', 'nobody')
    """
    if not labels:
        return "nobody"
    *others, last = labels
    return f"{', '.join(others)} and {last}" if others else last


def table(every: dict[tuple[str, str], Score], tasks: Sequence[str], form: Callable[[float], str]) -> str:
    """A Markdown table: a row for each architecture, and for each task the median and the range of its seeds."""
    names = [name for name in ARCHITECTURES if any((task, name) in every for task in tasks)]
    lines = ["| | " + " | ".join(tasks) + " |", "|---|" + "--:|" * len(tasks)]
    for name in names:
        cells = [every[task, name].written(form) if (task, name) in every else "–" for task in tasks]
        lines.append(f"| {ARCHITECTURES[name].label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def measured(
    costs: Iterable[Row], measure: str, architecture: str, B: int = 1
) -> tuple[list[int], list[float]]:
    """The lengths at which something was measured, and the median over the rounds at each.

    Raises: ValueError where nothing was measured.
    """
    values: dict[int, list[float]] = {}
    for row in costs:
        if (row.measure, row.architecture, row.B) == (measure, architecture, B):
            values.setdefault(row.T, []).append(row.value)
    if not values:
        raise ValueError(f"no {measure!r} of {architecture!r} was measured with B = {B}.")
    lengths = sorted(values)
    return lengths, [median(values[T]) for T in lengths]


def spread(costs: Iterable[Row], measure: str, architecture: str, T: int, B: int = 1) -> tuple[float, float]:
    """The smallest and the largest of the rounds."""
    values = [
        row.value
        for row in costs
        if (row.measure, row.architecture, row.T, row.B) == (measure, architecture, T, B)
    ]
    return min(values), max(values)


def exponent(lengths: Sequence[int], values: Sequence[float]) -> float:
    """The exponent p in value ∝ T^p between the last two lengths.

    >>> exponent([1, 10, 100], [5.0, 3.0, 300.0])
    2.0
    """
    return float(np.log(values[-1] / values[-2]) / np.log(lengths[-1] / lengths[-2]))


def rates_of_work(costs: Sequence[Row], architecture: str, B: int) -> tuple[list[int], list[float]]:
    """Billions of FLOPs a second in a training step: the counted arithmetic over the measured time."""
    lengths, milliseconds = measured(costs, "step", architecture, B)
    _, flops = measured(costs, "flops", architecture, B)
    return lengths, [work / time / 1e6 for work, time in zip(flops, milliseconds, strict=True)]
