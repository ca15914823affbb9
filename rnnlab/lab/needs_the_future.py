"""Experiment: labels that need the future, for one direction, both directions, and one direction that answers later.

Two tasks on random bits: the majority of seven bits around each step, and the exclusive or of a bit two steps before
and a bit two steps after. Predictions: one direction stays at the best that can be said from the past, .750 and .500;
both directions and a delay reach 1 on the majority; on the exclusive or, both directions with a linear head stay at
guessing, since such a head adds what the past says to what the future says, while a hidden layer or a delay solves it.
One learning rate serves all: what fails here fails by a bound that holds for all weights. Budget: a quarter of a second
for a run with one direction, a third with both. Result: the accuracy on fresh bits.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from rnnlab.data.synthetic.batch import vectors
from rnnlab.data.synthetic.tasks import task
from rnnlab.lab.labeling import Params, Wiring, train
from rnnlab.training.minibatches import Batch

T, B, RATE, REACH = 20, 32, 1e-2, {"majority": 3, "future_xor": 2}


def wirings(name: str) -> dict[str, Wiring]:
    """Who is compared on a task: the same 16 units in each direction, but for one network of twice as many."""
    return {
        "one direction": Wiring(),
        "one direction, twice the units": Wiring(H=32),
        "one direction, delayed": Wiring(delay=REACH[name]),
        "both, linear head": Wiring(both=True),
        "both, hidden layer": Wiring(both=True, head=16),
    }


def batches(name: str, sequences: int = B, steps: int = T) -> Callable[[Generator], Batch]:
    """Fresh sequences of a task, with bits as −1 and 1."""

    def draw(rng: Generator) -> Batch:
        drawn = task(name).draw(rng, sequences, steps, REACH[name])
        return Batch(2 * vectors(drawn, np.float32) - 1, drawn.targets, scored=drawn.counts)

    return draw


def trained(seed: int, name: str, wiring: Wiring, steps: int = 240) -> Params:
    """A network after `steps` updates."""
    return train(np.random.default_rng(seed), wiring, batches(name), 2, steps, RATE)


def accuracy(seed: int, name: str, wiring: Wiring, steps: int = 240) -> float:
    """The share of right labels of a network trained so, on 1,000 fresh sequences."""
    params = trained(seed, name, wiring, steps)
    return wiring.accuracy(params, batches(name, sequences=1000)(np.random.default_rng([seed, 1])))
