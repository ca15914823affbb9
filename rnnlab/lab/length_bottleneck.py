"""Experiment: how long a sequence fits through an encoder–decoder, with and without attention.

Random tokens are read and written out again, in the same order ("copy") or backward ("reverse"). Predictions: with the
last state alone the share of right tokens falls with the length; with more training or a larger state it falls later;
with attention it stays up over all lengths that were trained, and falls beyond them. Copying a source that was read
backward is "reverse", so the two tasks together also show what reading backward is worth.
Budget: about one second of CPU for each run of the default size. Result: a `Run` with the accuracy at each length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.nets import decoding, seq2seq
from rnnlab.nets.cells import cell
from rnnlab.nets.decoders import decoder
from rnnlab.nets.losses import masked_sequence_loss
from rnnlab.training.fit import fit
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

SYMBOLS = 8
START = SYMBOLS
STEPS = 350
ORDERS: dict[str, Callable[[Array], Array]] = {"copy": lambda x: x, "reverse": lambda x: x[::-1]}


@dataclass(frozen=True)
class Run:
    """A trained network: its weights, the kinds of its two halves, and the losses of all steps."""

    params: seq2seq.Params
    network: dict[str, Any]
    order: str
    losses: Array


def network_of(kind: str, unit: str = "lstm") -> dict[str, Any]:
    """Encoder and decoder of one kind of cell; `kind` is that of `decoders.decoder`."""
    return {"encoder": cell(unit), "decoder": decoder(kind, cell(unit))}


def train(
    rng: Generator,
    kind: str,
    order: str,
    longest: int = 10,
    H: int = 32,
    steps: int = STEPS,
    rate: float = 1e-2,
    B: int = 32,
) -> Run:
    """A network that has read and written sequences of 2 to `longest` random tokens, one length in each batch."""
    network = network_of(kind)

    def batches(rng: Generator) -> Iterator[tuple[Array, Array]]:
        while True:
            source = sequences(rng, int(rng.integers(2, longest + 1)), B)
            yield source, ORDERS[order](source)

    def gradient(params: seq2seq.Params, batch: tuple[Array, Array]) -> tuple[float, seq2seq.Params]:
        source, target = batch
        fed = seq2seq.shifted_right(target, START)
        logits, cache = seq2seq.forward(params, source, None, fed, **network)
        loss, d_logits = masked_sequence_loss(logits, target, np.ones(target.shape, bool))
        return loss, seq2seq.backward(d_logits, cache)

    params = seq2seq.init(rng, SYMBOLS, START + 1, 16, H, np.float32, **network)
    adam = optimizer("adam", rate)
    fitted = fit(params, gradient, batches, adam, rng=rng, steps=steps, clip=1.0, progress=False)
    return Run(fitted.params, network, order, fitted.history.loss)


def sequences(rng: Generator, length: int, B: int) -> Array:
    """Uniformly random tokens (length, B)."""
    return rng.integers(0, SYMBOLS, size=(length, B))


def accuracy(run: Run, rng: Generator, lengths: Sequence[int], B: int = 200) -> Array:
    """The share of tokens written rightly at each of the lengths, fed its own tokens; guessing gives 1 / SYMBOLS."""
    shares = []
    for length in lengths:
        source = sequences(rng, length, B)
        step, state = seq2seq.writer(run.params, source, **run.network)
        written = decoding.greedy(step, state, np.full(B, START), None, length).ids
        shares.append((written == ORDERS[run.order](source)).mean())
    return np.array(shares)
