"""Experiment: which simple networks learn to recall the first token, at which lag, with which rates and clipping.

Prediction: at short lags all starts learn, at longer ones only those whose gradient reaches back; clipping helps where
the gradient explodes and does nothing where it vanishes. Budget: some tenths of a second a run; a run ends when it has
solved the task. Success is fixed before: at least 98 % right on 500 sequences drawn once and never trained on, looked
at after each 50 steps. Guessing is right once in four. Result: a `Run`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from rnnlab.data.synthetic import recall
from rnnlab.data.synthetic.batch import vectors
from rnnlab.training.clipping import clip_by_norm, global_norm
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import sequence_model
from rnnlab.training.optimizers import optimizer

SOLVED, EVERY = 0.98, 50
UNITS, SEQUENCES, TESTED = 32, 32, 500
STARTS = {
    "default": ("uniform", "tanh"),
    "orthogonal": ("orthogonal", "tanh"),
    "identity": ("identity", "relu"),
}


@dataclass(frozen=True)
class Setting:
    """What is tried: the start of W_hh, the sequence length T (the lag is T − 1), the optimizer, rate and clipping."""

    start: str
    T: int
    rate: float
    optimizer: str = "adam"
    clip: float | None = 1.0
    steps: int = 300


@dataclass(frozen=True)
class Run:
    """A setting and a seed, the share of right answers at the end, and the steps it took, None if it did not learn.

    `largest_norm` is the largest norm of a gradient on the way, before clipping; infinite if one was not finite.
    """

    setting: Setting
    seed: int
    right: float
    solved_after: int | None
    largest_norm: float

    @property
    def solved(self) -> bool:
        return self.solved_after is not None


def train(setting: Setting, seed: int) -> Run:
    """One run, until it solves the task, its gradient is no longer finite, or its steps are used up."""
    rng = np.random.default_rng(seed)
    recurrent, activation = STARTS[setting.start]
    model = sequence_model("rnn", activation=activation)
    method = optimizer(setting.optimizer, setting.rate)
    test = draw(rng, TESTED, setting.T)
    params = model.init(rng, test.x.shape[-1], UNITS, int(test.targets.max()) + 1, recurrent=recurrent)
    memory, right, largest = method.init(params), 0.0, 0.0
    for step in range(1, setting.steps + 1):
        _, grads = model.gradient(params, draw(rng, SEQUENCES, setting.T))
        norm = global_norm(grads)
        if not np.isfinite(norm):
            return Run(setting, seed, right, None, np.inf)
        largest = max(largest, norm)
        if setting.clip is not None:
            grads, _ = clip_by_norm(grads, setting.clip)
        params, memory = method.update(params, grads, memory)
        if step % EVERY == 0:
            right = float(np.mean(model.predict(params, test.x).argmax(axis=-1) == test.targets))
            if right >= SOLVED:
                return Run(setting, seed, right, step, largest)
    return Run(setting, seed, right, None, largest)


def draw(rng: Generator, B: int, T: int) -> Batch:
    """B sequences of recall with one answer each, at the end."""
    batch = recall.draw(rng, B, T)
    return Batch(vectors(batch), batch.targets[-1])


def scan(settings: Iterable[Setting], seeds: Sequence[int]) -> list[Run]:
    """Every setting with every seed."""
    return [train(setting, seed) for setting in settings for seed in seeds]
