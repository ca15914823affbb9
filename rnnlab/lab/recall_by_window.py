"""Experiment: a stream of bits that a network must repeat after a delay, learned with windows of different lengths.

The target is y_t = x_{t−lag}. Prediction, made before the first run: with carried states, windows of lag + 1 steps and
longer learn it, and shorter ones do not, because no gradient connects a loss with the step at which its bit entered.
It was right for large learning rates only: with small ones, shorter windows learn to keep the trace that a random cell
leaves in the carried state. Without carry, the first `lag` steps of each window cannot be known: at best
1 − lag / (2 τ). Budget: a third of a second for each run. Result: `Run`.

A control, frozen: only the readout is trained, on whatever the untrained cell happens to keep of the past bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.nets import rnn
from rnnlab.nets.parameters import mapped
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import Params, SequenceModel, sequence_model
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]


@dataclass(frozen=True)
class Run:
    """The share of fresh bits that a trained network repeats rightly: as trained, and with the state carried on."""

    window: int
    carry: bool
    rate: float
    accuracy: float
    accuracy_with_carry: float


def model() -> SequenceModel:
    """A plain network that names one of two bits at every step."""
    return sequence_model("rnn", read="every")


class Stream:
    """B endless streams of random bits ±1, read window after window; y_t = x_{t−lag} as class 0 or 1."""

    def __init__(self, rng: Generator, B: int, lag: int) -> None:
        self.rng, self.recent = rng, rng.integers(0, 2, size=(lag, B))

    def window(self, steps: int) -> Batch:
        """The next steps: inputs (τ, B, 1), targets (τ, B)."""
        lag, B = self.recent.shape
        bits = np.concatenate([self.recent, self.rng.integers(0, 2, size=(steps, B))])
        self.recent = bits[steps:]
        return Batch(2.0 * bits[lag:, :, np.newaxis] - 1, bits[:steps])


def train(
    seed: int,
    window: int,
    lag: int,
    rate: float,
    carry: bool = True,
    frozen: bool = False,
    updates: int = 600,
    H: int = 24,
    B: int = 32,
) -> Run:
    """One run: Adam, the gradient's norm clipped at 1, and then a test on bits that were never seen."""
    rng, network, adam = np.random.default_rng(seed), model(), optimizer("adam", rate)
    params = network.init(rng, D=1, H=H, K=2)
    memory, stream, state = adam.init(params), Stream(rng, B, lag), None
    for _ in range(updates):
        _, grads, after = network.gradient_from(params, stream.window(window), state)
        state = after if carry else None
        if frozen:
            grads = grads._replace(cell=mapped(np.zeros_like, grads.cell))
        params, memory = adam.update(params, clip_by_norm(grads, 1.0)[0], memory)
    scores = [accuracy(params, Stream(rng, B, lag), window, kept) for kept in (carry, True)]
    return Run(window, carry, rate, *scores)


def accuracy(params: Params, stream: Stream, window: int, carry: bool, steps: int = 240) -> float:
    """The share of right bits over fresh windows; the first ones are left out, when the state is still zero."""
    network, state, right = model(), None, []
    for number in range(2 * steps // window):
        batch = stream.window(window)
        h, cache = network.cell.forward(params.cell, batch.x, state)
        answers = rnn.readout(params.readout, h).argmax(axis=-1)
        state = network.cell.last_state(cache) if carry else None
        if number * window >= steps:
            right.append(np.mean(answers == batch.targets))
    return float(np.mean(right))


def best_without_carry(window: int, lag: int) -> float:
    """The expected accuracy of the best answers when each window starts from zero: lag steps are guesses.

    (τ − lag + lag / 2) / τ for τ ≥ lag, and 1/2 below.

    >>> best_without_carry(window=12, lag=4)
    0.8333333333333334
    """
    return 1 - min(lag, window) / (2 * window)
