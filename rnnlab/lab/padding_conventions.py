"""Experiment: three ways to average the loss of a padded batch, on a network that spells surnames.

Prediction: averaging the padding in makes the loss look small, by an amount that depends on the longest name of the
batch, and says little about real letters. Budget: half a second for a run.
A name is read as end, letter, …, letter and predicted as letter, …, letter, end; the end sign has the id 0, as padding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.encoding import encode
from rnnlab.data.surnames import ALPHABET
from rnnlab.nets import rnn
from rnnlab.nets.activations import log_softmax
from rnnlab.nets.embedding import one_hot
from rnnlab.nets.losses import bits, cross_entropy
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import pad, shuffled
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

SYMBOLS = "." + ALPHABET
CONVENTIONS = ("padding averaged in", "mean over steps", "mean over sequences")


class Speller(NamedTuple):
    """The network's parameters: the cell that reads, and the readout that scores the next symbol."""

    cell: rnn.Params
    readout: rnn.ReadoutParams


@dataclass(frozen=True)
class Spelled:
    """What a speller scores on held-out names, in bits: `reported` by its own convention, and for each real symbol."""

    reported: float
    real: float


def padded(names: Sequence[str]) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Inputs and targets of next-symbol prediction and the mask: ids (T, B), ids (T, B), (T, B).

    >>> x, targets, mask = padded(["li", "o"])
    >>> targets.T.tolist(), mask.sum(axis=0).tolist()
    ([[12, 9, 0], [15, 0, 0]], [3, 2])
    """
    letters = [encode(name, SYMBOLS) for name in names]
    x, mask = pad([np.append(0, own) for own in letters])
    targets, _ = pad([np.append(own, 0) for own in letters])
    return x, targets, mask


def shares(mask: NDArray[np.bool_], convention: str) -> Array:
    """How much each step's loss counts, w (T, B), which sums to 1.

    "padding averaged in" 1 / TB everywhere; "mean over steps" m / Σ m; "mean over sequences" m_tb / (B Σ_t m_tb).

    >>> shares(np.array([[True, True], [True, False]]), "mean over sequences").tolist()
    [[0.25, 0.5], [0.25, 0.0]]
    """
    if convention == "padding averaged in":
        return np.full(mask.shape, 1 / mask.size)
    if convention == "mean over steps":
        return mask / mask.sum()
    return mask / (mask.sum(axis=0) * mask.shape[1])


def weighted_loss(logits: Array, targets: Array, w: Array) -> tuple[float, Array]:
    """The loss Σ w_tb L_tb in nats and its gradient w (p − y): logits (T, B, K), targets (T, B), w (T, B)."""
    _, d_logits = cross_entropy(logits, targets, reduction="sum")
    return float(np.sum(w * step_losses(logits, targets))), d_logits * w[..., np.newaxis]


def step_losses(logits: Array, targets: Array) -> Array:
    """The cross-entropy of every step by itself, in nats: (T, B)."""
    return -np.take_along_axis(log_softmax(logits), targets[..., np.newaxis], axis=-1)[..., 0]


def train(
    rng: Generator, names: Sequence[str], convention: str, H: int = 48, epochs: int = 6, rate: float = 2e-2
) -> Speller:
    """A speller trained with Adam by one convention, in batches of 64 names as they come, the norm clipped at 1."""
    K = len(SYMBOLS)
    speller, adam = Speller(rnn.init(rng, K, H), rnn.init_readout(rng, H, K)), optimizer("adam", rate)
    state = adam.init(speller)
    for _ in range(epochs):
        for places in shuffled(rng, len(names), 64):
            grads, _ = clip_by_norm(
                _gradient(speller, [names[int(place)] for place in places], convention), 1.0
            )
            speller, state = adam.update(speller, grads, state)
    return speller


def logits_of(speller: Speller, x: Array) -> Array:
    """The logits of the next symbol at every step: ids (T, B) → (T, B, K). Padding is read on, after the real steps."""
    h, _ = rnn.forward(speller.cell, one_hot(x, len(SYMBOLS)))
    return rnn.readout(speller.readout, h)


def loss_of(speller: Speller, names: Sequence[str], convention: str) -> float:
    """The loss of these names as one batch, by a convention, in bits."""
    x, targets, mask = padded(names)
    loss, _ = weighted_loss(logits_of(speller, x), targets, shares(mask, convention))
    return bits(loss)


def score(speller: Speller, held_out: Sequence[str], convention: str) -> Spelled:
    """The loss as the convention reports it, and the mean over real symbols, whatever it was trained by."""
    return Spelled(loss_of(speller, held_out, convention), loss_of(speller, held_out, "mean over steps"))


def _gradient(speller: Speller, names: Sequence[str], convention: str) -> Speller:
    x, targets, mask = padded(names)
    h, cache = rnn.forward(speller.cell, one_hot(x, len(SYMBOLS)))
    _, d_y = weighted_loss(rnn.readout(speller.readout, h), targets, shares(mask, convention))
    d_h, readout = rnn.readout_backward(d_y, h, speller.readout)
    _, _, cell = rnn.backward(d_h, cache)
    return Speller(cell, readout)
