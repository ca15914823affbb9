"""Fair timing: the candidates take turns, CPU time is counted on one thread, and medians are compared."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter_ns, process_time_ns

SHORTEST = 2_000_000  # nanoseconds: a shorter measurement would see the clock's steps


def interleaved(
    candidates: Mapping[str, Callable[[], object]], rounds: int = 15, wall: bool = False
) -> dict[str, float]:
    """The median milliseconds of one call of each candidate, as `interleaved_times` measures them."""
    return {name: median(times) for name, times in interleaved_times(candidates, rounds, wall).items()}


def interleaved_times(
    candidates: Mapping[str, Callable[[], object]], rounds: int = 15, wall: bool = False
) -> dict[str, list[float]]:
    """The milliseconds of one call of each candidate in each round, in turns so that drift hits all alike.

    CPU time is counted, or with `wall` the time on the wall, which is what several threads save.
    """
    clock = perf_counter_ns if wall else process_time_ns
    repeats = {name: _repeats(call, clock) for name, call in candidates.items()}
    times: dict[str, list[float]] = {name: [] for name in candidates}
    gc.disable()
    try:
        for _ in range(rounds):
            for name, call in candidates.items():
                times[name].append(_time(call, repeats[name], clock) / repeats[name] / 1e6)
    finally:
        gc.enable()
    return times


def _repeats(call: Callable[[], object], clock: Callable[[], int]) -> int:
    """How many calls make one measurement long enough; the first call warms up."""
    call()
    return max(1, round(SHORTEST / max(1, _time(call, 1, clock))))


def _time(call: Callable[[], object], repeats: int, clock: Callable[[], int]) -> int:
    start = clock()
    for _ in range(repeats):
        call()
    return clock() - start
