"""Perturbed forward passes, which is all that gradient-free methods need: noise at each node, and what it changes.

ã_t = W_xh x_t + W_hh h̃_{t−1} + b_h + v_t,  h̃_t = f(ã_t),  ỹ_t = W_hy h̃_t + b_y + w_t.

The nodes of the network are the inputs a_t of its activation functions and its outputs y_t. Noise at a node is one more
input with weight 1, so that the network itself runs unchanged.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.nets import rnn
from rnnlab.nets.door import expect_floats, expect_one_of
from rnnlab.nets.products import at_every_place, flat
from rnnlab.training.alternatives import network

Array = NDArray[Any]

CREDITS = ("future", "step")


class Nodes(NamedTuple):
    """A number for each node: noise, a difference of activity, or a gradient. a (T, B, H) and y (T, B, K)."""

    a: Array
    y: Array


class Difference(NamedTuple):
    """What noise changed, perturbed minus clean: the activity of each node, and the loss of each step (T, B)."""

    nodes: Nodes
    losses: Array


def draw(rng: Generator, params: network.Params, batch: network.Batch) -> Nodes:
    """Independent standard normal numbers for each node, sequence and step; zero at padding.

    >>> params = network.init(np.random.default_rng(0), D=1, H=4, K=2)
    >>> batch = network.Batch(np.ones((3, 2, 1)), lambda y: (y[..., 0], np.ones_like(y)))
    >>> [each.shape for each in draw(np.random.default_rng(0), params, batch)]
    [(3, 2, 4), (3, 2, 2)]
    """
    T, B, _ = batch.x.shape
    K, H = params.readout.W_hy.shape
    numbers = rng.normal(size=(T, B, H + K)).astype(batch.x.dtype)
    if batch.mask is not None:
        numbers *= batch.mask[..., np.newaxis]
    return Nodes(numbers[..., :H], numbers[..., H:])


def difference(
    params: network.Params,
    batch: network.Batch,
    clean: network.Outcome,
    noise: Nodes,
    antithetic: bool = False,
) -> Difference:
    """What this noise changes: δa_t = ã_t − a_t, δy_t = ỹ_t − y_t, δL_tb = L̃_tb − L_tb.

    With `antithetic`, half of what changes from −noise to +noise: errors of second order in the noise cancel, for one
    more pass.

    Raises: TypeError for another cell than rnn or a wrong dtype, ValueError for a wrong shape.
    Source: García Fernández, Keemink and van Gerven 2024.

    >>> params = network.init(np.random.default_rng(0), D=1, H=4, K=2)
    >>> batch = network.Batch(np.ones((3, 2, 1)), lambda y: (y[..., 0], np.ones_like(y)))
    >>> noise = Nodes(np.zeros((3, 2, 4)), np.full((3, 2, 2), 0.5))
    >>> bool(np.allclose(difference(params, batch, network.forward(params, batch), noise).losses, 0.5))
    True
    """
    above = _run(params, batch, noise)
    below, share = clean, 1.0
    if antithetic:
        below, share = _run(params, batch, Nodes(-noise.a, -noise.y)), 0.5
    d_h_prev = np.zeros_like(above.h)
    d_h_prev[1:] = share * (above.h - below.h)[:-1]
    d_a = at_every_place(params.recurrent.W_hh, d_h_prev) + noise.a
    if batch.mask is not None:
        d_a *= batch.mask[..., np.newaxis]
    return Difference(Nodes(d_a, share * (above.y - below.y)), share * (above.losses - below.losses))


def credited(losses: Array, credit: str = "future") -> Array:
    """Which change of the loss each step answers for: (T, B) → (T, B).

    "future": Σ_{s ≥ t} δL_sb, all that can be due to step t, so that estimates can be unbiased.
    "step": δL_tb alone, as in the paper's code: known at once, but it leaves out what a step does to later ones.

    Raises: ValueError for another credit. Source: published code of García Fernández et al. 2024; chapter beyond-bptt.

    >>> credited(np.array([[1.0], [2.0]]))[:, 0], credited(np.array([[1.0], [2.0]]), "step")[:, 0]
    (array([3., 2.]), array([1., 2.]))
    """
    expect_one_of("credit", credit, CREDITS)
    return losses if credit == "step" else losses[::-1].cumsum(axis=0)[::-1]


def weight_gradients(nodes: Nodes, batch: network.Batch, clean: network.Outcome) -> network.Params:
    """From the gradient at each node to that at the weights, which is local: Σ_t Σ_b d_a zᵀ with what entered the node.

    d_W_xh = Σ d_a_t x_tᵀ,  d_W_hh = Σ d_a_t h_{t−1}ᵀ,  d_b_h = Σ d_a_t,  d_W_hy = Σ d_y_t h_tᵀ,  d_b_y = Σ d_y_t.

    >>> params = network.init(np.random.default_rng(0), D=1, H=4, K=2)
    >>> batch = network.Batch(np.ones((3, 2, 1)), lambda y: (y[..., 0], np.ones_like(y)))
    >>> nodes = Nodes(np.zeros((3, 2, 4)), np.ones((3, 2, 2)))
    >>> weight_gradients(nodes, batch, network.forward(params, batch)).readout.b_y
    array([6., 6.])
    """
    d_a, d_y = flat(nodes.a), flat(nodes.y)
    x, states = batch.x, clean.cache.states
    recurrent = rnn.Params(d_a.T @ flat(x), d_a.T @ flat(states[:-1]), d_a.sum(axis=0))
    return network.Params(recurrent, rnn.ReadoutParams(d_y.T @ flat(clean.h), d_y.sum(axis=0)))


def expect_scale(sigma: float) -> None:
    """Refuse a size of perturbations that is not a positive number.

    Raises: ValueError.

    >>> expect_scale(0.0)
    Traceback (most recent call last):
    ValueError: sigma must be a positive number, but is 0.0. It is the standard deviation of the perturbations.
    """
    if not (np.isfinite(sigma) and sigma > 0):
        raise ValueError(
            f"sigma must be a positive number, but is {sigma!r}. It is the standard deviation of the perturbations."
        )


class _Pass(NamedTuple):
    h: Array
    y: Array
    losses: Array


def _run(params: network.Params, batch: network.Batch, noise: Nodes) -> _Pass:
    network.expect_simple_cell(batch.cell)
    T, B, _ = batch.x.shape
    K, H = params.readout.W_hy.shape
    expect_floats("noise.a", noise.a, batch.x.dtype, T=T, B=B, H=H)
    expect_floats("noise.y", noise.y, batch.x.dtype, T=T, B=B, K=K)
    W_xh, W_hh, b_h = params.recurrent
    with_noise = rnn.Params(np.hstack([W_xh, np.eye(H, dtype=W_xh.dtype)]), W_hh, b_h)
    inputs = np.concatenate([batch.x, noise.a], axis=-1)
    h, _ = batch.cell.forward(with_noise, inputs, batch.state, batch.mask)
    y = rnn.readout(params.readout, h) + noise.y
    return _Pass(h, y, network.losses_at(y, batch)[0])
