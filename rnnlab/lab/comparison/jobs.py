"""Which runs a size of the comparison is made of: a scan of rates for every row, then more seeds at the best one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rnnlab.lab.comparison.architectures import ARCHITECTURES, PLAIN
from rnnlab.lab.comparison.runs import Run
from rnnlab.lab.comparison.tasks import MEMORY, REAL, TASKS, Task


class Job(NamedTuple):
    """One run to be made."""

    task: str
    architecture: str
    rate: float
    seed: int


@dataclass(frozen=True)
class Size:
    """How much is run: the tasks, the rates of the scan, the seeds of the scan and of the reported runs.

    Without `rates`, the scan has those of each task. `lengths` and `contexts` are the sequence lengths and contexts of
    the cost measurements, `rounds` their repetitions.
    """

    name: str
    tasks: tuple[str, ...]
    rates: tuple[float, ...] | None
    scan_seeds: int
    seeds: int
    lengths: tuple[int, ...]
    contexts: tuple[int, ...]
    rounds: int
    updates: int | None = None
    rows: tuple[str, ...] = tuple(ARCHITECTURES)


SIZES = {
    "full": Size(
        "full", tuple(task.key for task in (*MEMORY, *REAL)), None, 2, 5,
        lengths=(64, 256, 1024, 2048), contexts=(16, 256, 1024, 4096, 16384), rounds=9,
    ),
    "reduced": Size(
        "reduced", tuple(task.key for task in (*MEMORY, *REAL)), (3e-3, 1e-2), 1, 2,
        lengths=(64, 256, 1024), contexts=(16, 256, 1024, 4096), rounds=3,
    ),
    "quick": Size(
        "quick", ("recall-10", "recall-30", "demand-72"), (3e-3,), 1, 1,
        lengths=(64, 256), contexts=(16, 1024), rounds=3, rows=("mlp", "tcn", "rnn", "gru", "transformer"),
    ),
}  # fmt: skip


def rows(task: Task) -> tuple[str, ...]:
    """The architectures that may try a task: causal ones alone name the next step; other starts are for lags."""
    names = tuple(ARCHITECTURES) if task in MEMORY else PLAIN
    return tuple(name for name in names if task.labels or ARCHITECTURES[name].causal)


def scan(size: Size) -> list[Job]:
    """The runs that choose a rate: every row of every task, every rate, the first seeds."""
    return [
        Job(key, name, rate, seed)
        for key in size.tasks
        for name in rows(TASKS[key])
        if name in size.rows
        for rate in size.rates or TASKS[key].rates
        for seed in range(size.scan_seeds)
    ]


def repeats(size: Size, runs: Iterable[Run]) -> list[Job]:
    """The runs with more seeds at the rate that the scan chose."""
    return [
        Job(key, name, rate, seed)
        for (key, name), rate in chosen_rates(runs, size.scan_seeds).items()
        for seed in range(size.scan_seeds, size.seeds)
    ]


def chosen_rates(runs: Iterable[Run], scan_seeds: int) -> dict[tuple[str, str], float]:
    """The rate of every row of every task, by the runs of the scan alone, and by validation alone.

    The rate with the most solved runs wins, then the one with fewer updates where all are solved, then the one with the
    lower mean validation score. A run that diverged counts with an infinite score.
    """
    by_row: dict[tuple[str, str], dict[float, list[Run]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        if run.seed < scan_seeds:
            by_row[run.task, run.architecture][run.rate].append(run)
    return {row: min(by_rate, key=lambda rate: _order(by_rate[rate])) for row, by_rate in by_row.items()}


def _order(runs: Sequence[Run]) -> tuple[float, float, float]:
    solved = sum(run.solved for run in runs)
    updates = sum(run.updates for run in runs) if solved == len(runs) else 0
    validation = sum(float("inf") if run.diverged else run.validation for run in runs)
    return -solved, updates, validation


def reported(runs: Sequence[Run], scan_seeds: int) -> list[Run]:
    """The runs at the chosen rates, all seeds: what the tables show."""
    rates = chosen_rates(runs, scan_seeds)
    return [run for run in runs if run.rate == rates[run.task, run.architecture]]
