"""Do all jobs of a size, several at once, and go on where an earlier run was stopped; the timed ones run alone."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from rnnlab.lab.comparison import store
from rnnlab.lab.comparison.attention import attention_costs
from rnnlab.lab.comparison.baselines import every_baseline
from rnnlab.lab.comparison.costs import Row, step_memory, step_times, token_times
from rnnlab.lab.comparison.fingerprint import code_hash
from rnnlab.lab.comparison.jobs import Job, Size, repeats, scan
from rnnlab.lab.comparison.runs import Run, train

BATCH, LONGEST_BATCH = (
    32,
    256,
)  # the scores of a batch of longer sequences would fill the memory


def compare(size: Size, folder: Path, notes: Path, jobs: int = 2, progress: bool | None = None) -> None:
    """Everything that is not done yet, then the tables in `folder`.

    Every finished job is a line in a file in `notes`, named after the size and the code, so that a run can be stopped
    at any time and goes on when it is started again. The minutes of the last start alone are noted.
    """
    began = time.perf_counter()
    notes.mkdir(parents=True, exist_ok=True)
    code = code_hash()
    path = notes / f"{size.name}-{code}.jsonl"
    _trained(path, scan(size), size, jobs, "scan of the rates", progress)
    _trained(path, repeats(size, _runs(path)), size, jobs, "more seeds", progress)
    _measured(path, size, progress)
    records = store.finished(path)
    costs = [Row(*row) for record in records if record["kind"] == "costs" for row in record["rows"]]
    store.write(folder, size, _runs(path), costs, every_baseline(), code, time.perf_counter() - began)


def _runs(path: Path) -> list[Run]:
    return [Run(**record["run"]) for record in store.finished(path) if record["kind"] == "run"]


def _trained(
    path: Path, wanted: Sequence[Job], size: Size, jobs: int, title: str, progress: bool | None
) -> None:
    """Runs that are not there yet, on several processes, written by this one."""
    done = {Job(run.task, run.architecture, run.rate, run.seed) for run in _runs(path)}
    left = [job for job in wanted if job not in done]
    # the longest ones first, so that no core waits at the end
    left.sort(key=lambda job: job.architecture != "transformer")
    with tqdm(
        total=len(wanted), initial=len(wanted) - len(left), desc=title, unit="run", disable=_hidden(progress)
    ) as bar:
        for run in _results(left, size, jobs):
            store.append(path, {"kind": "run", "run": asdict(run)})
            bar.update()


def _results(left: Sequence[Job], size: Size, jobs: int) -> Iterator[Run]:
    if jobs == 1:
        yield from (train(*job, updates=size.updates) for job in left)
        return
    # not forked: a process that has used torch or a BLAS library holds threads that a fork would lose
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        futures = [pool.submit(train, *job, size.updates) for job in left]
        for future in as_completed(futures):
            yield future.result()


def _measured(path: Path, size: Size, progress: bool | None) -> None:
    """The measurements of time and memory, one after the other, when nothing else of ours runs."""
    done = {record["name"] for record in store.finished(path) if record["kind"] == "costs"}
    parts = measurements(size)
    for name in tqdm(
        [name for name in parts if name not in done], desc="costs", unit="part", disable=_hidden(progress)
    ):
        store.append(path, {"kind": "costs", "name": name, "rows": [list(row) for row in parts[name]()]})


def measurements(size: Size) -> dict[str, Callable[[], Iterator[Row]]]:
    """Every measurement of costs by its name, in the order in which they are made."""
    parts: dict[str, Callable[[], Iterator[Row]]] = {}

    def add(name: str, call: Callable[..., Iterator[Row]], *arguments: Any) -> None:
        parts[name] = lambda: call(*arguments)

    for T in size.lengths:
        add(f"step time, T = {T}, B = 1", step_times, T, 1, size.rounds)
        add(f"memory, T = {T}, B = 1", step_memory, T, 1)
        add(f"attention, T = {T}", attention_costs, T, size.rounds)
        if T <= LONGEST_BATCH:
            add(f"step time, T = {T}, B = {BATCH}", step_times, T, BATCH, size.rounds)
    for context in size.contexts:
        add(f"token time, context {context}", token_times, context, size.rounds)
    return parts


def _hidden(progress: bool | None) -> bool:
    return progress is False
