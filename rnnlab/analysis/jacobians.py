"""Step Jacobians J_t = ∂s_t/∂s_{t−1}: how a small change of one state changes the next, in closed form for each cell.

J_t[i, j] is the derivative of entry i of s_t by entry j of s_{t−1}, so that ∂s_t/∂s_0 = J_t … J_1 and a gradient goes
back as δ_{t−1} = J_tᵀ δ_t. The state is h for "rnn" and "gru"; for "lstm" it is [h; c], and J_t has the four blocks

    [ ∂h_t/∂h_{t−1}  ∂h_t/∂c_{t−1} ]
    [ ∂c_t/∂h_{t−1}  ∂c_t/∂c_{t−1} ].

At padding the state is carried over, so J_t = I. `state_jacobians` needs no formula: it takes the rows of J_t from the
backward pass of any cell, and the formulas are tested against it. Source: Pascanu, Mikolov and Bengio 2013; chapters
gradients, lstm and gru.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.analysis.trajectory import as_vector, from_vector, states_along
from rnnlab.nets import gru, lstm, rnn
from rnnlab.nets.activations import activation as activation_named
from rnnlab.nets.activations import sigmoid, sigmoid_derivative, tanh_derivative
from rnnlab.nets.cells import Cell, cell
from rnnlab.nets.products import at_every_place

Array = NDArray[Any]


def rnn_jacobians(
    params: rnn.Params,
    x: Array,
    h_0: Array | None = None,
    mask: Array | None = None,
    activation: str = "tanh",
) -> Array:
    """The step Jacobians of a simple network along a sequence: J_t = diag(f′(a_t)) W_hh.

    Shapes: x (T, B, D), h_0 (B, H) or None, mask (T, B) or None; returns (T, B, H, H).

    Raises: what `rnn.forward` raises. Source: Pascanu, Mikolov and Bengio 2013; chapter gradients.

    >>> params = rnn.Params(np.array([[1.0]]), np.array([[0.5]]), np.array([0.0]))
    >>> rnn_jacobians(params, np.array([[[0.0]]])).item()
    0.5
    """
    h, _ = rnn.forward(params, x, h_0, mask, activation)
    slope = activation_named(activation).derivative_from_output(h)
    return _carried_at_padding(_scaled_rows(slope, params.W_hh), mask)


def lstm_jacobians(
    params: lstm.Params, x: Array, state: lstm.State | None = None, mask: Array | None = None
) -> Array:
    """The step Jacobians of an LSTM along a sequence, of the joint state [h; c].

    ∂c_t/∂c_{t−1} = diag(f_t)
    ∂c_t/∂h_{t−1} = diag(g_t i_t(1 − i_t)) W_hi + diag(c_{t−1} f_t(1 − f_t)) W_hf + diag(i_t(1 − g_t²)) W_hg
    ∂h_t/∂c_{t−1} = diag(o_t(1 − tanh²c_t)) ∂c_t/∂c_{t−1}
    ∂h_t/∂h_{t−1} = diag(o_t(1 − tanh²c_t)) ∂c_t/∂h_{t−1} + diag(tanh c_t · o_t(1 − o_t)) W_ho

    Shapes: x (T, B, D), state two (B, H) or None, mask (T, B) or None; returns (T, B, 2H, 2H).

    Raises: what `lstm.forward` raises. Source: chapter lstm.

    >>> params = lstm.init(np.random.default_rng(0), D=3, H=2)
    >>> lstm_jacobians(params, np.ones((4, 1, 3))).shape
    (4, 1, 4, 4)
    """
    states = states_along(cell("lstm"), params, x, state, mask)
    h_prev, c_prev = (np.stack(each) for each in zip(*states[:-1], strict=True))
    a = at_every_place(params.W_xh, x) + at_every_place(params.W_hh, h_prev) + params.b_h
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=-1)
    i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
    W_hi, W_hf, W_hg, W_ho = np.split(params.W_hh, 4)
    tanh_c = np.tanh(f * c_prev + i * g)
    shown = o * tanh_derivative(tanh_c)

    c_by_c = _scaled_rows(f, np.eye(f.shape[-1], dtype=f.dtype))
    c_by_h = (
        _scaled_rows(g * sigmoid_derivative(i), W_hi)
        + _scaled_rows(c_prev * sigmoid_derivative(f), W_hf)
        + _scaled_rows(i * tanh_derivative(g), W_hg)
    )
    h_by_c = _scaled_rows(shown, c_by_c)
    h_by_h = _scaled_rows(shown, c_by_h) + _scaled_rows(tanh_c * sigmoid_derivative(o), W_ho)
    return _carried_at_padding(np.block([[h_by_h, h_by_c], [c_by_h, c_by_c]]), mask)


def gru_jacobians(
    params: gru.Params,
    x: Array,
    state: Array | None = None,
    mask: Array | None = None,
    reset: str = "after",
    update: str = "keep",
) -> Array:
    """The step Jacobians of a GRU along a sequence, with u_t the share of the candidate in h_t.

    J_t = diag(1 − u_t) + diag(n_t − h_{t−1}) ∂u_t + diag(u_t) ∂n_t, where
    u_t = 1 − z_t and ∂u_t = −diag(z_t(1 − z_t)) W_hz with update="keep", u_t = z_t and the other sign with "replace";
    ∂n_t = diag(1 − n_t²) (diag(r_t) W_hn + diag(m_t r_t(1 − r_t)) W_hr) with reset="after", m_t = W_hn h_{t−1} + b_hn;
    ∂n_t = diag(1 − n_t²) W_hn (diag(r_t) + diag(h_{t−1} r_t(1 − r_t)) W_hr) with reset="before".

    Shapes: x (T, B, D), state (B, H) or None, mask (T, B) or None; returns (T, B, H, H).

    Raises: what `gru.forward` raises. Source: chapter gru.

    >>> params = gru.init(np.random.default_rng(0), D=3, H=2)
    >>> gru_jacobians(params, np.ones((4, 1, 3))).shape
    (4, 1, 2, 2)
    """
    states = states_along(cell("gru", reset=reset, update=update), params, x, state, mask)
    h_prev = np.stack(states[:-1])
    W_hr, W_hz, W_hn = np.split(params.W_hh, 3)
    from_input = at_every_place(params.W_xh, x) + params.b_h
    a_r, a_z, a_n = np.split(from_input, 3, axis=-1)
    r = sigmoid(a_r + at_every_place(W_hr, h_prev))
    z = sigmoid(a_z + at_every_place(W_hz, h_prev))
    slope_r = sigmoid_derivative(r)
    eye = np.eye(len(W_hn), dtype=W_hn.dtype)
    if reset == "after":
        m = at_every_place(W_hn, h_prev) + params.b_hn
        n = np.tanh(a_n + r * m)
        inside = _scaled_rows(r, W_hn) + _scaled_rows(m * slope_r, W_hr)
    else:
        n = np.tanh(a_n + at_every_place(W_hn, r * h_prev) + params.b_hn)
        inside = W_hn @ (_scaled_rows(r, eye) + _scaled_rows(h_prev * slope_r, W_hr))
    u, sign = (1 - z, -1) if update == "keep" else (z, 1)
    d_u = sign * _scaled_rows(sigmoid_derivative(z), W_hz)
    d_n = _scaled_rows(tanh_derivative(n), inside)
    J = _scaled_rows(1 - u, eye) + _scaled_rows(n - h_prev, d_u) + _scaled_rows(u, d_n)
    return _carried_at_padding(J, mask)


def state_jacobians(cell: Cell, params: Any, x: Array, state: Any = None, mask: Array | None = None) -> Array:
    """The step Jacobians of any cell along a sequence: row i of J_t is the gradient of entry i of s_t at s_{t−1}.

    One step with S copies of the batch goes forward, and the S unit vectors e_i come back: J_tᵀ e_i. That is exact, and
    costs S times as much as a backward pass.

    Shapes: x (T, B, D), state as the cell takes it or None, mask (T, B) or None; returns (T, B, S, S).

    Raises: what the cell's `forward` raises. Source: chapter bptt.

    >>> gru_cell = cell("gru")
    >>> params = gru_cell.init(np.random.default_rng(0), D=3, H=2)
    >>> state_jacobians(gru_cell, params, np.ones((4, 1, 3))).shape
    (4, 1, 2, 2)
    """
    T, B, _ = x.shape
    states = states_along(cell, params, x, state, mask)
    S = as_vector(states[0]).shape[-1]
    units = np.tile(np.eye(S, dtype=x.dtype), (B, 1))
    jacobians = np.empty((T, B, S, S), x.dtype)
    for t, before in enumerate(states[:-1]):
        copies = from_vector(np.repeat(as_vector(before), S, axis=0), like=before)
        real = mask if mask is None else np.repeat(mask[t : t + 1], S, axis=1)
        h, cache = cell.forward(params, np.repeat(x[t : t + 1], S, axis=1), copies, real)
        _, d_before, _ = cell.backward(np.zeros_like(h), cache, from_vector(units, like=before))
        jacobians[t] = as_vector(d_before).reshape(B, S, S)
    return jacobians


def _scaled_rows(factor: Array, matrix: Array) -> Array:
    """diag(factor) matrix, for each of the vectors in factor (..., H)."""
    return factor[..., np.newaxis] * matrix


def _carried_at_padding(jacobians: Array, mask: Array | None) -> Array:
    if mask is not None:
        jacobians[~mask] = np.eye(jacobians.shape[-1], dtype=jacobians.dtype)
    return jacobians
