"""Fair timing: the candidates take turns, CPU time is counted on one thread, and every round is kept."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable, Mapping
from pathlib import Path
from time import process_time_ns

SHORTEST = 2_000_000  # nanoseconds: a shorter measurement would see the clock's steps
STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def interleaved(candidates: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """CPU seconds of one call of each candidate in each round, in turns so that drift hits all alike.

    The first call of each is not counted.
    """
    repeats = {}
    for name, call in candidates.items():
        call()
        repeats[name] = max(1, round(SHORTEST / max(1, _time(call, 1))))
    times: dict[str, list[float]] = {name: [] for name in candidates}
    gc.disable()
    try:
        for _ in range(rounds):
            for name, call in candidates.items():
                times[name].append(_time(call, repeats[name]) / repeats[name] / 1e9)
    finally:
        gc.enable()
    return times


def _time(call: Callable[[], object], repeats: int) -> int:
    start = process_time_ns()
    for _ in range(repeats):
        call()
    return process_time_ns() - start


def resident_peak(call: Callable[[], object]) -> int | None:
    """How far the memory of the whole process rises during a call, in bytes, by the system's own account.

    It sees what tracemalloc does not: the buffers inside of a library. Memory that earlier calls have freed is given
    back to the system first, for it would be used again unseen. None where there is no Linux with glibc to ask.
    """
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        RESET.write_text("5")
        before = _status("VmRSS")
        result = call()
        peak = _status("VmHWM")
    except (OSError, AttributeError):
        return None
    del result
    return max(0, peak - before)


def _status(field: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return 1024 * int(line.split()[1])
