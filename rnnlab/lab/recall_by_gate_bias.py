"""Experiment: which cells, with which start of their gates, learn a synthetic task, over seeds and learning rates.

Written for recall of a token and for adding, but any task of `rnnlab.data.synthetic` will do. Prediction: a bias that
opens the gates that keep makes recall learnable at lags where the default start fails; where much has to be let go it
does not help. Success is fixed before: 98 % right, or a squared error below 0.01, on 500 sequences drawn once and never
trained on, looked at after each 50 steps. A run ends when it has solved the task. All runs are in float32, with Adam
and the gradient's norm clipped at 1. Budget: up to half a second a run. Result: a `Run`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.random import Generator

from rnnlab.data.synthetic import batch as synthetic
from rnnlab.data.synthetic.tasks import task
from rnnlab.lab.gated_gradient_flow import Start
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import Params, SequenceModel, sequence_model
from rnnlab.training.optimizers import optimizer

RIGHT, ERROR, EVERY = 0.98, 0.01, 50
SEQUENCES, TESTED = 32, 500


@dataclass(frozen=True)
class Setting:
    """What is learned, and for how long at most: a task with its length T and options, the units and the steps."""

    task: str
    T: int
    H: int = 16
    steps: int = 400
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """One run's start, rate and seed, the task's score at the end, and the steps it took, None if it did not solve it.

    The score is that of the task: the share of right answers, or the mean squared error.
    """

    start: str
    rate: float
    seed: int
    score: float
    solved_after: int | None

    @property
    def solved(self) -> bool:
        return self.solved_after is not None


def train(setting: Setting, name: str, start: Start, rate: float, seed: int) -> Run:
    """One run, until it solves the task or its steps are used up."""
    rng = np.random.default_rng(seed)
    test = _draw(setting, rng, TESTED)
    model = _model(test, start)
    params = model.init(rng, test.D, setting.H, test.K, np.float32, **start.init)
    adam = optimizer("adam", rate)
    memory, score = adam.init(params), np.nan
    for step in range(1, setting.steps + 1):
        _, grads = model.gradient(params, _for_training(model, _draw(setting, rng, SEQUENCES)))
        params, memory = adam.update(params, clip_by_norm(grads, 1.0)[0], memory)
        if step % EVERY == 0 or step == setting.steps:
            score = _score(setting, model, params, test)
            if (score >= RIGHT) if test.labels else (score < ERROR):
                return Run(name, rate, seed, score, step)
    return Run(name, rate, seed, score, None)


def scan(
    setting: Setting, starts: Mapping[str, Start], rates: Sequence[float], seeds: Sequence[int]
) -> list[Run]:
    """Every start at every rate with every seed."""
    return [
        train(setting, name, start, rate, seed)
        for name, start in starts.items()
        for rate in rates
        for seed in seeds
    ]


def solved(runs: Sequence[Run], start: str, rate: float | None = None) -> int:
    """How many runs of a start solved the task, at one rate or at all of them."""
    return sum(run.solved for run in runs if run.start == start and rate in (None, run.rate))


def _draw(setting: Setting, rng: Generator, B: int) -> synthetic.Batch:
    return task(setting.task).draw(rng, B, setting.T, **setting.options)


def _model(example: synthetic.Batch, start: Start) -> SequenceModel:
    """Read at the end where only the last step is asked for, else at every step."""
    return sequence_model(
        start.network(),
        read="every" if example.counts[:-1].any() else "last",
        loss="cross_entropy" if example.labels else "squared_error",
    )


def _for_training(model: SequenceModel, batch: synthetic.Batch) -> Batch:
    x = synthetic.vectors(batch, np.float32)
    targets = batch.targets if batch.labels else batch.targets.astype(np.float32)
    if model.read == "last":
        return Batch(x, targets[-1])
    return Batch(x, targets, scored=batch.counts)


def _score(setting: Setting, model: SequenceModel, params: Params, test: synthetic.Batch) -> float:
    """The task's own score on the test's sequences."""
    y = model.predict(params, synthetic.vectors(test, np.float32))
    if model.read == "last":
        y = np.concatenate([np.zeros((len(test.counts) - 1, *y.shape), y.dtype), y[np.newaxis]])
    return task(setting.task).metric(y.argmax(axis=-1) if test.labels else y, test)
