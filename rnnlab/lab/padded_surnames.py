"""Experiment: surnames of different lengths in one batch, filled up with zeros, read with a mask and without one.

Prediction: with a mask the padding changes nothing at all; without one, the answer depends on how long the longest name
of the batch is, also for a network that learned without a mask. Budget: a second for a run.
The names and the network are those of `reading_surnames`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.encoding import encode
from rnnlab.data.surnames import ALPHABET
from rnnlab.lab.reading_surnames import LANGUAGES, Names
from rnnlab.nets.embedding import one_hot
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import Batch, buckets, pad, shuffled
from rnnlab.training.models import Params, sequence_model
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

MODEL = sequence_model("rnn", read="last")
D, K = len(ALPHABET), len(LANGUAGES)


def batch(names: Names, steps: int = 0, masked: bool = True) -> Batch:
    """One-hot names with zeros up to the longest one, or up to `steps`; without a mask if not `masked`."""
    x, mask = pad([one_hot(encode(name, ALPHABET), D) for name in names.letters])
    more = max(steps - len(x), 0)
    x = np.pad(x, [(0, more), (0, 0), (0, 0)])
    mask = np.pad(mask, [(0, more), (0, 0)])
    return Batch(x, names.language, mask if masked else None)


def train(
    rng: Generator, learn: Names, masked: bool, rate: float = 3e-3, epochs: int = 20, H: int = 32
) -> Params:
    """A reader that learned from padded batches of 64 names with a mask, or without one."""

    def batches(rng: Generator) -> Iterator[Batch]:
        for places in shuffled(rng, len(learn.letters), 64):
            yield batch(learn.take(places), masked=masked)

    params, adam = MODEL.init(rng, D, H, K), optimizer("adam", rate)
    return fit(params, MODEL.gradient, batches, adam, rng=rng, epochs=epochs, clip=1.0, progress=False).params


def accuracy(params: Params, held_out: Names, steps: int, masked: bool) -> float:
    """The share of names whose language is named rightly when all are filled up to this number of steps."""
    x, languages, mask, _ = batch(held_out, steps, masked)
    return float(np.mean(MODEL.predict(params, x, mask).argmax(axis=1) == languages))


def share_of_padding(rng: Generator, lengths: Sequence[int], B: int) -> tuple[float, float]:
    """How much of all batches is padding: drawn at random, and put together by length."""
    sizes = np.asarray(lengths)
    real = sizes.sum()
    return tuple(  # type: ignore[return-value]
        1 - real / sum(sizes[places].max() * len(places) for places in batches)
        for batches in (shuffled(rng, len(sizes), B), buckets(rng, sizes, B))
    )
