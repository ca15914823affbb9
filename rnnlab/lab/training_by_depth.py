"""Experiment: which deep stacks train in a small budget, with and without residual connections and normalization; and
whether depth helps with nested brackets at an equal number of parameters.

Task "token": at every step, name the token of two steps ago, which one layer learns at once. Task "brackets": dyck2,
after each closing bracket, which bracket has to be closed next. Prediction: plain stacks of 4 and 8 layers lag behind
one layer on "token" at every rate, and residual connections mend it; no difference on "brackets" at this size.
Budget: 9 or 15 runs side by side, about a second for 8 layers. Result: `Scores`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.synthetic import dyck
from rnnlab.lab import stacks_side_by_side as side
from rnnlab.lab.lag_by_depth import Shape
from rnnlab.nets.parameters import count

Array = NDArray[Any]
Drawn = tuple[Array, Array, Array]

TOKENS, BACK, T, SEQUENCES, LAST = 4, 2, 10, 16, 20


@dataclass(frozen=True)
class Scores:
    """The share of right answers of each run over its last 20 batches, counted before the update: (rates, seeds)."""

    shape: Shape
    parameters: int
    rates: tuple[float, ...]
    right: Array

    @property
    def best(self) -> Array:
        """The scores of the rate with the largest mean: one for each seed."""
        return self.right[self.right.mean(axis=1).argmax()]


def train(
    shape: Shape, draw: Callable[[Generator, int], Drawn], rates: Sequence[float], seeds: Sequence[int],
    updates: int = 150, recurrent: str = "uniform",
) -> Scores:  # fmt: skip
    """Train one network for each rate and seed, side by side; `draw` is `tokens` or `brackets`."""
    run_seeds = [seed for _ in rates for seed in seeds]
    rng, R = np.random.default_rng(seeds), len(run_seeds)
    x, targets, _ = draw(rng, R)
    D, K = x.shape[-1], int(targets.max()) + 1
    params = side.init(run_seeds, D, shape.H, K, shape.L, norm=shape.norm, recurrent=recurrent)
    adam, right = side.Adam(params, np.repeat(rates, len(seeds))), np.zeros((updates, R))
    for update in range(updates):
        x, targets, scored = draw(rng, R)
        if update >= updates - LAST:
            u, _ = side.states(params, x, shape.residual)
            hit = side.logits(params, u).argmax(axis=-1) == targets
            right[update] = (hit & scored).sum(axis=(1, 2)) / scored.sum(axis=(1, 2))
        params = adam.update(params, side.loss_and_gradient(params, x, targets, scored, shape.residual)[1])
    last = right[-LAST:].mean(axis=0).reshape(len(rates), len(seeds))
    return Scores(shape, count(params) // R, tuple(rates), last)


def tokens(rng: Generator, R: int) -> Drawn:
    """One batch for each run: tokens, and at every step from the third on the one of two steps ago."""
    ids = rng.integers(TOKENS, size=(R, T, SEQUENCES))
    targets, scored = np.zeros_like(ids), np.zeros(ids.shape, bool)
    targets[:, BACK:], scored[:, BACK:] = ids[:, :-BACK], True
    return np.eye(TOKENS, dtype=np.float32)[ids], targets, scored


def brackets(rng: Generator, R: int) -> Drawn:
    """One batch of balanced words of two kinds of brackets for each run."""
    batch = dyck.draw(rng, R * SEQUENCES, 16)
    ids, targets, scored = (
        each.reshape(-1, R, SEQUENCES).swapaxes(0, 1) for each in (batch.inputs, batch.targets, batch.counts)
    )
    return np.eye(batch.D, dtype=np.float32)[ids], targets, scored
