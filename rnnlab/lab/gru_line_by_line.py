"""One step of the GRU and its gradient, one equation a line: slower than `rnnlab.nets.gru`, and made for reading.

`nets.gru` does the same for whole sequences, with products for all gates at once. Prediction: both agree to rounding,
with the reset gate after the product and before it. Here z_t is the share that is kept. Result: arrays.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.activations import sigmoid
from rnnlab.nets.gru import Params

Array = NDArray[Any]


class Gate(NamedTuple):
    """The weights of one gate, or of the candidate: W_x (H, D), W_h (H, H), b (H)."""

    W_x: Array
    W_h: Array
    b: Array


class Step(NamedTuple):
    """What a step has computed: each (B, H). m_t is what the reset gate's product holds, see `step_after`."""

    r: Array
    z: Array
    m: Array
    n: Array
    h: Array


def gates(params: Params) -> tuple[Gate, Gate, Gate]:
    """The stacked weights taken apart, in the order r, z, n."""
    W_x, W_h, b = (np.split(stacked, 3) for stacked in params[:3])
    reset, update, new = (Gate(*weights) for weights in zip(W_x, W_h, b, strict=True))
    return reset, update, new


def step_after(params: Params, x_t: Array, h_prev: Array) -> Step:
    """From h_{t−1} to h_t with the reset gate after the product, m_t = W_hn h_{t−1} + b_hn.

    Shapes: x_t (B, D), h_prev (B, H). Source: torch.nn.GRU; chapter gru.
    """
    reset, update, new = gates(params)
    r = sigmoid(x_t @ reset.W_x.T + h_prev @ reset.W_h.T + reset.b)
    z = sigmoid(x_t @ update.W_x.T + h_prev @ update.W_h.T + update.b)
    m = h_prev @ new.W_h.T + params.b_hn
    n = np.tanh(x_t @ new.W_x.T + new.b + r * m)
    h = (1 - z) * n + z * h_prev
    return Step(r, z, m, n, h)


def step_before(params: Params, x_t: Array, h_prev: Array) -> Step:
    """From h_{t−1} to h_t with the reset gate before the product, m_t = r_t ⊙ h_{t−1}.

    Shapes: x_t (B, D), h_prev (B, H). Source: Cho et al. 2014; chapter gru.
    """
    reset, update, new = gates(params)
    r = sigmoid(x_t @ reset.W_x.T + h_prev @ reset.W_h.T + reset.b)
    z = sigmoid(x_t @ update.W_x.T + h_prev @ update.W_h.T + update.b)
    m = r * h_prev
    n = np.tanh(x_t @ new.W_x.T + new.b + m @ new.W_h.T + params.b_hn)
    h = (1 - z) * n + z * h_prev
    return Step(r, z, m, n, h)


def step_after_backward(
    params: Params, x_t: Array, h_prev: Array, forward: Step, delta: Array
) -> tuple[Array, Array, Params]:
    """From δ_t, the gradient at h_t, to those at x_t, h_{t−1} and the weights, for `step_after`.

    Shapes: delta (B, H); returns d_x (B, D), d_h_prev (B, H), grads. Source: chapter gru.
    """
    reset, update, new = gates(params)
    r, z, m, n, _ = forward
    d_n = delta * (1 - z)
    d_z = delta * (h_prev - n)
    d_a_n = d_n * (1 - n**2)
    d_a_z = d_z * z * (1 - z)
    d_m = d_a_n * r
    d_r = d_a_n * m
    d_a_r = d_r * r * (1 - r)
    d_h_prev = delta * z + d_a_r @ reset.W_h + d_a_z @ update.W_h + d_m @ new.W_h
    d_x = d_a_r @ reset.W_x + d_a_z @ update.W_x + d_a_n @ new.W_x
    d_a = np.concatenate([d_a_r, d_a_z, d_a_n], axis=1)
    from_h = np.concatenate([d_a_r, d_a_z, d_m], axis=1)
    return d_x, d_h_prev, Params(d_a.T @ x_t, from_h.T @ h_prev, d_a.sum(axis=0), d_m.sum(axis=0))


def step_before_backward(
    params: Params, x_t: Array, h_prev: Array, forward: Step, delta: Array
) -> tuple[Array, Array, Params]:
    """From δ_t, the gradient at h_t, to those at x_t, h_{t−1} and the weights, for `step_before`.

    Shapes: delta (B, H); returns d_x (B, D), d_h_prev (B, H), grads. Source: chapter gru.
    """
    reset, update, new = gates(params)
    r, z, m, n, _ = forward
    d_n = delta * (1 - z)
    d_z = delta * (h_prev - n)
    d_a_n = d_n * (1 - n**2)
    d_a_z = d_z * z * (1 - z)
    d_m = d_a_n @ new.W_h
    d_r = d_m * h_prev
    d_a_r = d_r * r * (1 - r)
    d_h_prev = delta * z + d_a_r @ reset.W_h + d_a_z @ update.W_h + d_m * r
    d_x = d_a_r @ reset.W_x + d_a_z @ update.W_x + d_a_n @ new.W_x
    d_a = np.concatenate([d_a_r, d_a_z, d_a_n], axis=1)
    d_W_h = np.concatenate([d_a_r.T @ h_prev, d_a_z.T @ h_prev, d_a_n.T @ m])
    return d_x, d_h_prev, Params(d_a.T @ x_t, d_W_h, d_a.sum(axis=0), d_a_n.sum(axis=0))


STEPS = {"after": (step_after, step_after_backward), "before": (step_before, step_before_backward)}


def through_time(params: Params, x: Array, h_0: Array, d_h: Array, reset: str) -> tuple[Array, Array, Params]:
    """A whole sequence, step by step: the gradients at all inputs, at h_0 and at the weights.

    Shapes: x (T, B, D), h_0 (B, H), d_h (T, B, H) from the loss at each state; returns d_x (T, B, D), d_h_0, grads.
    """
    step, backward = STEPS[reset]
    states, kept = [h_0], []
    for x_t in x:
        kept.append(step(params, x_t, states[-1]))
        states.append(kept[-1].h)
    delta, grads, d_x = np.zeros_like(h_0), Params(*map(np.zeros_like, params)), np.empty_like(x)
    for t in reversed(range(len(x))):
        d_x[t], delta, own = backward(params, x[t], states[t], kept[t], delta + d_h[t])
        grads = Params(*map(np.add, grads, own))
    return d_x, delta, grads
