"""Experiment: English letters read by one, two or three layers of tanh units, and by two layers with little text.

The network predicts each next letter in windows of 24 letters, from a zero state, and is scored from the ninth on.
Prediction: at equal parameters and in this budget no difference between one, two and three layers beyond the runs'
spread; with 4,000 letters to learn from, the held-out loss turns up again, and dropout delays that. Budget: about two
seconds for 9 runs of 300 updates side by side. Result: `Curves`, and the mean distance after a change of one letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.encoding import encode
from rnnlab.data.text import ALPHABET, learn_and_held_out
from rnnlab.lab import stacks_side_by_side as side
from rnnlab.lab.lag_by_depth import Shape
from rnnlab.nets import dropout
from rnnlab.nets.parameters import count

Array = NDArray[Any]

V = len(ALPHABET)
WINDOW, WARM, SEQUENCES, TESTED = 24, 8, 8, 32


@dataclass(frozen=True)
class Curves:
    """R runs: their weights after training, and bits per letter at some updates, learned and held out, (points, R)."""

    shape: Shape
    params: side.Params
    parameters: int
    updates: tuple[int, ...]
    learned: Array
    held_out: Array


@cache
def texts() -> tuple[Array, Array]:
    """Ids of the text to learn from and of the held-out text, whole chapters each."""
    learn, held_out = (encode(part, ALPHABET) for part in learn_and_held_out())
    return learn, held_out


def train(
    shape: Shape, rates: Sequence[float], seeds: Sequence[int], updates: int, letters: int | None = None,
    drops: Sequence[float] | None = None, every: int = 0,
) -> Curves:  # fmt: skip
    """Runs side by side, one for each of `seeds`, with the rate and the share to drop at the same place of the lists.

    `letters` takes only so many letters to learn from. Dropout is variational: one m for each window, before the second
    layer and on the way from state to state. The curves have a point after each `every` updates, or one at the end.
    """
    learn, held_out = texts()
    learn = learn[:letters]
    rng = np.random.default_rng(seeds)
    params = side.init(seeds, V, shape.H, V, shape.L, norm=shape.norm, recurrent="orthogonal")
    adam = side.Adam(params, np.asarray(rates))
    asked = [windows(np.random.default_rng(0), text, 1, TESTED) for text in (learn, held_out)]
    points, scores = [], []
    for update in range(1, updates + 1):
        batch = windows(rng, learn, len(seeds), SEQUENCES)
        kept = _kept(rng, shape, drops) if drops is not None else None
        grads = side.loss_and_gradient(params, *batch, shape.residual, kept)[1]
        params = adam.update(params, grads, share=float(np.cos(0.5 * np.pi * (update - 1) / updates)))
        if update == updates or (every and update % every == 0):
            points.append(update)
            scores.append([bits(params, each, shape.residual) for each in asked])
    learned, unseen = np.array(scores).swapaxes(0, 1)
    return Curves(shape, params, count(params) // len(seeds), tuple(points), learned, unseen)


def windows(rng: Generator, text: Array, R: int, B: int) -> tuple[Array, Array, Array]:
    """Windows from random places of the text for each run: x (R, T, B, V), the next letters, and which count."""
    starts = rng.integers(len(text) - WINDOW, size=(R, 1, B))
    ids = text[starts + np.arange(WINDOW + 1)[:, np.newaxis]]
    scored = np.zeros((R, WINDOW, B), bool)
    scored[:, WARM:] = True
    return np.eye(V, dtype=np.float32)[ids[:, :-1]], ids[:, 1:], scored


def bits(params: side.Params, batch: tuple[Array, Array, Array], residual: bool) -> Array:
    """The mean bits per letter of each run on windows that all runs read, without dropout: (R,)."""
    R = len(params.readout.b_y)
    x, targets, scored = (np.broadcast_to(each, (R, *each.shape[1:])) for each in batch)
    return side.losses(params, x, targets, scored, residual) / np.log(2)


def distances(params: side.Params, residual: bool, T: int = 40, B: int = 16) -> Array:
    """How long one changed letter is felt in each layer: the mean distance of its states, (L, T − WARM, R).

    Held-out windows are read twice, the second time with another letter at step `WARM`. Distances are divided by the
    mean distance between the states of different windows, so 1 means: as different as if all had been changed.
    """
    _, text = texts()
    rng, R = np.random.default_rng(0), len(params.readout.b_y)
    ids = text[rng.integers(len(text) - T, size=(1, B)) + np.arange(T)[:, np.newaxis]]
    other = ids.copy()
    other[WARM] = (ids[WARM] + rng.integers(1, V, size=B)) % V
    read = []
    for each in (ids, other):
        x = np.broadcast_to(np.eye(V, dtype=np.float32)[each], (R, T, B, V))
        read.append([layer.states[:, 1 + WARM :] for layer in side.states(params, x, residual)[1]])
    return np.array([_apart(mine, changed) for mine, changed in zip(*read, strict=True)])


def _apart(h: Array, changed: Array) -> Array:
    between = np.linalg.norm(h - np.roll(h, 1, axis=2), axis=-1).mean(axis=(1, 2))
    return (np.linalg.norm(h - changed, axis=-1).mean(axis=2) / between[:, np.newaxis]).T


def _kept(rng: Generator, shape: Shape, drops: Sequence[float]) -> side.Kept:
    def drawn() -> Array:
        size = (1, SEQUENCES, shape.H)
        each = [dropout.draw(rng, size, rate, np.float32) for rate in drops]
        return np.stack([np.ones(size, np.float32) if m is None else m for m in each])

    return side.Kept([drawn() for _ in range(shape.L - 1)], [drawn() for _ in range(shape.L)])
