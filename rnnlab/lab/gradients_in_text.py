"""Experiment: how far back a gradient reaches in a network that reads English letters, before and after training.

Prediction: an orthogonal start lets the gradient reach further than the default one, and training on the next letter
changes both, because what it needs is mostly near. Budget: a second for each run. Result: a `Reader`, and norms by lag.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.analysis.gradient_flow import log10_gradient_norms
from rnnlab.data.encoding import encode
from rnnlab.data.text import ALPHABET, learn_and_held_out
from rnnlab.nets import rnn
from rnnlab.nets.activations import tanh_derivative
from rnnlab.nets.embedding import one_hot
from rnnlab.nets.losses import bits, cross_entropy
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch, streams
from rnnlab.training.models import Params, sequence_model
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

V = len(ALPHABET)
NETWORK = sequence_model("rnn", read="every")
SEQUENCES, WINDOW, HELD_OUT = 20, 32, 2000


@dataclass(frozen=True)
class Reader:
    """A network before and after training, and the bits that it needs for a held-out letter, before and after."""

    start: str
    before: Params
    after: Params
    bits: tuple[float, float]


@cache
def texts() -> tuple[Array, Array]:
    """Ids of the text to learn from, (N,), and of held-out text as streams side by side, (n, SEQUENCES)."""
    learn, held_out = (encode(part, ALPHABET) for part in learn_and_held_out())
    return learn, streams(held_out, SEQUENCES)[:HELD_OUT]


def train(seed: int, start: str, updates: int = 400, H: int = 64, rate: float = 3e-3) -> Reader:
    """One run: windows of the text with the state carried, Adam, the gradient's norm clipped at 1.

    `start` is that of W_hh, "uniform" or "orthogonal".
    """
    rng, adam = np.random.default_rng(seed), optimizer("adam", rate)
    before = NETWORK.init(rng, V, H, V, recurrent=start)
    params, memory, state = before, adam.init(before), None
    for batch in windows(rng, updates):
        _, grads, state = NETWORK.gradient_from(params, batch, state)
        params, memory = adam.update(params, clip_by_norm(grads, 1.0)[0], memory)
    return Reader(start, before, params, (held_out_bits(before), held_out_bits(params)))


def windows(rng: Generator, count: int) -> Iterator[Batch]:
    """Windows of streams that read the text side by side, from a place of the run's own on."""
    learn, _ = texts()
    first = int(rng.integers(len(learn)))
    ids = streams(np.roll(learn, -first), SEQUENCES)
    for t in range(0, count * WINDOW, WINDOW):
        yield Batch(one_hot(ids[t : t + WINDOW], V), ids[t + 1 : t + WINDOW + 1])


def held_out_bits(params: Params) -> float:
    """The mean bits for a held-out letter."""
    _, ids = texts()
    return bits(NETWORK.loss_of(params, Batch(one_hot(ids[:-1], V), ids[1:])))


def norms_by_lag(params: Params, T: int = 40, pieces: int = 5) -> Array:
    """What is left of one letter's loss after k steps back: log₁₀ ‖δ_{T−k}‖ / ‖δ_T‖, k = 0 … T, on held-out text.

    The loss is that of the last letter alone. Returns (T + 1, SEQUENCES · pieces).
    """
    _, ids = texts()
    spans = [slice(start, start + T) for start in range(0, pieces * T, T)]
    x = one_hot(np.concatenate([ids[span] for span in spans], axis=1), V)
    target = np.concatenate([ids[span.stop] for span in spans])
    h, _ = rnn.forward(params.cell, x)
    _, d_y = cross_entropy(rnn.readout(params.readout, h[-1]), target)
    d_h_last, _ = rnn.readout_backward(d_y, h[-1], params.readout)
    norms = log10_gradient_norms(NETWORK.cell, params.cell, x, d_h_last)
    return norms - norms[0]


def mean_slope(params: Params) -> float:
    """The mean slope 1 − h² of tanh on held-out text: 1 where units are near zero, 0 where they are saturated."""
    _, ids = texts()
    h, _ = rnn.forward(params.cell, one_hot(ids[:200], V))
    return float(np.mean(tanh_derivative(h)))


def a_gradient(params: Params, seed: int) -> Params:
    """The gradient at all weights on one window of the text."""
    (batch,) = windows(np.random.default_rng(seed), 1)
    return NETWORK.gradient(params, batch)[1]
