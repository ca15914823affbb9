"""Experiment: which activation, with which first W_hh, learns to recall a token after noise?

Two activations, tanh and ReLU, times three starts of W_hh: uniform in ±1/√H as in torch, orthogonal, identity (with
ReLU the network of Le, Jaitly and Hinton 2015). All else is equal: H = 32, Adam, gradient norm clipped at 1.
Prediction: ReLU from the uniform start fails at lags where tanh from an orthogonal and ReLU from an identity start
succeed. A run is solved when more than 98 % of 250 fresh sequences are right, within 300 steps. Every setting is tried
at the same learning rates. Budget: at most 0.5 s a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.synthetic import recall
from rnnlab.data.synthetic.batch import vectors
from rnnlab.nets import rnn
from rnnlab.nets.losses import cross_entropy
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import Params, sequence_model
from rnnlab.training.optimizers import optimizer

K = 4
CHANCE, SOLVED = 1 / K, 0.98
RATES = (1e-3, 3e-3, 1e-2)


class Setting(NamedTuple):
    """An activation, and how W_hh starts."""

    activation: str
    recurrent: str


SETTINGS = {
    "tanh, uniform": Setting("tanh", "uniform"),
    "tanh, orthogonal": Setting("tanh", "orthogonal"),
    "tanh, identity": Setting("tanh", "identity"),
    "ReLU, uniform": Setting("relu", "uniform"),
    "ReLU, orthogonal": Setting("relu", "orthogonal"),
    "ReLU, identity": Setting("relu", "identity"),
}


@dataclass(frozen=True)
class Trial:
    """One run: the accuracy on fresh sequences after each `every` steps, until it was solved or the budget spent.

    `answers` (K, K) counts the last check: a row for each first token, a column for each answer.
    """

    accuracy: NDArray[np.float64]
    every: int
    answers: NDArray[np.int64]

    @property
    def solved(self) -> bool:
        return bool(self.accuracy[-1] > SOLVED)

    @property
    def steps(self) -> int:
        """The steps that were taken."""
        return self.every * len(self.accuracy)


def trial(
    rng: Generator, setting: Setting, lag: int, rate: float, steps: int = 300, every: int = 25, H: int = 32
) -> Trial:
    """Train one network, in float32, on batches of 32 new sequences with `lag` steps from the token to the answer."""
    model = sequence_model("rnn", read="last", activation=setting.activation)
    params = model.init(rng, 2 * K, H, K, np.float32, recurrent=setting.recurrent)
    adam = optimizer("adam", rate)
    state, scores, answers = adam.init(params), [], np.zeros((K, K), np.int64)
    for step in range(1, steps + 1):
        _, grads = model.gradient(params, _draw(rng, 32, lag))
        grads, _ = clip_by_norm(grads, 1.0)
        params, state = adam.update(params, grads, state)
        if step % every == 0:
            fresh = _draw(rng, 250, lag)
            answers = np.zeros((K, K), np.int64)
            np.add.at(answers, (fresh.targets, model.predict(params, fresh.x).argmax(axis=-1)), 1)
            scores.append(answers.trace() / answers.sum())
            if scores[-1] > SOLVED:
                break
    return Trial(np.array(scores), every, answers)


def share_that_arrives(rng: Generator, setting: Setting, lag: int, H: int = 32, B: int = 32) -> float:
    """‖∂L/∂h_0‖ / ‖∂L/∂h_T‖ of the untrained network, T = lag + 1: how much of the gradient reaches the first state."""
    model = sequence_model("rnn", read="last", activation=setting.activation)
    params: Params = model.init(rng, 2 * K, H, K, recurrent=setting.recurrent)
    batch = _draw(rng, B, lag, np.float64)
    h, cache = rnn.forward(params.cell, batch.x, activation=setting.activation)
    _, d_y = cross_entropy(rnn.readout(params.readout, h[-1]), batch.targets)
    d_h_last, _ = rnn.readout_backward(d_y, h[-1], params.readout)
    _, d_h_0, _ = rnn.backward(np.zeros_like(h), cache, d_h_last)
    return float(np.linalg.norm(d_h_0) / np.linalg.norm(d_h_last))


def _draw(rng: Generator, B: int, lag: int, dtype: type = np.float32) -> Batch:
    batch = recall.draw(rng, B, lag + 1, K)
    return Batch(vectors(batch, dtype), batch.targets[-1])
