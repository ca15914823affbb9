"""Experiment: the exclusive or of a bit and an earlier one, for a linear recurrence and for two that are not linear.

Prediction, by algebra: with the identity as activation the logit is an affine function of all inputs. Its accuracy over
all sequences is at most 3/4 and its cross-entropy at least log 2, which is that of guessing, however it was trained.
tanh and ReLU can do better. All bit sequences of a length are scored, so there is no sampling error in the score.
Budget: about 0.1 s a run; every activation is tried at the same learning rates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.synthetic import xor
from rnnlab.data.synthetic.batch import Batch as Drawn
from rnnlab.data.synthetic.batch import vectors
from rnnlab.nets import rnn
from rnnlab.nets.activations import softmax
from rnnlab.nets.losses import cross_entropy
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import Params, SequenceModel, sequence_model
from rnnlab.training.optimizers import optimizer

Array = NDArray[np.float64]

ACTIVATIONS = ("identity", "tanh", "relu")
RATES = (3e-3, 1e-2)
AFFINE_ACCURACY, AFFINE_LOSS = 0.75, float(np.log(2))


@dataclass(frozen=True)
class Solver:
    """A trained network, and its scores over all sequences of lag + 2 bits: accuracy, and cross-entropy in nats."""

    model: SequenceModel
    params: Params
    accuracy: float
    loss: float

    def probability(self, earlier: Array, now: Array) -> Array:
        """The probability of a one after two inputs in a row, which may be any numbers; shape as theirs."""
        x = np.stack([earlier.ravel(), now.ravel()])[:, :, np.newaxis]
        y = self.model.predict(self.params, x.astype(float))
        return softmax(y[-1])[:, 1].reshape(earlier.shape)


def last_state_without_a_loop(params: rnn.Params, x: Array, h_0: Array) -> Array:
    """h_T of a linear recurrence as one sum: W_hh^T h_0 + Σ_t W_hh^(T−t) (W_xh x_t + b_h).

    Shapes: x (T, B, D), h_0 (B, H); returns h_T (B, H).
    """
    T, power = len(x), np.linalg.matrix_power
    from_start = h_0 @ power(params.W_hh, T).T
    from_inputs = [
        (x_t @ params.W_xh.T + params.b_h) @ power(params.W_hh, T - t).T for t, x_t in enumerate(x, start=1)
    ]
    return from_start + np.sum(from_inputs, axis=0)


def all_bits(T: int) -> Array:
    """Every sequence of T bits, as inputs (T, 2^T, 1)."""
    numbers = np.arange(2**T)
    return ((numbers >> np.arange(T)[:, np.newaxis]) & 1)[:, :, np.newaxis].astype(float)


def trained(rng: Generator, activation: str, lag: int, rate: float, steps: int = 300, H: int = 16) -> Solver:
    """A network trained with Adam on sequences of lag + 6 random bits, 32 at a time, and asked at every step > lag."""
    model = sequence_model("rnn", read="every", activation=activation)
    params = model.init(rng, 1, H, 2, recurrent="orthogonal")
    adam = optimizer("adam", rate)
    state = adam.init(params)
    for _ in range(steps):
        _, grads = model.gradient(params, _batch(xor.draw(rng, 32, lag + 6, lag)))
        grads, _ = clip_by_norm(grads, 1.0)
        params, state = adam.update(params, grads, state)
    return Solver(model, params, *_scores(model, params, lag))


def best_of_rates(seed: int, activation: str, lag: int) -> Solver:
    """The run with the lowest loss among `RATES`, all with the same seed."""
    runs = [trained(np.random.default_rng([seed, lag]), activation, lag, rate) for rate in RATES]
    return min(runs, key=lambda run: run.loss)


def _scores(model: SequenceModel, params: Params, lag: int) -> tuple[float, float]:
    x = all_bits(lag + 2)
    answer = np.logical_xor(x[-1, :, 0], x[-1 - lag, :, 0]).astype(int)
    y = model.predict(params, x)[-1]
    return float(np.mean(y.argmax(axis=-1) == answer)), cross_entropy(y, answer)[0]


def _batch(drawn: Drawn) -> Batch:
    return Batch(vectors(drawn), drawn.targets, scored=drawn.counts)
