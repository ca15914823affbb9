"""What the tests of the alternatives share: a network with a batch and a loss, and comparisons of whole trees."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets import lstm, rnn
from rnnlab.nets.cells import Cell, cell
from rnnlab.nets.parameters import mapped, named_leaves
from rnnlab.training.alternatives import network, step_losses
from tests.nets.numerics import assert_agrees, read_only

Array = NDArray[Any]


def problem(
    T: int = 4,
    B: int = 3,
    D: int = 2,
    H: int = 5,
    K: int = 3,
    seed: int = 0,
    masked: bool = False,
    kind: Cell | None = None,
    dtype: Any = np.float64,
    gain: float = 0.6,
) -> tuple[network.Params, network.Batch]:
    """A network with random weights, biases and start, and squared errors with a weight of its own at each step."""
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> Array:
        return read_only(rng.normal(size=shape).astype(dtype))

    kind = kind or cell("rnn")
    recurrent = mapped(
        lambda w: read_only((gain * draw(*w.shape)).astype(dtype)), kind.init(rng, D, H, dtype)
    )
    readout = rnn.ReadoutParams(draw(K, H), draw(K))
    mask, weights = None, np.abs(draw(T, B)) + dtype(0.1)
    if masked:
        lengths = rng.integers(1, T + 1, size=B)
        lengths[0] = T
        mask = read_only(np.arange(T)[:, np.newaxis] < lengths)
        weights = weights * mask
    loss = step_losses.squared_error(draw(T, B, K), weights.astype(dtype))
    state = lstm.State(draw(B, H), draw(B, H)) if kind.name == "lstm" else draw(B, H)
    return network.Params(recurrent, readout), network.Batch(draw(T, B, D), loss, state, mask, kind)


def linear_problem(B: int = 1, seed: int = 0, **sizes: int) -> tuple[network.Params, network.Batch]:
    """A linear network with a linear loss: what is changed at a node changes the loss in proportion."""
    params, batch = problem(B=B, seed=seed, kind=cell("rnn", activation="identity"), **sizes)
    T, K = batch.x.shape[0], len(params.readout.b_y)
    slope = read_only(np.random.default_rng(seed + 1).normal(size=(T, B, K)))
    return params, batch._replace(loss=lambda y: ((slope * y).sum(axis=-1), slope.copy()))


def assert_same(actual: Any, expected: Any, tolerance: float) -> None:
    for (name, left), (other, right) in zip(named_leaves(actual), named_leaves(expected), strict=True):
        assert name == other
        assert_agrees(left, right, tolerance)


def vector(tree: Any) -> Array:
    """All numbers of a tree in a row."""
    return np.concatenate([leaf.ravel() for _, leaf in named_leaves(tree)])


def cosine(one: Any, two: Any) -> float:
    u, v = vector(one), vector(two)
    return float(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))


def relative_distance(estimate: Any, truth: Any) -> float:
    """|ĝ − g| / |g|."""
    g = vector(truth)
    return float(np.linalg.norm(vector(estimate) - g) / np.linalg.norm(g))
