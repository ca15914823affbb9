"""Experiment: what a second direction costs in weights and time, at equal width and at half of it.

Predictions: exactly twice the weights and about twice the time at equal H for each direction; with H / 2 for each,
fewer weights than one direction of H. Time is processor time of one forward and one backward pass in NumPy, the least
of several repetitions. Budget: about a second. Result: `Cost`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from rnnlab.nets import bidirectional
from rnnlab.nets.cells import Cell, cell
from rnnlab.nets.parameters import leaves


@dataclass(frozen=True)
class Cost:
    """The number of weights, and the processor time of one forward and backward pass in milliseconds."""

    weights: int
    milliseconds: float


def networks(H: int, kind: str = "rnn") -> dict[str, tuple[Cell, int]]:
    """One direction with H units, both with H each, and both with H / 2 each."""
    one = cell(kind)
    both = bidirectional.network(one)
    return {
        f"one direction, {H}": (one, H),
        f"both, {H} each": (both, H),
        f"both, {H // 2} each": (both, H // 2),
    }


def measure(
    rng: Generator, kind: str, H: int, D: int = 32, T: int = 100, B: int = 32, repetitions: int = 10
) -> dict[str, Cost]:
    """The cost of each of the `networks` on a batch of B sequences of T steps, in single precision.

    The networks take turns, so that a busy moment of the machine does not fall on one of them alone.
    """
    x = rng.normal(size=(T, B, D)).astype(np.float32)
    chosen = networks(H, kind)
    params = {name: network.init(rng, D, width, np.float32) for name, (network, width) in chosen.items()}
    times: dict[str, list[float]] = {name: [] for name in chosen}
    for _ in range(repetitions):
        for name, (network, _) in chosen.items():
            start = time.process_time()
            h, cache = network.forward(params[name], x)
            network.backward(np.ones_like(h), cache)
            times[name].append(time.process_time() - start)
    return {
        name: Cost(sum(leaf.size for leaf in leaves(params[name])), 1000 * min(each))
        for name, each in times.items()
    }
