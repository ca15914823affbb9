"""Decorrelation: learned matrices R that make what enters the weights uncorrelated, so that search goes straighter.

a_t = W_xh R_x x_t + W_hh R_h h_{t−1} + b_h,   y_t = W_hy R_h h_t + b_y.

The weights of a perturbed node move along its inputs. Where those are correlated, a move for one of them acts for the
others too. Each R starts as I and unlearns the correlations of its output x̂ = R x by a rule of its own, without a loss:

R ← R − ε ⟨x̂ x̂ᵀ with zeros on the diagonal⟩ R.

A network with R is an ordinary one whose weights are W R (`folded`), so every method trains it; by the chain rule its
gradients come back as G Rᵀ (`unfolded`), which is Σ d_a x̂ᵀ. With ANP this is DANP, decorrelated ANP.

Source: Ahmad, Schrader and van Gerven 2023 (the rule); Dalm, van Gerven and Ahmad 2023; García Fernández, Keemink and
van Gerven 2024 (recurrent). Of the last we read abstract and published code: inputs and states are decorrelated and
the updates averaged over the steps of a sequence, as here. The code computes the factor R of the rule and then leaves
it out; we keep it. Chapter beyond-bptt.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import rnn
from rnnlab.nets.door import expect_floats, expect_mask, expect_sizes, leading_axes
from rnnlab.nets.products import at_every_place
from rnnlab.training.alternatives import network

Array = NDArray[Any]


class Decorrelation(NamedTuple):
    """The matrices that stand before the weights: `x` (D, D) before W_xh, `h` (H, H) before W_hh and W_hy."""

    x: Array
    h: Array


def none(D: int, H: int, dtype: DTypeLike = np.float64) -> Decorrelation:
    """The start: R = I, which changes nothing.

    Raises: ValueError for a size below 1.

    >>> none(D=1, H=2).h
    array([[1., 0.],
           [0., 1.]])
    """
    expect_sizes(D=D, H=H)
    return Decorrelation(np.eye(D, dtype=dtype), np.eye(H, dtype=dtype))


def folded(params: network.Params, decorrelation: Decorrelation) -> network.Params:
    """The ordinary network that does the same: W_xh R_x, W_hh R_h, W_hy R_h and the biases as they are.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter beyond-bptt.

    >>> params = network.init(np.random.default_rng(0), D=1, H=4, K=2)
    >>> doubled = folded(params, Decorrelation(np.array([[2.0]]), np.eye(4)))
    >>> bool((doubled.recurrent.W_xh == 2 * params.recurrent.W_xh).all())
    True
    """
    return _multiplied(params, decorrelation.x, decorrelation.h)


def unfolded(grads: network.Params, decorrelation: Decorrelation) -> network.Params:
    """From the gradient at the folded weights W R to that at W: G Rᵀ. The biases keep theirs.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter beyond-bptt.

    >>> grads = network.init(np.random.default_rng(0), D=1, H=4, K=2)
    >>> tripled = unfolded(grads, Decorrelation(np.array([[3.0]]), np.eye(4)))
    >>> bool((tripled.recurrent.W_xh == 3 * grads.recurrent.W_xh).all())
    True
    """
    return _multiplied(grads, decorrelation.x.T, decorrelation.h.T)


def gradient(
    method: network.Method, params: network.Params, batch: network.Batch, decorrelation: Decorrelation
) -> network.Estimate:
    """What any method answers for the network with R in front of its weights: its estimate at W, with R held fixed.

    Raises: as the method does. Source: Dalm, van Gerven and Ahmad 2023; chapter beyond-bptt.

    >>> params = network.init(np.random.default_rng(0), D=1, H=4, K=2)
    >>> batch = network.Batch(np.ones((3, 2, 1)), lambda y: (y[..., 0], np.ones_like(y)))
    >>> estimate = gradient(network.gradient, params, batch, none(D=1, H=4))
    >>> estimate.loss == network.gradient(params, batch).loss
    True
    """
    estimate = method(folded(params, decorrelation), batch)
    return network.Estimate(estimate.loss, unfolded(estimate.grads, decorrelation))


def updated(
    decorrelation: Decorrelation, x: Array, h: Array, rate: float = 1e-2, mask: Array | None = None
) -> Decorrelation:
    """Both matrices after one update from a batch: inputs x (T, B, D) and states h (T, B, H), means over real steps.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Ahmad, Schrader and van Gerven 2023.

    >>> x = np.ones((1, 1, 2))
    >>> updated(none(D=2, H=1), x, np.ones((1, 1, 1)), rate=0.1).x
    array([[ 1. , -0.1],
           [-0.1,  1. ]])
    """
    expect_floats("x", x, decorrelation.x.dtype, T=None, B=None, D=len(decorrelation.x))
    T, B, _ = x.shape
    expect_floats("h", h, decorrelation.h.dtype, T=T, B=B, H=len(decorrelation.h))
    if mask is not None:
        expect_mask("mask", mask, T=T, B=B)
    return Decorrelation(
        _matrix_updated(decorrelation.x, x, rate, mask), _matrix_updated(decorrelation.h, h, rate, mask)
    )


def correlations(z: Array, mask: Array | None = None) -> Array:
    """The mean products of different entries, ⟨z zᵀ⟩ with zeros on the diagonal: (N, N) from z (..., N).

    They are correlations around zero, not around the mean, as in the paper's code. `mask` (...) picks the places.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or if no place is picked.

    >>> correlations(np.array([[1.0, 2.0], [1.0, -1.0]]))
    array([[0. , 0.5],
           [0.5, 0. ]])
    """
    expect_floats("z", z, **leading_axes(z), N=None)
    if mask is not None:
        expect_mask("mask", mask, **leading_axes(z))
        if not mask.any():
            raise ValueError("mask must be True somewhere, but every step is padding. Is the mask inverted?")
    places = z.reshape(-1, z.shape[-1]) if mask is None else z[mask]
    products = places.T @ places / len(places)
    np.fill_diagonal(products, 0)
    return products


def _matrix_updated(R: Array, z: Array, rate: float, mask: Array | None) -> Array:
    return (R - rate * correlations(at_every_place(R, z), mask) @ R).astype(R.dtype)


def _multiplied(params: network.Params, R_x: Array, R_h: Array) -> network.Params:
    (W_xh, W_hh, b_h), (W_hy, b_y) = params
    H, D = W_xh.shape
    expect_floats("decorrelation.x", R_x, W_xh.dtype, D_out=D, D_in=D)
    expect_floats("decorrelation.h", R_h, W_xh.dtype, H_out=H, H_in=H)
    recurrent = rnn.Params(W_xh @ R_x, W_hh @ R_h, b_h)
    return network.Params(recurrent, rnn.ReadoutParams(W_hy @ R_h, b_y))
