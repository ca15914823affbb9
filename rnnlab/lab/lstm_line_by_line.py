"""The LSTM's gradient by hand, one equation a line: slower than `rnnlab.nets.lstm`, and made for reading.

`lstm.backward` does the same for whole sequences, with everything that waits for no gradient computed ahead.
Prediction: both agree to rounding. Result: arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets import lstm
from rnnlab.nets.lstm import Params, State

Array = NDArray[Any]


def step_backward(
    params: Params, x_t: Array, before: State, gates: lstm.Gates, delta: Array, d_c: Array
) -> tuple[Array, State, Params]:
    """One step back: from the gradients at h_t and c_t to those at x_t, h_{t−1}, c_{t−1} and the weights.

    Shapes: x_t (B, D), before two (B, H), gates four (B, H), delta = δ_t (B, H), d_c (B, H), what c_t gets from step
    t + 1; returns d_x (B, D), the gradients at h_{t−1} and c_{t−1}, and grads. Source: chapter lstm.
    """
    i, f, g, o = gates
    c = f * before.c + i * g
    d_o = delta * np.tanh(c)
    epsilon = d_c + delta * o * (1 - np.tanh(c) ** 2)
    d_i = epsilon * g
    d_f = epsilon * before.c
    d_g = epsilon * i
    d_a = np.concatenate([d_i * i * (1 - i), d_f * f * (1 - f), d_g * (1 - g**2), d_o * o * (1 - o)], axis=1)
    grads = Params(W_xh=d_a.T @ x_t, W_hh=d_a.T @ before.h, b_h=d_a.sum(axis=0))
    return d_a @ params.W_xh, State(h=d_a @ params.W_hh, c=epsilon * f), grads


def cell_jacobian(params: Params, gates: lstm.Gates, c_prev: Array, o_prev: Array) -> Array:
    """∂c_t / ∂c_{t−1} with h_{t−2} held fixed, for one sequence: the forget gates, and the way through h_{t−1}.

    Shapes: gates of step t, c_prev = c_{t−1} and o_prev = o_{t−1}, all (H); returns (H, H). Source: chapter lstm.
    """
    i, f, g, _ = gates
    W_hi, W_hf, W_hg, _ = np.split(params.W_hh, 4)
    M = (
        (g * i * (1 - i))[:, np.newaxis] * W_hi
        + (c_prev * f * (1 - f))[:, np.newaxis] * W_hf
        + (i * (1 - g**2))[:, np.newaxis] * W_hg
    )
    return np.diag(f) + M * (o_prev * (1 - np.tanh(c_prev) ** 2))


def backward(params: Params, x: Array, start: State, d_h: Array) -> tuple[Array, State, Params]:
    """A whole sequence, from the last step to the first; the gradients at shared weights add up.

    Shapes: x (T, B, D), start two (B, H), d_h (T, B, H) from the loss at each state; returns d_x (T, B, D), the
    gradients at h_0 and c_0, and grads.
    """
    _, cache = lstm.forward(params, x, start)
    d_x, grads = np.empty_like(x), Params(*(np.zeros_like(weight) for weight in params))
    d_state = State(np.zeros_like(start.h), np.zeros_like(start.c))
    for t in reversed(range(len(x))):
        before = State(cache.states[t], cache.cells[t])
        gates = lstm.Gates(*(gate[t] for gate in cache.gates))
        d_x[t], d_state, own = step_backward(params, x[t], before, gates, d_h[t] + d_state.h, d_state.c)
        grads = Params(*(total + part for total, part in zip(grads, own, strict=True)))
    return d_x, d_state, grads
