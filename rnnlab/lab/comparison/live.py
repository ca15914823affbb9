"""The same runs once more, now and here: a few rows of the stored comparison from the same seeds at the same rates.

Prediction: the same code on the same kind of processor gives the same scores, digit for digit; another one may round
differently, and then single runs differ while the picture stays. Budget: fifteen seconds. Result: pairs of `Run`s.
"""

from __future__ import annotations

from collections.abc import Sequence

from rnnlab.lab.comparison.jobs import Job, chosen_rates
from rnnlab.lab.comparison.runs import Run, train
from rnnlab.lab.comparison.store import Results


def again(results: Results, task: str, names: Sequence[str], seeds: int) -> list[tuple[Run, Run]]:
    """What was stored beside what comes out now, for the first seeds of each row, as far as they are stored.

    Raises: KeyError for a row that was not stored.
    """
    size = results.about["size"]
    rates = chosen_rates(results.runs, size["scan_seeds"])
    stored = {Job(run.task, run.architecture, run.rate, run.seed): run for run in results.runs}
    wanted = [Job(task, name, rates[task, name], seed) for name in names for seed in range(seeds)]
    return [(stored[job], train(*job, updates=size["updates"])) for job in wanted if job in stored]
