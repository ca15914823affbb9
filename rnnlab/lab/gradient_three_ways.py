"""Experiment: one gradient, computed three ways: by the definition, on the unrolled network, and by the recursion.

Prediction: all three agree to rounding. The definition, a sum over every loss t and every earlier step k, visits
T (T + 1) / 2 states; the recursion of `rnn.backward` visits T. Budget: milliseconds. Result: gradients as `rnn.Params`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.analysis.jacobians import rnn_jacobians
from rnnlab.nets import dense, rnn
from rnnlab.nets.activations import tanh_derivative

Array = NDArray[Any]


def by_definition(params: rnn.Params, x: Array, d_h: Array, h_0: Array) -> tuple[rnn.Params, Array]:
    """Σ_t Σ_{k ≤ t} of the way from L_t back to step k: every loss walks back alone, from its own t to 1.

    Shapes: x (T, B, D), d_h = ∂⁺L_t/∂h_t (T, B, H), h_0 (B, H); returns grads, and the size of each term's vector
    ∂L_t/∂h_k, (T, T), with row t and column k and zeros where k > t.
    """
    h, _ = rnn.forward(params, x, h_0)
    before = np.concatenate([h_0[np.newaxis], h[:-1]])
    J, slope = rnn_jacobians(params, x, h_0), tanh_derivative(h)
    grads = rnn.Params(*map(np.zeros_like, params))
    sizes = np.zeros((len(x), len(x)))
    for t in range(len(x)):
        v = d_h[t]  # ∂L_t/∂h_t, as rows (B, H)
        for k in reversed(range(t + 1)):
            sizes[t, k] = np.linalg.norm(v)
            d_a = v * slope[k]
            grads.W_xh[:] += d_a.T @ x[k]
            grads.W_hh[:] += d_a.T @ before[k]
            grads.b_h[:] += d_a.sum(axis=0)
            v = np.einsum("bi,bij->bj", v, J[k])  # ∂L_t/∂h_{k−1} = J_kᵀ ∂L_t/∂h_k
    return grads, sizes


def unrolled(params: rnn.Params, x: Array, d_h: Array, h_0: Array) -> list[rnn.Params]:
    """The gradient of each layer of the unrolled network, T dense layers with weights of their own.

    Layer t reads [x_t; h_{t−1}] (B, D + H) with a copy of [W_xh W_hh] (H, D + H) and of b_h.
    Shapes: as `by_definition`; returns T gradients.
    """
    D, H = x.shape[-1], len(params.b_h)
    layers = [dense.Params(np.hstack([params.W_xh, params.W_hh]), params.b_h.copy()) for _ in x]
    h, caches = h_0, []
    for x_t, layer in zip(x, layers, strict=True):
        a, cache = dense.forward(layer, np.hstack([x_t, h]))
        h = np.tanh(a)
        caches.append((cache, h))
    copies, d_from_above = [], np.zeros_like(h_0)
    for (cache, h), d_loss in zip(reversed(caches), reversed(d_h), strict=True):
        d_a = (d_from_above + d_loss) * tanh_derivative(h)
        d_input, grads = dense.backward(d_a, cache)
        d_from_above = d_input[:, D : D + H]
        copies.append(rnn.Params(grads.W[:, :D], grads.W[:, D:], grads.b))
    return copies[::-1]


def one_walk_per_loss(params: rnn.Params, x: Array, d_h: Array, h_0: Array) -> rnn.Params:
    """The gradient of each L_t by a backward pass of its own through x_1 … x_t, added up: right, and O(T²)."""
    total = rnn.Params(*map(np.zeros_like, params))
    for t in range(1, len(x) + 1):
        alone = np.zeros_like(d_h[:t])
        alone[-1] = d_h[t - 1]
        _, cache = rnn.forward(params, x[:t], h_0)
        _, _, grads = rnn.backward(alone, cache)
        total = rnn.Params(*map(np.add, total, grads))
    return total
