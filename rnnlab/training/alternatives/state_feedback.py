"""Diagonal state feedbacks: the backward recursion with one fixed diagonal matrix in place of each step's Jacobian.

BPTT          δ_{t−1} = d_h_{t−1} + J_tᵀ δ_t,   J_t = ∂h_t/∂h_{t−1}, another full matrix at each step
here          δ_{t−1} = d_h_{t−1} + D ⊙ δ_t,    D (H), one diagonal for all steps, sequences and updates

What follows, from δ_t to the weights of step t, is the exact local derivative (`one_step`). The recursion for δ has
become linear with known coefficients, so it is a scan, or a convolution with the kernel D^k, and runs in parallel over
time: O(T H) work instead of O(T H²), in O(log T) dependent steps. The forward pass stays sequential.

Source: Caillon, Fagnou and Allauzen 2025 (arXiv 2503.23104). We read its abstract, summaries of it and its published
code, not its full text. The recursion, the fixed D = diag(0, …, 1) in equal distances and the local derivative are
those of the code, which loops over time; the paper speaks of prefix sums and Fourier transforms, as `nets.scan` has
them. `mean_jacobian_diagonal` and the treatment of padding are our own. Chapter beyond-bptt.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import gru, rnn, scan
from rnnlab.nets.activations import activation as activation_named
from rnnlab.nets.cells import Cell
from rnnlab.nets.door import expect_floats, expect_mask, expect_sizes
from rnnlab.training.alternatives import network, one_step

Array = NDArray[Any]


def linear_diagonal(H: int, dtype: DTypeLike = np.float64) -> Array:
    """The diagonal of the paper's code: D_i from 0 to 1 in equal distances, so that units differ in how far they look.

    A gradient that comes from k steps ahead is multiplied by D_i^k: at D_i = 1 it never fades.

    Raises: ValueError for a size below 1. Source: published code of Caillon, Fagnou and Allauzen 2025.

    >>> linear_diagonal(3)
    array([0. , 0.5, 1. ])
    """
    expect_sizes(H=H)
    return np.linspace(0, 1, H, dtype=dtype)


def mean_jacobian_diagonal(cache: rnn.Cache) -> Array:
    """The mean diagonal of the Jacobians of a forward pass, D_i = W_hh[i, i] · mean f′(a_ti) over real steps: (H).

    The best constant guess of the diagonal itself, in the mean square. Exact where the Jacobian is diagonal and does
    not change, that is for a linear network with a diagonal W_hh. Our own choice, not the paper's.

    Raises: TypeError for the cache of another cell. Source: chapter beyond-bptt.

    >>> params = rnn.Params(np.ones((2, 1)), np.diag([0.5, 0.9]), np.zeros(2))
    >>> mean_jacobian_diagonal(rnn.forward(params, np.ones((3, 1, 1)), activation="identity")[1])
    array([0.5, 0.9])
    """
    if not isinstance(cache, rnn.Cache):
        raise TypeError(f"cache must come from rnn.forward, but is {type(cache).__name__}.")
    slope = activation_named(cache.activation).derivative_from_output(cache.states[1:])
    real = slope.reshape(-1, slope.shape[-1]) if cache.mask is None else slope[cache.mask]
    return np.diagonal(cache.params.W_hh) * real.mean(axis=0)


def accumulated(
    d_h: Array, D: Array, mask: Array | None = None, d_last: Array | None = None, method: str = "auto"
) -> tuple[Array, Array]:
    """All δ_t by one scan backwards in time: δ_T = d_h_T + d_last, δ_{t−1} = d_h_{t−1} + D ⊙ δ_t, and d_h_0 = D ⊙ δ_1.

    At padding h_t is h_{t−1}, which is known, so the factor there is 1 instead of D.

    Shapes: d_h (T, B, H), D (H), mask (T, B) or None, d_last (B, H) or None; returns delta (T, B, H) and d_h_0 (B, H).
    `method` is that of `nets.scan`, for instance "loop", or "convolution" if there is no mask.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or method. Source: Caillon et al. 2025.

    >>> delta, d_h_0 = accumulated(np.ones((3, 1, 1)), np.array([0.5]))
    >>> delta[:, 0, 0].tolist(), d_h_0.tolist()
    ([1.75, 1.5, 1.0], [[0.875]])
    """
    expect_floats("d_h", d_h, T=None, B=None, H=None)
    T, B, H = d_h.shape
    expect_floats("D", D, d_h.dtype, H=H)
    inputs = np.concatenate([d_h[::-1], np.zeros((1, B, H), d_h.dtype)])
    if d_last is not None:
        expect_floats("d_last", d_last, d_h.dtype, B=B, H=H)
        inputs[0] += d_last
    factors = D
    if mask is not None:
        expect_mask("mask", mask, T=T, B=B)
        after = np.concatenate(
            [np.ones((1, B), bool), mask[::-1]]
        )  # the first factor meets the start, which is zero
        factors = np.where(after[..., np.newaxis], D, 1)
    backwards, _ = scan.forward(factors, inputs, method=method)
    return backwards[-2::-1], backwards[-1]


def backward(
    d_h: Array,
    x: Array,
    cache: rnn.Cache | gru.Cache,
    kind: Cell,
    D: Array,
    d_last: Array | None = None,
    method: str = "auto",
) -> tuple[Array, Array, Any]:
    """In place of the cell's backward pass: the gradients at inputs, start and weights by diagonal state feedbacks.

    With D = 0 this is fully truncated BPTT, and with D the true Jacobian of every step it is BPTT.

    Shapes: d_h (T, B, H), the inputs x (T, B, D) and the cache of a forward pass of the cell `kind`, D (H), d_last
    (B, H) or None; returns d_x (T, B, D), d_h_0 (B, H) and grads.

    Raises: TypeError for another cell than rnn or gru or a wrong dtype, ValueError for a wrong shape.
    Source: Caillon, Fagnou and Allauzen 2025.

    >>> from rnnlab.nets.cells import cell
    >>> params, x = rnn.Params(np.ones((2, 1)), np.diag([0.5, 0.9]), np.zeros(2)), np.ones((3, 1, 1))
    >>> linear = cell("rnn", activation="identity")
    >>> h, cache = linear.forward(params, x)
    >>> d_x, d_h_0, grads = backward(np.ones_like(h), x, cache, linear, np.array([0.5, 0.9]))
    >>> bool(np.allclose(grads.W_hh, rnn.backward(np.ones_like(h), cache)[2].W_hh))
    True
    """
    one_step.expect_one_state(kind)
    T, B, H = cache.states[1:].shape
    expect_floats("d_h", d_h, cache.states.dtype, T=T, B=B, H=H)
    delta, d_h_0 = accumulated(d_h, D, cache.mask, d_last, method)
    d_x, grads = one_step.gradients(delta, x, cache, kind)
    return d_x, d_h_0, grads


def gradient(params: network.Params, batch: network.Batch, D: Array | None = None) -> network.Estimate:
    """The estimate of the gradient by diagonal state feedbacks, with D (H), or `linear_diagonal` if it is None.

    Raises: TypeError for another cell than rnn or gru or a wrong dtype, ValueError for a wrong shape.
    Source: Caillon, Fagnou and Allauzen 2025; chapter beyond-bptt.

    >>> from rnnlab.training.alternatives import step_losses
    >>> x = np.ones((3, 2, 1))
    >>> batch = network.Batch(x, step_losses.squared_error(x, np.ones((3, 2))))
    >>> gradient(network.init(np.random.default_rng(0), D=1, H=4, K=1), batch).grads.recurrent.W_hh.shape
    (4, 4)
    """
    W_hy = params.readout.W_hy
    feedback = linear_diagonal(W_hy.shape[1], W_hy.dtype) if D is None else D

    def by_feedback(d_h: Array, cache: Any) -> tuple[Array, Array, Any]:
        return backward(d_h, batch.x, cache, batch.cell, feedback)

    return network.gradient(params, batch, by_feedback)
