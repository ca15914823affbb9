"""Experiment: does a snippet of English text hold the word "was" or the word "saw", and at which place in it?

Both words have the same letters. A network learns with the word at some places of the snippet, and is asked with the
word at every place. Prediction, made before the first run: a feed-forward network with a window knows the places that
it has learned, a recurrent network and a convolution know all of them. The prediction was wrong about the recurrent
network: whether it does depends on which places it has learned. Budget: a second for a run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.encoding import encode
from rnnlab.data.text import ALPHABET, learn_and_held_out
from rnnlab.nets import causal_convolution, dense, multilayer, rnn
from rnnlab.nets.activations import relu, relu_derivative
from rnnlab.nets.embedding import one_hot
from rnnlab.nets.losses import cross_entropy
from rnnlab.nets.pooling_over_time import max_over_time, max_over_time_backward
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import drawn
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

WORDS = ("was", "saw")
T, D, K = 20, len(ALPHABET), len(WORDS)
DTYPE = np.float32
PLACES = tuple(range(T - len(WORDS[0]) + 1))
LEARNED = {
    "the first six places": PLACES[:6],
    "every third place": PLACES[::3],
    "all places but three": PLACES[:6] + PLACES[9:],
}


@dataclass(frozen=True)
class Snippets:
    """A text as ids, and for each word the places in it where the word begins."""

    ids: Array
    begins: tuple[Array, ...]

    def at(self, place: int, rng: Generator | None = None, B: int = 0) -> tuple[Array, Array]:
        """One-hot snippets (T, N, D) with a word at this place, and which word it is, (N).

        All occurrences of the rarer word and as many of the other one, or, with `rng`, B drawn ones.
        """
        each = min(map(len, self.begins)) if rng is None else B // len(WORDS)
        chosen = [begin[:each] if rng is None else rng.choice(begin, each) for begin in self.begins]
        starts = np.concatenate(chosen) - place
        ids = self.ids[starts + np.arange(T)[:, np.newaxis]]
        return one_hot(ids, D, DTYPE), np.repeat(np.arange(K), each)


@cache
def snippets() -> tuple[Snippets, Snippets]:
    """The two words in their sentences: two thirds of the chapters to learn from, one third held out."""
    return tuple(_found(text) for text in learn_and_held_out(every=3))  # type: ignore[return-value]


def _found(text: str) -> Snippets:
    begins = [[match.start() for match in re.finditer(rf"\b{word}\b", text[T:-T])] for word in WORDS]
    return Snippets(encode(text, ALPHABET), tuple(np.array(begin) + T for begin in begins))


class Network(NamedTuple):
    """`init(rng)` makes the weights; `forward(params, x)` gives logits (B, K) and the way back, d_y → grads."""

    init: Callable[[Generator], Any]
    forward: Callable[[Any, Array], tuple[Array, Callable[[Array], Any]]]


def letter_counts(H: int = 32) -> Network:
    """A hidden layer on how often each letter occurs: x_1 + … + x_T, a vector (D)."""

    def forward(params: Any, x: Array) -> tuple[Array, Callable[[Array], Any]]:
        y, cache = multilayer.forward(params, x.sum(axis=0))
        return y, lambda d_y: multilayer.backward(d_y, cache)[1]

    return Network(lambda rng: multilayer.init(rng, (D, H, K), DTYPE), forward)


def window(H: int = 32) -> Network:
    """A hidden layer on all letters side by side, [x_1; …; x_T], a vector (T D): a weight for each place and letter."""

    def forward(params: Any, x: Array) -> tuple[Array, Callable[[Array], Any]]:
        side_by_side = x.transpose(1, 0, 2).reshape(x.shape[1], -1)
        y, cache = multilayer.forward(params, side_by_side)
        return y, lambda d_y: multilayer.backward(d_y, cache)[1]

    return Network(lambda rng: multilayer.init(rng, (T * D, H, K), DTYPE), forward)


def recurrent(H: int = 32) -> Network:
    """The plain recurrent network, read after the last letter."""

    def forward(params: Any, x: Array) -> tuple[Array, Callable[[Array], Any]]:
        cell, readout = params
        h, cache = rnn.forward(cell, x)

        def back(d_y: Array) -> Any:
            d_h_T, d_readout = rnn.readout_backward(d_y, h[-1], readout)
            return rnn.backward(np.zeros_like(h), cache, d_h_T)[2], d_readout

        return rnn.readout(readout, h[-1]), back

    return Network(lambda rng: (rnn.init(rng, D, H, DTYPE), rnn.init_readout(rng, H, K, DTYPE)), forward)


def convolution(H: int = 32, kernel: int = 3) -> Network:
    """H detectors that slide over the text, the largest answer of each, and a dense layer: no state."""

    def forward(params: Any, x: Array) -> tuple[Array, Callable[[Array], Any]]:
        slide, readout = params
        a, cache = causal_convolution.forward(slide, x)
        h = relu(a)
        largest, pooled = max_over_time(h)
        y, read = dense.forward(readout, largest)

        def back(d_y: Array) -> Any:
            d_largest, d_readout = dense.backward(d_y, read)
            d_a = max_over_time_backward(d_largest, pooled) * relu_derivative(h)
            return causal_convolution.backward(d_a, cache)[2], d_readout

        return y, back

    return Network(
        lambda rng: (causal_convolution.init(rng, D, H, kernel, DTYPE), dense.init(rng, H, K, DTYPE)), forward
    )


# Of 3e-3 and 1e-2, the rate with which each learned best where the word stood at all places but three.
NETWORKS: dict[str, tuple[Network, float]] = {
    "letter counts": (letter_counts(), 1e-2),
    "window": (window(), 1e-2),
    "convolution": (convolution(), 3e-3),
    "recurrent": (recurrent(), 3e-3),
}


def train(seed: int, network: Network, places: Sequence[int], rate: float, updates: int = 600) -> Any:
    """Weights after `updates` batches of 64 snippets, each with its word at one of the places, drawn at random."""
    rng, (learn, _) = np.random.default_rng(seed), snippets()

    def gradient(params: Any, batch: tuple[Array, Array]) -> tuple[float, Any]:
        x, words = batch
        y, back = network.forward(params, x)
        loss, d_y = cross_entropy(y, words)
        return loss, back(d_y)

    batches = drawn(lambda rng: learn.at(int(rng.choice(places)), rng, B=64))
    adam = optimizer("adam", rate)
    result = fit(network.init(rng), gradient, batches, adam, rng=rng, steps=updates, clip=1.0, progress=False)
    return result.params


def right_at(params: Any, network: Network, part: Snippets) -> Array:
    """The share of snippets whose word is named rightly, with the word at each of `PLACES`: (len(PLACES),)."""
    shares = []
    for place in PLACES:
        x, words = part.at(place)
        y, _ = network.forward(params, x)
        shares.append(np.mean(y.argmax(axis=1) == words))
    return np.array(shares)
