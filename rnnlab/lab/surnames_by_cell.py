"""Experiment: which cell names the language of a surname best, read in one direction or in both?

The names are those of `reading_surnames`: six languages with equally many names, a quarter held out, so guessing is
right once in six. Prediction: GRU and LSTM differ by less than the runs of one of them among themselves. All networks
read the mean of their states, get the same epochs, and are tried at the same rates. Budget: half a second a run.
Result: a `Run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.lab import reading_surnames
from rnnlab.lab.reading_surnames import Names
from rnnlab.nets import bidirectional
from rnnlab.nets.cells import cell as cell_named
from rnnlab.nets.parameters import count
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch, shuffled
from rnnlab.training.models import SequenceModel, sequence_model
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

LANGUAGES = reading_surnames.LANGUAGES
BATCH, EPOCHS = 128, 4


@dataclass(frozen=True)
class Run:
    """A cell, its units in each direction, its learned numbers, and the share of held-out names that it got right."""

    cell: str
    both: bool
    H: int
    rate: float
    seed: int
    parameters: int
    right: float


def network(cell: str, both: bool) -> SequenceModel:
    """One direction or both, and a readout of the mean of the states."""
    one = cell_named(cell)
    return sequence_model(bidirectional.network(one) if both else one, read="mean")


def drawn() -> Names:
    """All names of the experiment, equally many of each language; every run splits them anew."""
    learn, held_out = reading_surnames.names(np.random.default_rng(0))
    return Names(learn.letters + held_out.letters, np.concatenate([learn.language, held_out.language]))


def train(names: Names, cell: str, both: bool, H: int, rate: float, seed: int, epochs: int = EPOCHS) -> Run:
    """One run. The seed also says which quarter is held out, so equal seeds of two cells share their names."""
    rng = np.random.default_rng(seed)
    order, held = rng.permutation(len(names.letters)), len(names.letters) // 4
    learn, held_out = _batch(names.take(order[held:])), _batch(names.take(order[:held]))
    model, adam = network(cell, both), optimizer("adam", rate)
    params = model.init(rng, learn.x.shape[-1], H, len(LANGUAGES), np.float32)
    memory = adam.init(params)
    for _ in range(epochs):
        for places in shuffled(rng, len(learn.targets), BATCH):
            _, grads = model.gradient(params, _part(learn, places))
            params, memory = adam.update(params, clip_by_norm(grads, 1.0)[0], memory)
    answers = model.predict(params, held_out.x, held_out.mask).argmax(axis=-1)
    right = float(np.mean(answers == held_out.targets))
    return Run(cell, both, H, rate, seed, count(params.cell), right)


def scan(
    names: Names, cell: str, both: bool, H: int, rates: Sequence[float], seeds: Sequence[int]
) -> list[Run]:
    """Every rate with every seed."""
    return [train(names, cell, both, H, rate, seed) for rate in rates for seed in seeds]


def _batch(names: Names) -> Batch:
    x, mask = reading_surnames.inputs(names.letters)
    return Batch(x.astype(np.float32), names.language, mask)


def _part(batch: Batch, places: Array) -> Batch:
    """Some names of a batch, as many steps as the longest of them needs."""
    assert batch.mask is not None
    mask = batch.mask[:, places]
    T = int(mask.any(axis=1).sum())
    return Batch(batch.x[:T, places], batch.targets[places], mask[:T])
