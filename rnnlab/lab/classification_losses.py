"""Experiment: the surname reader of chapter hidden-state, trained with three losses that all call themselves right.

Prediction: a softmax too many, and a squared error on probabilities, both have smaller gradients than the
cross-entropy and learn more slowly from the same start; the doubled softmax can never be sure, whatever it learns.
Budget: half a second for a run. Every loss chooses among the same learning rates by the same held-out names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.lab.reading_surnames import Names, Reader, inputs, untrained
from rnnlab.nets import rnn
from rnnlab.nets.activations import softmax, softmax_backward
from rnnlab.nets.embedding import one_hot
from rnnlab.nets.losses import cross_entropy, squared_error
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import shuffled
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]
Loss = Callable[[Array, Array], tuple[float, Array]]
RATES = (1e-3, 3e-3, 1e-2, 3e-2)


def softmax_twice(logits: Array, targets: Array) -> tuple[float, Array]:
    """Cross-entropy given probabilities where it expects logits: L = −log q_target with q = softmax(softmax(logits)).

    Shapes as in `cross_entropy`: logits (B, K), targets (B); returns L in nats and d_logits (B, K).

    >>> loss, _ = softmax_twice(np.array([[1000.0, 0.0]]), np.array([0]))
    >>> bool(np.isclose(loss, least_loss_of_softmax_twice(2)))
    True
    """
    p = softmax(logits)
    loss, d_p = cross_entropy(p, targets)
    return loss, softmax_backward(d_p, p)


def least_loss_of_softmax_twice(K: int) -> float:
    """The loss of `softmax_twice` when the network is certain and right: log(e + K − 1) − 1, in nats.

    >>> round(least_loss_of_softmax_twice(6), 3)
    1.044
    """
    return float(np.log(np.e + K - 1) - 1)


def lead_that_asks_for_certainty(K: int) -> float:
    """By how much one class must be likelier than every other to make certainty the best answer to `softmax_twice`.

    At p = onehot the two largest entries of q differ by (e − 1) / (e + K − 1).

    >>> round(lead_that_asks_for_certainty(6), 3)
    0.223
    """
    return float((np.e - 1) / (np.e + K - 1))


def squared_error_of_probabilities(logits: Array, targets: Array) -> tuple[float, Array]:
    """The squared distance between probabilities and one-hot targets, L = Σ_k (p_k − y_k)², mean over the batch.

    Shapes as in `cross_entropy`.

    >>> squared_error_of_probabilities(np.array([[0.0, 0.0]]), np.array([1]))
    (0.5, array([[ 0.5, -0.5]]))
    """
    p = softmax(logits)
    total, d_p = squared_error(p, one_hot(targets, p.shape[-1]), reduction="sum")
    return total / len(p), softmax_backward(d_p / len(p), p)


LOSSES: Mapping[str, Loss] = {
    "cross-entropy": cross_entropy,
    "softmax twice": softmax_twice,
    "squared error": squared_error_of_probabilities,
}


class Point(NamedTuple):
    """What held-out names say after an epoch: the share that is right, and the surprise in bits for a name."""

    accuracy: float
    bits: float


@dataclass(frozen=True)
class Run:
    """One run: its loss, learning rate and seed, the held-out scores after each epoch, and the reader itself."""

    loss: str
    rate: float
    points: tuple[Point, ...]
    reader: Reader


def train(rng: Generator, loss: str, rate: float, learn: Names, held_out: Names, epochs: int = 8) -> Run:
    """A reader trained by Adam on one of `LOSSES`, the gradient's norm clipped at 1, scored after every epoch."""
    reader, adam = untrained(rng), optimizer("adam", rate)
    state, points = adam.init(reader), []
    for _ in range(epochs):
        for places in shuffled(rng, len(learn.letters), 64):
            grads, _ = clip_by_norm(gradient(reader, learn.take(places), LOSSES[loss]), 1.0)
            reader, state = adam.update(reader, grads, state)
        points.append(score(reader, held_out))
    return Run(loss, rate, tuple(points), reader)


def gradient(reader: Reader, names: Names, loss: Loss) -> Reader:
    """The gradient of a loss on the logits after the last letter of each name."""
    x, mask = inputs(names.letters)
    h, cache = rnn.forward(reader.cell, x, mask=mask)
    _, d_y = loss(rnn.readout(reader.readout, h[-1]), names.language)
    d_h_last, readout = rnn.readout_backward(d_y, h[-1], reader.readout)
    _, _, cell = rnn.backward(np.zeros_like(h), cache, d_h_last)
    return Reader(cell, readout)


def logits(reader: Reader, names: Names) -> Array:
    """The logits after the last letter of each name: (B, K)."""
    x, mask = inputs(names.letters)
    h, _ = rnn.forward(reader.cell, x, mask=mask)
    return rnn.readout(reader.readout, h[-1])


def score(reader: Reader, held_out: Names) -> Point:
    y = logits(reader, held_out)
    right = y.argmax(axis=-1) == held_out.language
    surprise, _ = cross_entropy(y, held_out.language)
    return Point(float(right.mean()), surprise / np.log(2))
