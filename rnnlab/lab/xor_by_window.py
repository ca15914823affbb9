"""Experiment: the exclusive or of a bit and one `lag` steps ago, by nets without memory on a window, and by a network.

The window shows the last four bits. Predictions: the perceptron fails at every lag, since no line separates the two
answers; the multilayer perceptron is right where the lag is shorter than the window and guesses beyond; the recurrent
network reads one bit at a time and is right at all lags that training reaches. Budget: a third of a second for a run.
Result: the share of right answers on fresh bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.synthetic import xor
from rnnlab.data.synthetic.batch import vectors
from rnnlab.nets import multilayer, perceptron
from rnnlab.nets.losses import cross_entropy
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import sequence_model
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

WINDOW = 4
LAGS = (1, 2, 3, 4, 5, 6)


def windows(rng: Generator, lag: int, count: int, window: int = WINDOW) -> tuple[Array, Array]:
    """Windows of the last bits as −1 and 1, newest last, (count, window); and whether x_t ≠ x_{t−lag}, (count,)."""
    bits = rng.integers(0, 2, size=(count, max(window, lag + 1)))
    return 2.0 * bits[:, -window:] - 1, bits[:, -1] ^ bits[:, -1 - lag]


def perceptron_accuracy(rng: Generator, lag: int, examples: int = 1000, epochs: int = 10) -> float:
    """The perceptron on the window."""
    x, y = windows(rng, lag, examples)
    params = perceptron.train(perceptron.init(WINDOW), x, 2 * y - 1, epochs).params
    fresh, answer = windows(rng, lag, 4000)
    return float(np.mean(perceptron.predict(params, fresh) == 2 * answer - 1))


def multilayer_accuracy(rng: Generator, lag: int, H: int = 16, steps: int = 300, rate: float = 1e-2) -> float:
    """A multilayer perceptron on the window."""
    params, adam = multilayer.init(rng, (WINDOW, H, 2)), optimizer("adam", rate)
    memory = adam.init(params)
    for _ in range(steps):
        x, y = windows(rng, lag, 128)
        logits, cache = multilayer.forward(params, x)
        _, grads = multilayer.backward(cross_entropy(logits, y)[1], cache)
        params, memory = adam.update(params, grads, memory)
    fresh, answer = windows(rng, lag, 4000)
    return float(np.mean(multilayer.forward(params, fresh)[0].argmax(axis=-1) == answer))


def recurrent_accuracy(rng: Generator, lag: int, H: int = 24, steps: int = 400, rate: float = 1e-2) -> float:
    """A plain recurrent network that reads one bit at a time, twelve in a row, from an orthogonal start."""
    model = sequence_model("rnn", read="every")
    params, adam = model.init(rng, 1, H, 2, np.float32, recurrent="orthogonal"), optimizer("adam", rate)
    memory = adam.init(params)
    for _ in range(steps):
        _, grads = model.gradient(params, _stream(rng, lag, 32))
        params, memory = adam.update(params, clip_by_norm(grads, 1.0)[0], memory)
    fresh = _stream(rng, lag, 500)
    right = model.predict(params, fresh.x).argmax(axis=-1) == fresh.targets
    return float(right[fresh.scored].mean())


def _stream(rng: Generator, lag: int, B: int, T: int = 12) -> Batch:
    drawn = xor.draw(rng, B, T, lag)
    return Batch(2 * vectors(drawn, np.float32) - 1, drawn.targets, scored=drawn.counts)
