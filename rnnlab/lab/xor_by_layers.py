"""Experiment: the exclusive or of two bits, by a perceptron and by multilayer perceptrons of growing width.

Predictions: the perceptron goes round forever; two hidden units suffice to *represent* the answer, and more make it
easier to *find* by gradient descent. A run is solved when all four cases are right after `steps` updates. Every width
has the same steps and the same learning rate. Budget: a twentieth of a second for a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.nets import multilayer
from rnnlab.nets.activations import softmax
from rnnlab.nets.losses import cross_entropy
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([0, 1, 1, 0])


@dataclass(frozen=True)
class Solver:
    """A trained network, and its loss in nats after each update."""

    params: multilayer.Params
    loss: Array

    @property
    def solved(self) -> bool:
        """Whether all four cases are right."""
        y, _ = multilayer.forward(self.params, X)
        return bool(np.all(y.argmax(axis=-1) == Y))

    def probability(self, first: Array, second: Array) -> Array:
        """The probability of "different" for pairs of numbers; shape as theirs."""
        y, _ = multilayer.forward(self.params, np.stack([first.ravel(), second.ravel()], axis=1))
        return softmax(y)[:, 1].reshape(first.shape)


def train(rng: Generator, H: int, steps: int = 400, rate: float = 3e-2) -> Solver:
    """A network of H hidden tanh units, trained with Adam on all four cases at once."""
    params, adam = multilayer.init(rng, (2, H, 2)), optimizer("adam", rate)
    memory, losses = adam.init(params), []
    for _ in range(steps):
        y, cache = multilayer.forward(params, X)
        loss, d_y = cross_entropy(y, Y)
        _, grads = multilayer.backward(d_y, cache)
        params, memory = adam.update(params, grads, memory)
        losses.append(loss)
    return Solver(params, np.array(losses))
