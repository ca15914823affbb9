"""Real-time recurrent learning: the exact gradient forwards in time, by carrying the influence of each weight along.

With a_t = W z_t, where z_t = [x_t; h_{t−1}; 1] (M = D + H + 1) and W = [W_xh, W_hh, b_h], the influence of the weights,
P_t[i, j, m] = ∂h_ti / ∂W_jm, obeys

P_t[i, j, m] = f′(a_ti) (Σ_k W_hh[i, k] P_{t−1}[k, j, m] + [i = j] z_tm),   P_0 = 0,

and the gradient of the loss of step t alone is d_h_t · P_t: known at once, with no look into the future, and nothing of
the past has to be kept. The price is the influence itself. Per sequence it is

| | memory (numbers) | products per step |
|---|---|---|
| BPTT | T (H + D) | O(H² + H D) |
| RTRL | H² (D + H + 1) + H², so O(H³) | O(H⁴ + H³ D) |

which is why it is a yardstick and not a method of training. Source: Williams and Zipser 1989; chapter beyond-bptt.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets import rnn
from rnnlab.nets.activations import activation as activation_named
from rnnlab.nets.door import expect_floats, expect_mask, expect_sizes
from rnnlab.training.alternatives import network

Array = NDArray[Any]


class Influence(NamedTuple):
    """How the state depends on what came before.

    `weights` (B, H, H, D + H + 1) is ∂h_t / ∂[W_xh, W_hh, b_h], and `start` (B, H, H) is ∂h_t / ∂h_0.
    """

    weights: Array
    start: Array


def zero_influence(params: rnn.Params, B: int) -> Influence:
    """The influence before the first step: none of the weights, and h_0 is itself.

    >>> influence = zero_influence(rnn.init(np.random.default_rng(0), D=3, H=2), B=1)
    >>> influence.weights.shape, influence.start.tolist()
    ((1, 2, 2, 6), [[[1.0, 0.0], [0.0, 1.0]]])
    """
    H, D = params.W_xh.shape
    weights = np.zeros((B, H, H, D + H + 1), params.W_xh.dtype)
    return Influence(weights, np.tile(np.eye(H, dtype=weights.dtype), (B, 1, 1)))


def influence_size(B: int, D: int, H: int) -> int:
    """The numbers that an influence holds: B (H² (D + H + 1) + H²).

    Raises: ValueError for a size below 1.

    >>> influence_size(B=1, D=3, H=2), influence_size(B=32, D=32, H=256) * 8 / 1e9
    (28, 4.86539264)
    """
    expect_sizes(B=B, D=D, H=H)
    return B * (H * H * (D + H + 1) + H * H)


def step(
    params: rnn.Params,
    x_t: Array,
    h_prev: Array,
    influence: Influence,
    mask_t: Array | None = None,
    activation: str = "tanh",
) -> tuple[Array, Influence]:
    """One step of the network and of the influence: h_t and P_t from h_{t−1} and P_{t−1}.

    Shapes: x_t (B, D), h_prev (B, H), mask_t (B) or None. At padding both stay as they are.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or activation. Source: Williams and Zipser 1989.

    >>> params = rnn.Params(np.array([[1.0]]), np.array([[0.5]]), np.array([0.0]))
    >>> h_t, influence = step(params, np.ones((1, 1)), np.array([[-2.0]]), zero_influence(params, B=1))
    >>> h_t.tolist(), influence.weights[0, 0, 0].tolist(), influence.start.tolist()
    ([[0.0]], [1.0, -2.0, 1.0], [[[0.5]]])
    """
    h_t = rnn.step(params, x_t, h_prev, activation)
    if mask_t is not None:
        expect_mask("mask_t", mask_t, B=len(x_t))
        h_t = np.where(mask_t[:, np.newaxis], h_t, h_prev)
    return h_t, _next_influence(params, x_t, h_prev, h_t, influence, mask_t, activation)


def gradient_of_step(d_h_t: Array, influence: Influence) -> tuple[Array, rnn.Params]:
    """The gradient of the loss of one step, d_h_t · P_t: at the start, d_h_0 (B, H), and at the weights.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Williams and Zipser 1989.

    >>> params = rnn.Params(np.array([[1.0]]), np.array([[0.5]]), np.array([0.0]))
    >>> _, influence = step(params, np.ones((1, 1)), np.array([[-2.0]]), zero_influence(params, B=1))
    >>> gradient_of_step(np.ones((1, 1)), influence)[1].W_hh
    array([[-2.]])
    """
    B, H, _, M = influence.weights.shape
    expect_floats("d_h_t", d_h_t, influence.weights.dtype, B=B, H=H)
    d_W = np.tensordot(d_h_t, influence.weights, axes=([0, 1], [0, 1]))
    d_h_0 = np.einsum("bi,bij->bj", d_h_t, influence.start)
    D = M - H - 1
    return d_h_0, rnn.Params(d_W[:, :D], d_W[:, D:-1], d_W[:, -1])


def gradients(d_h: Array, cache: rnn.Cache, d_last: Array | None = None) -> tuple[Array, rnn.Params]:
    """What `rnn.backward` answers, but computed forwards in time: d_h_0 (B, H) and the gradients at the weights.

    Only the states are taken from the cache; each step adds its part as soon as it is reached. Inputs get no gradient:
    that would take the influence of each of them.

    Shapes: d_h (T, B, H), d_last (B, H), which is added at h_T, or None.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Williams and Zipser 1989.

    >>> params = rnn.Params(np.array([[1.0]]), np.array([[0.5]]), np.array([0.0]))
    >>> h, cache = rnn.forward(params, np.zeros((2, 1, 1)))
    >>> gradients(np.ones((2, 1, 1)), cache)[1].b_h, rnn.backward(np.ones((2, 1, 1)), cache)[2].b_h
    (array([2.5]), array([2.5]))
    """
    params, x, states, mask, activation = cache
    T, B, H = states[1:].shape
    expect_floats("d_h", d_h, states.dtype, T=T, B=B, H=H)
    influence = zero_influence(params, B)
    d_h_0, grads = np.zeros_like(states[0]), rnn.Params(*map(np.zeros_like, params))
    for t in range(T):
        mask_t = None if mask is None else mask[t]
        influence = _next_influence(params, x[t], states[t], states[t + 1], influence, mask_t, activation)
        d_h_t = d_h[t] + d_last if d_last is not None and t == T - 1 else d_h[t]
        d_start, d_weights = gradient_of_step(d_h_t, influence)
        d_h_0 += d_start
        grads = rnn.Params(*map(np.add, grads, d_weights))
    return d_h_0, grads


def gradient(params: network.Params, batch: network.Batch) -> network.Estimate:
    """The exact gradient by real-time recurrent learning, for the simple network.

    Raises: TypeError for another cell than rnn or a wrong dtype, ValueError for a wrong shape.
    Source: Williams and Zipser 1989; chapter beyond-bptt.

    >>> from rnnlab.training.alternatives import step_losses
    >>> x = np.ones((3, 2, 1))
    >>> batch = network.Batch(x, step_losses.squared_error(x, np.ones((3, 2))))
    >>> params = network.init(np.random.default_rng(0), D=1, H=4, K=1)
    >>> exact, forwards = network.gradient(params, batch), gradient(params, batch)
    >>> bool(np.allclose(exact.grads.recurrent.W_hh, forwards.grads.recurrent.W_hh))
    True
    """
    network.expect_simple_cell(batch.cell)
    return network.gradient(params, batch, lambda d_h, cache: (None, *gradients(d_h, cache)))


def _next_influence(
    params: rnn.Params,
    x_t: Array,
    h_prev: Array,
    h_t: Array,
    influence: Influence,
    mask_t: Array | None,
    activation: str,
) -> Influence:
    B, H, _, M = influence.weights.shape
    slope = activation_named(activation).derivative_from_output(h_t)[:, :, np.newaxis]
    z_t = np.concatenate([x_t, h_prev, np.ones((B, 1), x_t.dtype)], axis=1)
    weights = (params.W_hh @ influence.weights.reshape(B, H, H * M)).reshape(B, H, H, M)
    unit = np.arange(H)
    weights[:, unit, unit] += z_t[:, np.newaxis]
    weights *= slope[..., np.newaxis]
    start = slope * (params.W_hh @ influence.start)
    if mask_t is not None:
        real = mask_t[:, np.newaxis, np.newaxis]
        weights = np.where(real[..., np.newaxis], weights, influence.weights)
        start = np.where(real, start, influence.start)
    return Influence(weights, start)
