"""What a recurrent matrix can do to a gradient: spectral radius, singular values, numerical range, non-normality.

The spectral radius ρ rules ‖W^k‖ only in the end, ‖W^k‖^(1/k) → ρ. The largest singular value σ_max rules one step,
and between them a non-normal matrix may grow for hundreds of steps although ρ < 1. Source: Pascanu, Mikolov and Bengio
2013; Trefethen and Embree 2005; chapter gradients.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.analysis.jacobian_products import log10_norms_from_start
from rnnlab.nets.door import expect_floats, expect_one_of, expect_sizes

Array = NDArray[Any]

STEEPEST_SLOPES = {"tanh": 1.0, "relu": 1.0, "sigmoid": 0.25, "identity": 1.0}


def spectral_radius(W: Array) -> float:
    """The size of the largest eigenvalue: ρ(W) = max |λ_i|. Shapes: W (H, H).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter gradients.

    >>> spectral_radius(np.array([[1.0, 3.0], [0.0, -2.0]]))
    2.0
    """
    _expect_square(W)
    return float(np.abs(np.linalg.eigvals(W)).max())


def spectral_norm(W: Array) -> float:
    """The largest singular value, the most that one product can stretch a vector: σ_max(W) = max ‖W v‖ / ‖v‖.

    Shapes: W (M, N). Never below the spectral radius, and equal to it for a normal matrix.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter gradients.

    >>> spectral_norm(np.array([[0.0, 3.0], [0.0, 0.0]]))
    3.0
    """
    expect_floats("W", W, M=None, N=None)
    return float(np.linalg.norm(W, ord=2))


def with_spectral_radius(W: Array, radius: float) -> Array:
    """The matrix scaled so that its spectral radius is `radius`: W · radius / ρ(W). Shapes: W (H, H).

    Raises: ValueError for a wrong shape, a negative radius, or if all eigenvalues are zero. Source: Jaeger 2001.

    >>> with_spectral_radius(np.diag([1.0, 4.0]), 2.0)
    array([[0.5, 0. ],
           [0. , 2. ]])
    """
    if not radius >= 0:
        raise ValueError(f"radius must not be negative, but is {radius!r}.")
    rho = spectral_radius(W)
    if rho == 0:
        raise ValueError("W must have an eigenvalue that is not zero. A nilpotent matrix cannot be rescaled.")
    return W * np.asarray(radius / rho, W.dtype)


def numerical_range(W: Array, angles: int = 360) -> Array:
    """Points on the boundary of the numerical range {v* W v : ‖v‖ = 1}, counter-clockwise, one for each angle.

    The range is convex and holds all eigenvalues; for a normal matrix it is their hull, and the further it reaches
    beyond them, the more non-normal W is. Its outermost point in direction e^iθ is v* W v, where v is the eigenvector
    of the largest eigenvalue of the Hermitian part of e^−iθ W.

    Shapes: W (H, H); returns complex (angles,).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or count. Source: Johnson 1978.

    >>> disk = numerical_range(np.array([[0.0, 1.0], [0.0, 0.0]]), angles=4)
    >>> np.abs(disk).round(6)
    array([0.5, 0.5, 0.5, 0.5])
    """
    _expect_square(W)
    expect_sizes(angles=angles)
    points = np.empty(angles, complex)
    for k, angle in enumerate(np.arange(angles) * (2 * np.pi / angles)):
        rotated = np.exp(-1j * angle) * W
        _, vectors = np.linalg.eigh((rotated + rotated.conj().T) / 2)
        v = vectors[:, -1]
        points[k] = v.conj() @ W @ v
    return points


def numerical_radius(W: Array, angles: int = 360) -> float:
    """The distance of the furthest point of the numerical range from zero: w(W) = max |v* W v|, ‖v‖ = 1.

    ρ(W) ≤ w(W) ≤ σ_max(W) ≤ 2 w(W), and ‖W^k‖ ≤ 2 w(W)^k: w < 1 rules out growth by more than a factor of 2. From a
    finite number of angles it comes out too small, by a factor of cos(π / angles) at most: 4e-5 with 360.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or count. Source: Berger 1965; Johnson 1978.

    >>> numerical_radius(np.diag([0.5, -2.0]))
    2.0
    """
    return float(np.abs(numerical_range(W, angles)).max())


def departure_from_normality(W: Array) -> float:
    """How far W is from a matrix with orthogonal eigenvectors: √(‖W‖²_F − Σ |λ_i|²), 0 for a normal matrix.

    It is the size of the strictly upper triangle of W's Schur form. Below 1e-7 ‖W‖_F it is rounding.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Henrici 1962.

    >>> departure_from_normality(np.array([[1.0, 3.0], [0.0, 1.0]]))
    3.0
    """
    _expect_square(W)
    excess = np.sum(W.astype(float) ** 2) - np.sum(np.abs(np.linalg.eigvals(W)) ** 2)
    return float(np.sqrt(max(excess, 0)))


def log10_power_norms(W: Array, steps: int) -> Array:
    """How a linear network's gradient grows with the lag: log₁₀ ‖W^k‖ for k = 1 … steps, in the spectral norm.

    Shapes: W (H, H); returns (steps,). Nothing under- or overflows.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or number of steps. Source: chapter gradients.

    >>> W = 0.9 * np.eye(64) + np.diag(0.6 * np.ones(63), k=1)  # its spectral radius is 0.9
    >>> log10_power_norms(W, 60)[[0, 19, 59]].round(1)
    array([ 0.2,  3.5, 10.6])
    """
    _expect_square(W)
    expect_sizes(steps=steps)
    return log10_norms_from_start(np.broadcast_to(W, (steps, 1, *W.shape)))[:, 0]


def steepest_slope(activation: str) -> float:
    """The largest slope of an activation, γ = max |f′|: 1 for "tanh", "relu" and "identity", 1/4 for "sigmoid".

    Raises: ValueError for another activation. Source: Pascanu, Mikolov and Bengio 2013.

    >>> steepest_slope("sigmoid")
    0.25
    """
    expect_one_of("activation", activation, tuple(STEEPEST_SLOPES))
    return STEEPEST_SLOPES[activation]


def log10_gradient_bound(W: Array, activation: str, lag: int) -> float:
    """The most that a gradient of a simple network can grow in k steps: log₁₀ ‖∂h_T/∂h_{T−k}‖ ≤ k log₁₀(γ σ_max).

    The number of steps k is `lag`. Every step Jacobian is diag(f′) W_hh, with a norm of γ σ_max at most.
    Shapes: W (H, H).

    Raises: ValueError for a wrong shape, lag or activation. Source: Pascanu, Mikolov and Bengio 2013.

    >>> round(log10_gradient_bound(np.eye(2), "sigmoid", lag=100), 2)
    -60.21
    """
    _expect_square(W)
    expect_sizes(lag=lag)
    with np.errstate(divide="ignore"):
        return float(lag * np.log10(steepest_slope(activation) * spectral_norm(W)))


def vanishing_is_certain(W: Array, activation: str) -> bool:
    """Whether γ σ_max(W) < 1, which is enough for the gradient to vanish, whatever the inputs are.

    It is not necessary: a Gaussian matrix has σ_max ≈ 2 ρ, and tanh's slope is below γ = 1 nearly everywhere.

    Raises: ValueError for a wrong shape or activation. Source: Pascanu, Mikolov and Bengio 2013.

    >>> vanishing_is_certain(3.9 * np.eye(2), "sigmoid"), vanishing_is_certain(np.eye(2), "tanh")
    (True, False)
    """
    _expect_square(W)
    return steepest_slope(activation) * spectral_norm(W) < 1


def explosion_is_possible(W: Array, activation: str) -> bool:
    """Whether γ σ_max(W) > 1, without which the gradient cannot explode. It need not explode with it.

    Raises: ValueError for a wrong shape or activation. Source: Pascanu, Mikolov and Bengio 2013.

    >>> explosion_is_possible(np.array([[0.9, 0.6], [0.0, 0.9]]), "tanh")
    True
    """
    _expect_square(W)
    return steepest_slope(activation) * spectral_norm(W) > 1


def _expect_square(W: Any) -> None:
    H = np.shape(W)[-1] if np.ndim(W) else None
    expect_floats("W", W, H_out=H, H_in=H)
    if not np.isfinite(W).all():
        raise ValueError("W must be finite, but holds inf or NaN. Did training diverge?")
