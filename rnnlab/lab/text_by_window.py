"""Experiment: the next character of English text, learned with windows of different lengths and the state carried.

Every update reads equally many characters, τ steps of B = `CHARACTERS` / τ streams, and every window gets equally many
updates: all have read the same amount. Prediction: longer windows predict better, with less and less to gain. Budget: a
second for each run. Result: held-out bits for each character, beside models that count letters and pairs of letters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.analysis.truncation import cosines_by_window
from rnnlab.data.encoding import encode
from rnnlab.data.text import ALPHABET, learn_and_held_out
from rnnlab.nets import rnn
from rnnlab.nets.embedding import one_hot
from rnnlab.nets.losses import bits, cross_entropy
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch, streams
from rnnlab.training.models import Params, SequenceModel, sequence_model
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

V = len(ALPHABET)
CHARACTERS = 640
HELD_OUT = 1_000  # steps of each stream


@dataclass(frozen=True)
class Run:
    """One trained network, and the bits that it needs for each held-out character."""

    window: int
    rate: float
    params: Params
    bits: float


def model() -> SequenceModel:
    """A plain network that names the next character at every step."""
    return sequence_model("rnn", read="every")


@cache
def texts() -> tuple[Array, Array]:
    """Ids of the text to learn from, (N,), and of the held-out text as twenty streams from all over it, (n, 20)."""
    learn, held_out = (encode(part, ALPHABET) for part in learn_and_held_out())
    return learn, streams(held_out, B=20)[:HELD_OUT]


def train(seed: int, window: int, rate: float, updates: int = 400, H: int = 64) -> Run:
    """One run: windows in the order of the text, states carried, Adam, the gradient's norm clipped at 1."""
    rng, network, adam = np.random.default_rng(seed), model(), optimizer("adam", rate)
    params = network.init(rng, D=V, H=H, K=V, dtype=np.float32)
    memory, state = adam.init(params), None
    for batch in _windows(rng, window, updates):
        _, grads, state = network.gradient_from(params, batch, state)
        params, memory = adam.update(params, clip_by_norm(grads, 1.0)[0], memory)
    return Run(window, rate, params, held_out_bits(params))


def _windows(rng: Generator, window: int, updates: int) -> Iterator[Batch]:
    """B streams that begin all over the text, side by side, cut into windows; the places of each run are its own."""
    learn, _ = texts()
    ids = streams(np.roll(learn, -int(rng.integers(len(learn)))), CHARACTERS // window)
    for t in range(0, updates * window, window):
        yield Batch(one_hot(ids[t : t + window], V, np.float32), ids[t + 1 : t + window + 1])


def held_out_bits(params: Params) -> float:
    """Bits for each held-out character, each stream read in one go and scored without its first 20 characters."""
    _, ids = texts()
    h, _ = rnn.forward(params.cell, one_hot(ids[:-1], V, np.float32))
    logits = rnn.readout(params.readout, h)
    return bits(cross_entropy(logits[20:], ids[21:])[0])


def counted_bits() -> dict[str, float]:
    """Bits for each held-out character of models that count: letters alone, and letters after each letter."""
    learn, held_out = texts()
    before, held_out = held_out[20:-1], held_out[21:]  # as in `held_out_bits`
    pairs = np.full((V, V), 0.1)  # a little of each, so that no pair is impossible
    np.add.at(pairs, (learn[:-1], learn[1:]), 1)
    alone = pairs.sum(axis=0) / pairs.sum()
    after = pairs / pairs.sum(axis=1, keepdims=True)
    return {
        "every letter equally likely": float(np.log2(V)),
        "how often each letter occurs": float(-np.log2(alone[held_out]).mean()),
        "which letter follows which": float(-np.log2(after[before, held_out]).mean()),
    }


def cosines(params: Params, windows: list[int], T: int = 64) -> Array:
    """The cosine between the truncated and the whole gradient of the cell, on held-out text: (len(windows),)."""
    ids = texts()[1][: T + 1]
    network, x = model(), one_hot(ids[:-1], V, np.float32)
    h, _ = rnn.forward(params.cell, x)
    _, d_y = cross_entropy(rnn.readout(params.readout, h), ids[1:])
    d_h, _ = rnn.readout_backward(d_y, h, params.readout)
    return cosines_by_window(network.cell, params.cell, x, d_h, windows)
