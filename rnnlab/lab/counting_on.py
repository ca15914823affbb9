"""Experiment: trained on aⁿbⁿ up to n = 10, how far does a network count?

It reads n times a, then b after b, and says at each b whether another one follows. Prediction: the LSTM, whose cell
state can grow without limit, counts farther than networks whose states are bounded or averages (Weiss, Goldberg and
Yahav 2018). Success in training is fixed before: all ten strings right. Budget: under half a second a run. Result: a
`Run` with the largest n up to which every string is right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnlab.data.synthetic import counting
from rnnlab.data.synthetic.batch import vectors
from rnnlab.lab.state_tracking import cell_of
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import Params, SequenceModel, sequence_model
from rnnlab.training.optimizers import optimizer

UNITS, SEQUENCES, TRAINED, EVERY = 16, 32, 10, 50


@dataclass(frozen=True)
class Run:
    """One run: the updates until all trained strings were right, or None, and how far it counts at the end."""

    network: str
    rate: float
    seed: int
    solved_after: int | None
    counts_to: int


def train(network: str, rate: float, seed: int, updates: int = 800, most: int = 100) -> Run:
    """One run of Adam in float32 through all its updates: training goes on after the strings with n ≤ 10 are right."""
    rng = np.random.default_rng(seed)
    model = sequence_model(cell_of(network), read="every")
    params: Params = model.init(rng, 3, UNITS, 2, np.float32)
    adam, solved_after = optimizer("adam", rate), None
    memory = adam.init(params)
    for update in range(1, updates + 1):
        batch = counting.draw(rng, SEQUENCES, 2 * TRAINED)
        _, grads = model.gradient(
            params, Batch(vectors(batch, np.float32), batch.targets, None, batch.counts)
        )
        grads, _ = clip_by_norm(grads, 1.0)
        params, memory = adam.update(params, grads, memory)
        if solved_after is None and update % EVERY == 0 and counts_to(model, params, TRAINED) == TRAINED:
            solved_after = update
    return Run(network, rate, seed, solved_after, counts_to(model, params, most))


def counts_to(model: SequenceModel, params: Params, most: int) -> int:
    """The largest n ≤ `most` such that the strings aᵐbᵐ are right for every m ≤ n."""
    n, t = np.arange(1, most + 1), np.arange(2 * most)[:, np.newaxis]
    ids = np.where(t < n, 0, np.where(t < 2 * n, 1, 2))
    y = model.predict(params, np.eye(3, dtype=np.float32)[ids]).argmax(axis=-1)
    asked = (t >= n) & (t < 2 * n)
    whole = ((y == (t == 2 * n - 1)) | ~asked).all(axis=0)
    return int(most if whole.all() else whole.argmin())
