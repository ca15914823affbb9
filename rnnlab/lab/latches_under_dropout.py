"""Experiment: how long units that hold a bit each by themselves keep it, under dropout on the way from state to state.

A latch is one tanh unit that feeds itself, h_t = tanh(w m_t h_{t−1}) with w = 2: it keeps the sign that it starts with.
Prediction: with a fresh m at every step the share of units that still hold their bit after k steps is (1 − p)^k, with
one m for the whole sequence it is 1 − p, however long the sequence. Budget: some milliseconds. Result: shares.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.nets import dropout
from rnnlab.nets.door import expect_one_of

Array = NDArray[Any]

WEIGHT, HELD = 2.0, 0.5


def shares(rng: Generator, rate: float, over: str, T: int = 40, units: int = 2000) -> Array:
    """The share of units whose state is still above 0.5 after k = 0 … T steps, all having started at their high state.

    `over` is "step" for a fresh m at every step, "sequence" for one m, "none" for no dropout on this way.

    Raises: ValueError for another `over` or a rate outside 0 … 1.
    """
    expect_one_of("over", over, ("none", "sequence", "step"))
    h = np.full(units, high_state())
    once = dropout.draw(rng, (units,), rate)
    held = [1.0]
    for _ in range(T):
        m = once if over == "sequence" else dropout.draw(rng, (units,), rate) if over == "step" else None
        h = np.tanh(WEIGHT * (h if m is None else m * h))
        held.append(float(np.mean(h > HELD)))
    return np.array(held)


def high_state() -> float:
    """The positive fixed point h = tanh(2 h)."""
    h = 1.0
    for _ in range(100):
        h = np.tanh(WEIGHT * h)
    return float(h)
