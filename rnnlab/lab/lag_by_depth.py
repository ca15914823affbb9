"""Experiment: does depth lengthen memory? How long a lag stacked tanh networks learn to bridge, by number of layers.

Recall, one answer at the end: the token that came `lag` steps ago, among noise. A run begins at a short lag; whenever
it was right in 98 % of the answers of its last 10 batches, its lag grows by a quarter, up to 32. Its score is the
longest lag that it solved within the budget. Prediction: at equal units a second layer gives no longer lag, and at
equal parameters, where every layer is smaller, a shorter one. Budget: 15 runs (3 rates, 5 seeds) of one shape side by
side, one to two seconds. The same experiment serves dropout on the way from state to state. Answers are always counted
without dropout. Result: `Limits`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.lab import stacks_side_by_side as side
from rnnlab.nets import dropout
from rnnlab.nets.parameters import count

Array = NDArray[Any]

TOKENS, SEQUENCES = 4, 16
FIRST, LONGEST, WINDOW, SOLVED = 4, 32, 10, 0.98


@dataclass(frozen=True)
class Shape:
    """A stack: L layers of H units, and whether residual connections and normalization help it."""

    L: int
    H: int
    residual: bool = False
    norm: bool = False


@dataclass(frozen=True)
class Limits:
    """The longest lag that each run solved, 0 for none: (rates, seeds)."""

    shape: Shape
    parameters: int
    rates: tuple[float, ...]
    lags: Array

    @property
    def best(self) -> Array:
        """The lags of the rate with the largest mean: one for each seed."""
        return self.lags[self.lags.mean(axis=1).argmax()]


def limits(
    shape: Shape, rates: Sequence[float], seeds: Sequence[int], updates: int = 300, recurrent: str = "uniform",
    drop: float = 0.0, over: str = "sequence",
) -> Limits:  # fmt: skip
    """Train one network for each rate and seed, side by side, and report how long a lag each one reached.

    With `drop` > 0 states are dropped on the way from step to step, with one m for each `over` "sequence" or "step".
    """
    run_seeds = [seed for _ in rates for seed in seeds]
    params = side.init(run_seeds, 2 * TOKENS, shape.H, TOKENS, shape.L, norm=shape.norm, recurrent=recurrent)
    adam = side.Adam(params, np.repeat(rates, len(seeds)))
    rngs = [np.random.default_rng([seed, 1]) for seed in run_seeds]
    lags, solved = np.full(len(rngs), FIRST), np.zeros(len(rngs), int)
    right = np.zeros((WINDOW, len(rngs)))
    for update in range(updates):
        x, targets, scored = draw(rngs, lags)
        kept = _kept(rngs[0], x.shape, shape, drop, over)
        right[update % WINDOW], grads = _answered(params, x, targets, scored, shape, kept)
        params = adam.update(params, grads)
        done = right.mean(axis=0) >= SOLVED
        solved[done], right[:, done] = lags[done], 0
        lags[done] = np.minimum(lags[done] + np.maximum(lags[done] // 4, 1), LONGEST)
    return Limits(shape, count(params) // len(rngs), tuple(rates), solved.reshape(len(rates), len(seeds)))


def draw(rngs: Sequence[Generator], lags: Array) -> tuple[Array, Array, Array]:
    """One batch for each run: x (R, T, B, D), targets and scored (R, T, B), with T = the longest lag + 1.

    The token stands `lag` steps before the end; all other steps hold noise of symbols of its own.
    """
    T = int(lags.max()) + 1
    ids = np.stack([rng.integers(TOKENS, size=(T, SEQUENCES)) for rng in rngs])
    runs, place = np.arange(len(rngs)), T - 1 - lags
    tokens = ids[runs, place]
    ids += TOKENS
    ids[runs, place] = tokens
    x = np.eye(2 * TOKENS, dtype=np.float32)[ids]
    targets, scored = np.zeros_like(ids), np.zeros(ids.shape, bool)
    targets[:, -1], scored[:, -1] = tokens, True
    return x, targets, scored


def _answered(
    params: side.Params, x: Array, targets: Array, scored: Array, shape: Shape, kept: side.Kept | None
) -> tuple[Array, side.Params]:
    """The share of right answers of each run, counted without dropout, and the gradient, with it."""
    _, grads, y = side.loss_gradient_and_logits(params, x, targets, scored, shape.residual, kept)
    if kept is not None:
        y = side.logits(params, side.states(params, x, shape.residual)[0][:, -1:])
    return (y[:, -1].argmax(axis=-1) == targets[:, -1]).mean(axis=-1), grads


def _kept(rng: Generator, sizes: tuple[int, ...], shape: Shape, rate: float, over: str) -> side.Kept | None:
    if rate == 0:
        return None
    R, T, B, _ = sizes
    places = (R, T if over == "step" else 1, B, shape.H)
    return side.Kept(recurrent=[dropout.draw(rng, places, rate, np.float32) for _ in range(shape.L)])
