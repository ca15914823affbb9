"""Products of step Jacobians through time: their norms, which neither under- nor overflow, and their growth rates.

The norm of ∂s_t/∂s_0 falls or grows like rateᵗ, and leaves what a float can hold within some hundred steps. So a
product is kept at norm 1 while it grows, and the logarithm of what was divided out is summed up. Logarithms of norms
are to base 10, as a plot's axis shows them; Lyapunov exponents are natural logarithms, as their literature has them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.door import expect_floats, expect_one_of

Array = NDArray[Any]

NORMS = ("spectral", "frobenius")


def log10_norms_from_start(jacobians: Array, norm: str = "spectral") -> Array:
    """How much a change of the first state changes each later one: log₁₀ ‖∂s_t/∂s_0‖ = log₁₀ ‖J_t … J_1‖, t = 1 … T.

    Shapes: jacobians (T, B, S, S); returns (T, B). A product that is zero has log₁₀ norm −∞. The spectral norm is the
    largest factor by which a gradient can grow, the Frobenius norm √S times its typical factor.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or norm. Source: chapter gradients.

    >>> J = np.full((1000, 1, 1, 1), 0.1)
    >>> log10_norms_from_start(J)[-1].round(6)
    array([-1000.])
    """
    _expect_jacobians(jacobians)
    expect_one_of("norm", norm, NORMS)
    T, B, S, _ = jacobians.shape
    product = np.broadcast_to(np.eye(S, dtype=jacobians.dtype), (B, S, S))
    divided_out = np.zeros(B)
    norms = np.empty((T, B))
    for t, J_t in enumerate(jacobians):
        product, log_scale = _to_norm_one(J_t @ product)
        divided_out += log_scale
        norms[t] = divided_out
        if norm == "spectral":  # of a matrix whose Frobenius norm is 1
            norms[t] += _log10(np.linalg.norm(product, ord=2, axis=(-2, -1)))
    return norms


def log10_norms_to_end(jacobians: Array, norm: str = "spectral") -> Array:
    """How much a change of each state changes the last one: log₁₀ ‖∂s_T/∂s_t‖ = log₁₀ ‖J_T … J_{t+1}‖, t = 0 … T − 1.

    This is what a gradient at the last step meets on its way back, so entry t belongs to lag T − t.

    Shapes: jacobians (T, B, S, S); returns (T, B).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or norm. Source: chapter gradients.

    >>> J = np.array([3.0, 10.0, 0.1]).reshape(3, 1, 1, 1)
    >>> log10_norms_to_end(J)[:, 0].round(4)
    array([ 0.4771,  0.    , -1.    ])
    """
    _expect_jacobians(jacobians)
    reversed_in_time = np.swapaxes(jacobians[::-1], -1, -2)
    return log10_norms_from_start(reversed_in_time, norm)[::-1]


def rate_per_step(log10_norms: Array) -> Array:
    """The mean factor per step of something that is `log10_norms` after 1 … T steps: 10^(last / T).

    Shapes: (T, ...); returns (...). Norms of products to the end come with the longest lag first: reverse them.

    >>> rate_per_step(np.array([-1.0, -2.0, -3.0])).item()
    0.1
    """
    return 10.0 ** (log10_norms[-1] / len(log10_norms))


def lyapunov_exponents(jacobians: Array, skip: int = 0) -> Array:
    """The Lyapunov exponents along a trajectory, in nats per step, largest first: λ_i = Σ_t log |R_t,ii| / T.

    With Q_0 = I, each step decomposes J_t Q_{t−1} = Q_t R_t: an orthonormal frame is carried along, and the diagonal of
    R_t says how much each of its directions was stretched. e^λ_1 is the rate of growth of the largest direction, and
    the sum of all is the mean of log |det J_t|. The frame needs some steps to turn to the growing directions: the first
    `skip` of the T steps turn it without being counted.

    Shapes: jacobians (T, B, S, S); returns (B, S). A direction that is lost (a dead ReLU) has exponent −∞.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or unless 0 ≤ skip < T.
    Source: Benettin et al. 1980; Vogt et al. 2022 for recurrent networks.

    >>> J = np.broadcast_to(np.diag([0.5, 2.0]), (10, 1, 2, 2))
    >>> np.exp(lyapunov_exponents(J)).round(6)
    array([[2. , 0.5]])
    """
    _expect_jacobians(jacobians)
    T, B, S, _ = jacobians.shape
    if not 0 <= skip < T:
        raise ValueError(f"skip must be at least 0 and less than T = {T}, but is {skip!r}.")
    Q = np.broadcast_to(np.eye(S, dtype=jacobians.dtype), (B, S, S))
    stretched = np.zeros((B, S))
    for t, J_t in enumerate(jacobians):
        Q, R = np.linalg.qr(J_t @ Q)
        if t >= skip:
            with np.errstate(divide="ignore"):
                stretched += np.log(np.abs(np.diagonal(R, axis1=-2, axis2=-1)))
    return -np.sort(-stretched / (T - skip), axis=-1)


def _to_norm_one(matrices: Array) -> tuple[Array, Array]:
    """Each matrix (B, S, S) divided by its Frobenius norm, and the log₁₀ of that; a zero matrix stays as it is."""
    # the largest entry goes first: the squares of entries below 1e-160 would be lost
    largest = np.abs(matrices).max(axis=(-2, -1), keepdims=True)
    matrices = matrices / np.where(largest > 0, largest, 1)
    scale = np.linalg.norm(matrices, axis=(-2, -1), keepdims=True)
    return matrices / np.where(scale > 0, scale, 1), (_log10(largest) + _log10(scale))[:, 0, 0]


def _log10(numbers: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.log10(numbers)


def _expect_jacobians(jacobians: Any) -> None:
    S = np.shape(jacobians)[-1] if np.ndim(jacobians) else None
    expect_floats("jacobians", jacobians, T=None, B=None, S_out=S, S_in=S)
    if not np.isfinite(jacobians).all():
        raise ValueError("jacobians must be finite, but hold inf or NaN. Did the forward pass overflow?")
