"""Experiment: how surprised are count models and a plain recurrent network by the next character, in bits?

Prediction: a count of more context is less surprised, and no model is less surprised than the source itself, where its
entropy is known. Budget: two seconds for a run on text, one for a run on the synthetic source, 3 seeds each.
The text has 27 characters, a to z and the space, as in Shannon 1951; whole chapters are held out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.text import chapters
from rnnlab.nets.losses import bits, cross_entropy
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import streamed, streams
from rnnlab.training.models import Params, SequenceModel, sequence_model
from rnnlab.training.optimizers import optimizer
from rnnlab.training.schedules import cosine

Array = NDArray[Any]

ALPHABET = "abcdefghijklmnopqrstuvwxyz "
WEIGHTS = (0.5, 2.0, 8.0, 32.0)
B, T = 64, 32


@dataclass(frozen=True)
class Source:
    """Symbols 0 … V − 1, each drawn from a distribution that the two before it choose: p (V, V, V)."""

    p: Array

    def draw(self, rng: Generator, N: int) -> Array:
        """N symbols, (N), the first two at random."""
        V = len(self.p)
        thresholds = self.p.cumsum(axis=-1)
        symbols = rng.integers(V, size=N)
        for t, u in enumerate(rng.random(N - 2), start=2):
            above = int(np.searchsorted(thresholds[symbols[t - 2], symbols[t - 1]], u, side="right"))
            symbols[t] = min(above, V - 1)  # the last threshold may round to a little less than 1
        return symbols

    def entropy(self) -> float:
        """The entropy rate in bits: Σ π_ij H(p_ij), with π the share of each pair of symbols in the long run."""
        V = len(self.p)
        share = np.full((V, V), 1 / V**2)
        for _ in range(10_000):
            share = np.einsum("ij,ijk->jk", share, self.p)
        of_pair = -np.sum(self.p * np.log2(np.maximum(self.p, 1e-300)), axis=-1)
        return float(np.sum(share * of_pair))

    def surprise(self, symbols: Array) -> float:
        """The mean surprise of the source itself at these symbols, from the third on, in bits for each."""
        return float(-np.log2(self.p[symbols[:-2], symbols[1:-1], symbols[2:]]).mean())


def source(rng: Generator, V: int = 4, evenness: float = 0.5) -> Source:
    """A source with random probabilities, the more even the larger `evenness`."""
    return Source(rng.dirichlet(np.full(V, evenness), size=(V, V)))


def text() -> tuple[Array, Array]:
    """Real text as ids in `ALPHABET`: about a million characters to learn from, and 150,000 held out.

    Three chapters of ten are learned from and one of twenty is held out, spread over the whole book.
    """
    every = chapters()
    learn = [part for place, part in enumerate(every) if place % 10 in (0, 3, 6)]
    return ids(" ".join(learn)), ids(" ".join(every[9::20]))


def ids(characters: str) -> Array:
    """The text in lower case as ids, everything but letters a space.

    >>> ids("Ab, c").tolist()
    [0, 1, 26, 2]
    """
    plain = re.sub("[^a-z]+", " ", characters.lower())
    of_code = np.full(128, 26)
    of_code[np.arange(26) + ord("a")] = np.arange(26)
    return of_code[np.frombuffer(plain.encode("ascii"), np.uint8)]


def count_bits(learn: Array, held_out: Array, V: int, context: int, weight: float) -> float:
    """The mean surprise, in bits, at held-out symbols of a model that counts what followed the last n symbols.

    p_n(c | last n) = (N(last n, c) + a p_{n−1}(c | last n − 1)) / (N(last n) + a), with the weight a of the shorter
    context and p_{−1} = 1 / V: where nothing was counted, the shorter context decides.
    """
    p = np.full(len(held_out) - context, 1 / V)
    for n in range(context + 1):
        seen = _places(learn, V, n + 1)
        counts = np.bincount(seen, minlength=V ** (n + 1))
        totals = counts.reshape(-1, V).sum(axis=1)
        asked = _places(held_out, V, n + 1)[context - n :]
        p = (counts[asked] + weight * p) / (totals[asked // V] + weight)
    return float(-np.log2(p).mean())


def best_count_bits(learn: Array, held_out: Array, V: int, context: int) -> float:
    """The same with the weight out of `WEIGHTS` that suits the last tenth of `learn` best."""
    cut = len(learn) * 9 // 10
    weight = min(WEIGHTS, key=lambda a: count_bits(learn[:cut], learn[cut:], V, context, a))
    return count_bits(learn, held_out, V, context, weight)


def _places(symbols: Array, V: int, n: int) -> Array:
    """Each run of n symbols as one number in base V: (N − n + 1)."""
    length = len(symbols) - n + 1
    number = np.zeros(length, np.int64)
    for k in range(n):
        number = number * V + symbols[k : k + length]
    return number


def train(rng: Generator, learn: Array, V: int, H: int, passes: int = 1, rate: float = 5e-3) -> Params:
    """A plain recurrent network that has read the text `passes` times, 64 places side by side, predicting each symbol.

    The state goes on from window to window, the gradient reaches back within one.
    """
    model = network()
    params = model.init(rng, D=min(V, 16), H=H, K=V, dtype=np.float32, vocabulary=V, recurrent="orthogonal")
    batches = streamed(learn, B, T)
    steps = passes * len(list(batches(rng)))
    result = fit(
        params, model.gradient_from, batches, optimizer("adam", rate), rng=rng, steps=steps, clip=1.0,
        schedule=cosine(steps), carry=model.cell.zero_state(params.cell, B), progress=False,
    )  # fmt: skip
    return result.params


def network_bits(params: Params, held_out: Array) -> float:
    """The network's mean surprise at held-out symbols, in bits, read in 16 streams."""
    symbols = streams(held_out, 16)
    logits = network().predict(params, symbols[:-1])
    return bits(cross_entropy(logits, symbols[1:])[0])


def network() -> SequenceModel:
    """The network of chapter hidden-state with a loss at every step."""
    return sequence_model("rnn", read="every")
