"""Experiment: the next letter of a surname, learned by BPTT, by diagonal feedback, and by full truncation.

Prediction: the three end close together, because much of the next letter is in the last few ones, and both shortcuts
beat a table of letter pairs. Budget: about 1 s for one run of 250 updates. Real names, all languages together, each
spelling once; 800 are held out. The score is bits per letter (the end of the name counts as one) on held-out names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.encoding import encode
from rnnlab.data.surnames import ALPHABET, surnames
from rnnlab.lab.learning_without_bptt import PLAIN
from rnnlab.nets.embedding import one_hot
from rnnlab.nets.losses import bits
from rnnlab.training.alternatives import network, step_losses
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import pad
from rnnlab.training.optimizers import optimizer

END = len(ALPHABET)
V = END + 1
HELD_OUT, LONGEST = 800, 12
Ids = NDArray[np.int64]


class Letters(NamedTuple):
    """Names as rows of steps: the letter before, the letter to name, and where there is one, all (T, B)."""

    before: Ids
    after: Ids
    mask: NDArray[np.bool_]

    def batch(self) -> network.Batch:
        """One-hot letters in, and the mean loss over all letters."""
        loss = step_losses.cross_entropy(self.after, step_losses.at_every_step(self.mask))
        return network.Batch(one_hot(self.before, V), loss, mask=self.mask)


def names(rng: Generator) -> tuple[list[str], list[str]]:
    """Names to learn from and names held out; no spelling is in both."""
    spellings = sorted({each.letters for each in surnames() if 3 <= len(each.letters) <= LONGEST})
    mixed = [spellings[place] for place in rng.permutation(len(spellings))]
    return mixed[HELD_OUT:], mixed[:HELD_OUT]


def letters(chosen: Sequence[str]) -> Letters:
    """Names with the end sign before and after them, padded to one length."""
    ids, mask = pad([np.array([END, *encode(name, ALPHABET), END]) for name in chosen])
    return Letters(ids[:-1], np.where(mask[1:], ids[1:], 0), mask[1:])


def train(
    name: str, rate: float, seed: int, learn: Sequence[str], updates: int = 250, H: int = 32, B: int = 64
) -> network.Params:
    """A network that has seen `updates` batches; seed fixes the start and the batches for every method."""
    start, data = (np.random.default_rng((seed, part)) for part in range(2))
    params, adam = network.init(start, V, H, V), optimizer("adam", rate)
    state = adam.init(params)
    for _ in range(updates):
        batch = letters([learn[int(place)] for place in data.integers(len(learn), size=B)]).batch()
        grads, _ = clip_by_norm(PLAIN[name](params, batch).grads, 1.0)
        params, state = adam.update(params, grads, state)
    return params


def bits_per_letter(params: network.Params, held_out: Sequence[str]) -> float:
    """What the network loses for each held-out letter, in bits."""
    return bits(float(network.forward(params, letters(held_out).batch()).losses.sum()))


def bits_of_pairs(learn: Sequence[str], held_out: Sequence[str]) -> float:
    """The same for a table that knows the letter before and nothing else; half a count is added to every pair."""
    seen, asked = letters(learn), letters(held_out)
    counts = np.full((V, V), 0.5)
    np.add.at(counts, (seen.before[seen.mask], seen.after[seen.mask]), 1)
    p = counts / counts.sum(axis=1, keepdims=True)
    return float(-np.log2(p[asked.before[asked.mask], asked.after[asked.mask]]).mean())
