"""Experiment: how long does a linear recurrence take, step by step, by two scans, and as a convolution?

Prediction: a scan does more arithmetic than the loop in fewer dependent operations. On one processor core nothing runs
side by side, so that it gains only where the loop's fixed cost for each step counts for more than the arithmetic: with
few numbers a step. Budget: about 2 s. Result: CPU seconds on one thread, the shortest of some repeats, in float32.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from rnnlab.nets import scan

METHODS = ("loop", "hillis_steele", "chunked", "convolution")


def seconds(method: str, T: int, B: int, H: int, repeats: int = 3) -> float:
    """CPU seconds for all states of a recurrence with a constant factor, so that every method applies."""
    rng = np.random.default_rng(0)
    a = rng.uniform(0.5, 0.99, H).astype(np.float32)
    b = rng.normal(size=(T, B, H)).astype(np.float32)
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        scan.forward(a, b, method=method)
        taken.append(time.process_time() - start)
    return min(taken)


def against_length(sizes: Sequence[int], B: int, H: int) -> dict[str, list[float]]:
    """The seconds of each method at each length."""
    return {method: [seconds(method, T, B, H) for T in sizes] for method in METHODS}
