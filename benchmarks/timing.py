"""Fair timing: the candidates take turns, CPU time is counted, and medians are compared."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from statistics import median
from time import process_time_ns

SHORTEST = 2_000_000  # nanoseconds: a shorter measurement would see the clock's steps


def interleaved(candidates: Mapping[str, Callable[[], object]], rounds: int = 15) -> dict[str, float]:
    """The median CPU milliseconds of one call of each candidate, measured in turns so that drift hits all alike."""
    repeats = {name: _repeats(call) for name, call in candidates.items()}
    times: dict[str, list[float]] = {name: [] for name in candidates}
    gc.disable()
    try:
        for _ in range(rounds):
            for name, call in candidates.items():
                times[name].append(_cpu_time(call, repeats[name]) / repeats[name] / 1e6)
    finally:
        gc.enable()
    return {name: median(each) for name, each in times.items()}


def _repeats(call: Callable[[], object]) -> int:
    """How many calls make one measurement long enough; the first call warms up."""
    call()
    return max(1, round(SHORTEST / max(1, _cpu_time(call, 1))))


def _cpu_time(call: Callable[[], object], repeats: int) -> int:
    start = process_time_ns()
    for _ in range(repeats):
        call()
    return process_time_ns() - start
