"""Experiment: what the gates of a trained LSTM do while it reads English letters.

Prediction: some forget gates close where a word ends and stay open within words. Budget: a second for each run.
Result: a `Reader`; its gates at held-out letters, and how far each gate's mean after a space differs from that after
letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.data.encoding import encode
from rnnlab.data.text import ALPHABET
from rnnlab.lab.gradients_in_text import SEQUENCES, V, texts, windows
from rnnlab.nets import lstm
from rnnlab.nets.embedding import one_hot
from rnnlab.nets.losses import bits
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import Params, sequence_model
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

NETWORK = sequence_model("lstm", read="every")
SETTLING, READ = 20, 400
SPACE = ALPHABET.index(" ")
LETTERS = 26  # they come first in the alphabet


@dataclass(frozen=True)
class Reader:
    """A trained network, and the bits that it needs for a held-out letter."""

    params: Params
    bits: float


@dataclass(frozen=True)
class Reading:
    """What a network does at each held-out letter: ids (n, B), four gates and the cell state, each (n, B, H)."""

    ids: Array
    gates: lstm.Gates
    c: Array


def train(seed: int, updates: int = 300, H: int = 32, rate: float = 1e-2, forget_bias: float = 1.0) -> Reader:
    """One run: windows of the text with the state carried, float32, Adam, the gradient's norm clipped at 1."""
    rng, adam = np.random.default_rng(seed), optimizer("adam", rate)
    params = NETWORK.init(rng, V, H, V, np.float32, forget_bias=forget_bias)
    memory, state = adam.init(params), None
    for batch in windows(rng, updates):
        batch = batch._replace(x=batch.x.astype(np.float32))
        _, grads, state = NETWORK.gradient_from(params, batch, state)
        params, memory = adam.update(params, clip_by_norm(grads, 1.0)[0], memory)
    _, ids = texts()
    x = one_hot(ids[: READ + 1], V, np.float32)
    return Reader(params, bits(NETWORK.loss_of(params, Batch(x[:-1], ids[1 : READ + 1]))))


def read(reader: Reader) -> Reading:
    """The gates along held-out text, after the first letters, when the state has settled."""
    _, ids = texts()
    _, cache = lstm.forward(reader.params.cell, one_hot(ids[: READ + SETTLING], V, np.float32))
    gates = lstm.Gates(*(gate[SETTLING:] for gate in cache.gates))
    return Reading(ids[SETTLING : READ + SETTLING], gates, cache.cells[SETTLING + 1 :])


def read_line(reader: Reader, line: str) -> Reading:
    """The same for one line, from the zero state: ids (n, 1) and gates (n, 1, H)."""
    ids = encode(line, ALPHABET)[:, np.newaxis]
    _, cache = lstm.forward(reader.params.cell, one_hot(ids, V, np.float32))
    return Reading(ids, cache.gates, cache.cells[1:])


def at_spaces(gate: Array, ids: Array) -> tuple[Array, Array]:
    """A gate's mean at the steps that read a space, and at those that read a letter: two (H,).

    Shapes: gate (n, B, H), ids (n, B).
    """
    return gate[ids == SPACE].mean(axis=0), gate[ids < LETTERS].mean(axis=0)


def held_out_letters() -> int:
    """How many held-out letters are looked at."""
    return READ * SEQUENCES
