"""Experiment: do an LSTM and a GRU that have learned to count go on counting beyond the lengths they were trained on?

The language is aⁿbⁿ: the network reads n times a, and after each b says whether another one follows. It is trained on
n from 1 to 15 and tested on every n up to 60. Prediction: the LSTM counts in its cell state, which has no bound, and
reaches well beyond 15; the GRU's states cannot leave (−1, 1), and it breaks off near 15. What counts was fixed before:
the reach, the longest n up to which every string is right in all of its answers. Both cells start as in torch and get
the same steps and rates. Budget: half a second a run. Result: a `Run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.analysis.trajectory import states_along
from rnnlab.nets import lstm
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import Params, SequenceModel, sequence_model
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

TRAINED, TESTED = 15, 60
UNITS, SEQUENCES, STEPS = 6, 16, 320
LETTERS, ANSWERS = 2, 2


@dataclass(frozen=True)
class Run:
    """One trained network, and the longest n up to which all of aⁿbⁿ is right."""

    cell: str
    rate: float
    seed: int
    reach: int
    params: Params

    @property
    def learned(self) -> bool:
        """Whether every length of the training is right."""
        return self.reach >= TRAINED


def strings(lengths: Sequence[int] | Array, T: int | None = None) -> Batch:
    """One string aⁿbⁿ for each n, padded to T steps; asked is, after each b, whether it was the last: 1 or 0.

    >>> batch = strings([1, 2])
    >>> batch.x[..., 1].T.astype(int).tolist(), batch.targets.T.tolist()
    ([[0, 1, 0, 0], [0, 0, 1, 1]], [[0, 1, 0, 0], [0, 0, 0, 1]])
    """
    n = np.asarray(lengths)
    t = np.arange(2 * n.max() if T is None else T)[:, np.newaxis]
    real = t < 2 * n
    x = np.eye(LETTERS, dtype=np.float32)[((t >= n) & real).astype(int)]
    return Batch(x, (t == 2 * n - 1).astype(np.int64), mask=real, scored=(t >= n) & real)


def train(cell: str, rate: float, seed: int, steps: int = STEPS) -> Run:
    """One run: all of its steps, then every length is tested."""
    rng, model, adam = (
        np.random.default_rng(seed),
        sequence_model(cell, read="every"),
        optimizer("adam", rate),
    )
    params = model.init(rng, LETTERS, UNITS, ANSWERS, np.float32)
    memory = adam.init(params)
    for _ in range(steps):
        lengths = rng.integers(1, TRAINED + 1, size=SEQUENCES)
        _, grads = model.gradient(params, strings(lengths, T=2 * TRAINED))
        params, memory = adam.update(params, clip_by_norm(grads, 1.0)[0], memory)
    return Run(cell, rate, seed, reach(model, params), params)


def reach(model: SequenceModel, params: Params, longest: int = TESTED) -> int:
    """The longest n up to which every string is right, 0 if already ab is wrong."""
    test = strings(np.arange(1, longest + 1))
    answers = model.predict(params, test.x, test.mask).argmax(axis=-1)
    assert test.scored is not None
    wrong = np.any((answers != test.targets) & test.scored, axis=0)
    return int(np.argmax(wrong)) if wrong.any() else longest


def scan(cell: str, rates: Sequence[float], seeds: Sequence[int]) -> list[Run]:
    """Every rate with every seed."""
    return [train(cell, rate, seed) for rate in rates for seed in seeds]


def memory_along(run: Run, n: int) -> Array:
    """What the network remembers before and after each letter of aⁿbⁿ, (2n + 1, H): c_t of an LSTM, h_t of a GRU."""
    model = sequence_model(run.cell, read="every")
    states = states_along(model.cell, run.params.cell, strings([n]).x)
    return np.stack([(state.c if isinstance(state, lstm.State) else state)[0] for state in states])


def counter(memory: Array) -> int:
    """The unit whose memory, (2n + 1, H), moves furthest while the a's are read."""
    middle = len(memory) // 2
    return int(np.argmax(np.abs(memory[middle] - memory[1])))
