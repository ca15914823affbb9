"""Weight perturbation: try a random change of all weights at once, and go along it as far as it lowers the loss.

ĝ = (L(θ + σ ξ) − L(θ)) / σ · ξ,   ξ ~ N(0, I).

To first order in σ this is ξ (ξ · g), whose mean is the gradient g. Its variance, summed over all P weights, is
(P + 1) |g|²: one number, δL, has to serve all of them. With `antithetic`, (L(θ + σ ξ) − L(θ − σ ξ)) / 2σ takes its
place: the errors of second order cancel.

Source: Cauwenberghs 1993, for all weights at once; a baseline in García Fernández, Keemink and van Gerven 2024, whose
published code draws new noise at each step and credits it with the loss of that step alone. Here one draw holds for the
whole batch, which makes the estimate unbiased. Chapter beyond-bptt.
"""

from __future__ import annotations

from numpy.random import Generator

from rnnlab.nets.parameters import mapped
from rnnlab.training.alternatives import network, perturbed


def along(
    params: network.Params,
    batch: network.Batch,
    direction: network.Params,
    sigma: float = 1e-3,
    antithetic: bool = False,
) -> network.Estimate:
    """The estimate from one given direction ξ, a tree like the parameters: ĝ = δL / σ · ξ.

    Works for any cell. Raises: ValueError unless sigma is positive or where the trees differ.

    >>> import numpy as np
    >>> params = network.init(np.random.default_rng(0), D=1, H=4, K=2)
    >>> batch = network.Batch(np.ones((3, 2, 1)), lambda y: (y[..., 0], np.ones_like(y)))
    >>> only_b_y = mapped(np.zeros_like, params)
    >>> only_b_y.readout.b_y[0] = 1
    >>> along(params, batch, only_b_y).grads.readout.b_y.round(6)
    array([6., 0.])
    """
    perturbed.expect_scale(sigma)
    loss = _loss(params, batch)
    change = _loss(_moved(params, direction, sigma), batch) - loss
    if antithetic:
        change = (change + loss - _loss(_moved(params, direction, -sigma), batch)) / 2
    return network.Estimate(loss, mapped(lambda xi: (change / sigma * xi).astype(xi.dtype), direction))


def gradient(
    params: network.Params,
    batch: network.Batch,
    rng: Generator,
    sigma: float = 1e-3,
    samples: int = 1,
    antithetic: bool = False,
) -> network.Estimate:
    """The mean estimate of `samples` random directions. Works for any cell.

    Raises: ValueError unless sigma and samples are positive. Source: Cauwenberghs 1993; chapter beyond-bptt.

    >>> import numpy as np
    >>> params = network.init(np.random.default_rng(0), D=1, H=4, K=2)
    >>> batch = network.Batch(np.ones((3, 2, 1)), lambda y: (y[..., 0], np.ones_like(y)))
    >>> gradient(params, batch, np.random.default_rng(0), samples=3).grads.recurrent.W_hh.shape
    (4, 4)
    """

    def one() -> network.Estimate:
        direction = mapped(lambda w: rng.normal(size=w.shape).astype(w.dtype), params)
        return along(params, batch, direction, sigma, antithetic)

    return network.averaged(one, samples)


def _moved(params: network.Params, direction: network.Params, sigma: float) -> network.Params:
    return mapped(lambda w, xi: (w + sigma * xi).astype(w.dtype), params, direction)


def _loss(params: network.Params, batch: network.Batch) -> float:
    return float(network.forward(params, batch).losses.sum())
