"""Experiment: which recurrences keep track of a state that every input may change, beyond the trained length?

Two tasks with an answer at every step. "parity": is the number of ones so far odd? "shuffle": three cups in a row; each
input swaps the first two or turns all three round, and the answer is their order, one of six (the word problem of the
group S₃). Prediction: networks that feed their state through a nonlinearity learn both and keep them at other lengths;
a recurrence whose factors are positive and depend on the input alone learns neither; with factors from −1 to 1 it
learns parity. Success is fixed before: at least 99 % right at the trained length, on 300 sequences never trained on,
looked at after each 50 updates. Budget: under 1 s a run. Result: a `Run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.random import Generator

from rnnlab.data.synthetic import parity
from rnnlab.lab.signed_recurrence import signed_recurrence
from rnnlab.nets import stacked
from rnnlab.nets.cells import Cell, cell
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import Params, SequenceModel, sequence_model
from rnnlab.training.optimizers import optimizer

UNITS, SEQUENCES, TESTED = 32, 48, 300
SOLVED, EVERY = 0.99, 50
LABELS = {"parity": 2, "shuffle": 6}
ORDERS = tuple(permutations(range(3)))
MOVES = ((1, 0, 2), (1, 2, 0))


@dataclass(frozen=True)
class Run:
    """One run: the share of right answers at the trained length, the updates it took, and at each of `lengths`."""

    task: str
    network: str
    rate: float
    seed: int
    right: float
    solved_after: int | None
    at_lengths: tuple[float, ...]


def train(
    task: str, network: str, rate: float, seed: int, T: int, updates: int, lengths: Sequence[int] = ()
) -> Run:
    """One run of Adam in float32, until it solves the task or its updates are used up."""
    rng = np.random.default_rng(seed)
    model, test = sequence_model(cell_of(network), read="every"), draw(task, rng, TESTED, T)
    params: Params = model.init(rng, test.x.shape[-1], UNITS, LABELS[task], np.float32)
    adam, share, solved_after = optimizer("adam", rate), 0.0, None
    memory = adam.init(params)
    for update in range(1, updates + 1):
        _, grads = model.gradient(params, draw(task, rng, SEQUENCES, T))
        grads, _ = clip_by_norm(grads, 1.0)
        params, memory = adam.update(params, grads, memory)
        if update % EVERY == 0:
            share = right(model, params, test)
            if share >= SOLVED:
                solved_after = update
                break
    fresh = np.random.default_rng(1000)
    beyond = tuple(right(model, params, draw(task, fresh, 100, length)) for length in lengths)
    return Run(task, network, rate, seed, share, solved_after, beyond)


def cell_of(network: str) -> Cell | str:
    """The recurrence with factors of both signs for "signed", two layers of minGRU with a norm between them and a
    residual sum for "mingru in 2 layers", else the name of one of rnnlab's cells."""
    if network == "mingru in 2 layers":
        return stacked.network(cell("mingru"), L=2, norm=True, residual=True)
    return signed_recurrence() if network == "signed" else network


def draw(task: str, rng: Generator, B: int, T: int) -> Batch:
    """B sequences of "parity" or "shuffle"."""
    if task == "parity":
        batch = parity.draw(rng, B, T)
        return Batch(batch.inputs.astype(np.float32), batch.targets)
    moves = rng.integers(len(MOVES), size=(T, B))
    return Batch(np.eye(len(MOVES), dtype=np.float32)[moves], orders(moves))


def orders(moves: np.ndarray) -> np.ndarray:
    """The number of the cups' order after each move: moves (T, B) → (T, B). At the start they stand as 0, 1, 2.

    >>> orders(np.array([[0], [0], [1], [1], [1]]))[:, 0].tolist()
    [2, 0, 3, 4, 0]
    """
    after = np.array([[ORDERS.index(tuple(order[i] for i in move)) for order in ORDERS] for move in MOVES])
    now, answers = np.zeros(moves.shape[1], int), np.empty_like(moves)
    for t, each in enumerate(moves):
        now = after[each, now]
        answers[t] = now
    return answers


def right(model: SequenceModel, params: Params, batch: Batch) -> float:
    """The share of right answers, over all steps."""
    return float(np.mean(model.predict(params, batch.x).argmax(axis=-1) == batch.targets))
