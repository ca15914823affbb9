"""The network that every method of this folder trains, recurrent cells and a readout, and its exact gradient by BPTT.

h_t = cell(x_t, h_{t−1}),  y_t = W_hy h_t + b_y,  L = Σ_t Σ_b L_tb(y_tb).

A method is a function (params, batch) → Estimate. It sees the same parameters and the same batch as every other one and
answers with the loss and its estimate of the gradient, so that the same loop and the same optimizer train with each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import rnn
from rnnlab.nets.cells import Cell, cell
from rnnlab.nets.door import expect_floats, expect_sizes
from rnnlab.nets.parameters import mapped
from rnnlab.training.alternatives.step_losses import StepLoss

Array = NDArray[Any]
Backward = Callable[[Array, Any], tuple[Any, Any, Any]]


class Params(NamedTuple):
    """The weights of the network, or their gradients: of its cell, for instance `rnn.Params`, and of its readout."""

    recurrent: Any
    readout: rnn.ReadoutParams


class Batch(NamedTuple):
    """What the loss depends on besides the parameters: inputs x (T, B, D), the loss of each step, and the setting.

    `loss` maps y (T, B, K) to losses (T, B) and d_y (T, B, K), as made by `step_losses`; `state` is the cell's initial
    state or None for zeros; `mask` (T, B) is True at real steps, where alone the loss may have weight.
    """

    x: Array
    loss: StepLoss
    state: Any = None
    mask: Array | None = None
    cell: Cell = cell("rnn")


class Outcome(NamedTuple):
    """What a forward pass gives: states h (T, B, H), outputs y (T, B, K), losses (T, B), d_y, and the cell's cache."""

    h: Array
    y: Array
    losses: Array
    d_y: Array
    cache: Any


class Estimate(NamedTuple):
    """What a method answers: the loss of the batch, and its estimate of the gradient as a tree like the parameters."""

    loss: float
    grads: Params


Method = Callable[[Params, Batch], Estimate]


def init(
    rng: Generator, D: int, H: int, K: int, dtype: DTypeLike = np.float64, name: str = "rnn", **options: Any
) -> Params:
    """Starting weights of a network of cells of this name; `options` are those of the cell's own `init`.

    Raises: ValueError for another name or a size below 1. Source: torch.nn.RNN.

    >>> params = init(np.random.default_rng(0), D=3, H=4, K=2, recurrent="orthogonal")
    >>> params.recurrent.W_hh.shape, params.readout.W_hy.shape
    ((4, 4), (2, 4))
    """
    recurrent = cell(name).init(rng, D, H, dtype, **options)
    return Params(recurrent, rnn.init_readout(rng, H, K, dtype))


def forward(params: Params, batch: Batch) -> Outcome:
    """States, outputs and the loss of each step.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter hidden-state.

    >>> from rnnlab.training.alternatives import step_losses
    >>> batch = Batch(np.ones((3, 2, 1)), step_losses.squared_error(np.ones((3, 2, 1)), np.ones((3, 2))))
    >>> forward(init(np.random.default_rng(0), D=1, H=4, K=1), batch).losses.shape
    (3, 2)
    """
    h, cache = batch.cell.forward(params.recurrent, batch.x, batch.state, batch.mask)
    y = rnn.readout(params.readout, h)
    losses, d_y = losses_at(y, batch)
    return Outcome(h, y, losses, d_y, cache)


def losses_at(y: Array, batch: Batch) -> tuple[Array, Array]:
    """The losses (T, B) and d_y (T, B, K) at outputs y, as the batch's loss function gives them.

    Raises: TypeError or ValueError if that function gives arrays of another dtype or shape.

    >>> batch = Batch(np.ones((1, 1, 1)), lambda y: (y.sum(axis=-1), np.ones_like(y)))
    >>> losses_at(np.ones((1, 1, 2)), batch)[0]
    array([[2.]])
    """
    losses, d_y = batch.loss(y)
    T, B, K = y.shape
    expect_floats("losses", losses, y.dtype, T=T, B=B)
    expect_floats("d_y", d_y, y.dtype, T=T, B=B, K=K)
    return losses, d_y


def gradient(params: Params, batch: Batch, backward: Backward | None = None) -> Estimate:
    """The loss and its gradient by `backward`, which goes from the gradient at the states to that at the weights.

    d_h_t = W_hyᵀ d_y_t, then backward(d_h, cache) → (d_x, d_state, grads). None is the cell's own backward pass, back-
    propagation through time: the exact gradient. The readout's gradient is exact in either case, as it needs no time.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Werbos 1990; chapter bptt.

    >>> from rnnlab.training.alternatives import step_losses
    >>> batch = Batch(np.ones((3, 2, 1)), step_losses.squared_error(np.ones((3, 2, 1)), np.ones((3, 2))))
    >>> estimate = gradient(init(np.random.default_rng(0), D=1, H=4, K=1), batch)
    >>> estimate.grads.recurrent.W_hh.shape
    (4, 4)
    """
    outcome = forward(params, batch)
    d_h, readout = rnn.readout_backward(outcome.d_y, outcome.h, params.readout)
    _, _, recurrent = (backward or batch.cell.backward)(d_h, outcome.cache)
    return Estimate(float(outcome.losses.sum()), Params(recurrent, readout))


def averaged(one: Callable[[], Estimate], samples: int) -> Estimate:
    """The mean of several estimates of one gradient, each from its own random draw.

    Raises: ValueError unless `samples` is a positive whole number.

    >>> grads = init(np.random.default_rng(0), D=1, H=4, K=2)
    >>> averaged(lambda: Estimate(0.5, grads), samples=4).loss
    0.5
    """
    expect_sizes(samples=samples)
    mean = one()
    for drawn in range(1, samples):
        another = one()
        share = 1 / (drawn + 1)
        grads = mapped(lambda old, new, share=share: old + share * (new - old), mean.grads, another.grads)
        mean = Estimate(mean.loss + share * (another.loss - mean.loss), grads)
    return mean


def expect_simple_cell(given: Cell) -> None:
    """Refuse a cell other than the simple one, h_t = f(W_xh x_t + W_hh h_{t−1} + b_h).

    Raises: TypeError.

    >>> expect_simple_cell(cell("gru"))
    Traceback (most recent call last):
    TypeError: batch.cell must be cell('rnn'), but is the cell 'gru'. This method is written for the simple network.
    """
    if given.name != "rnn":
        raise TypeError(
            f"batch.cell must be cell('rnn'), but is the cell {given.name!r}. "
            "This method is written for the simple network."
        )
