"""Node perturbation: shake every node at every step, and see for each sequence what that does to its loss.

With noise v_t = σ ξ_t at a_t and w_t = σ ζ_t at y_t, ξ, ζ ~ N(0, I), and δL what they change (`perturbed`):

d̂_a_t = δL_{≥t} / σ · ξ_t,   d̂_y_t = δL_t / σ · ζ_t,   then d_W_xh = Σ d̂_a_t x_tᵀ and so on, from the clean pass.

An output's noise acts on the loss of its own step only, so that alone is its credit. To first order in σ the mean is
the true gradient. Each sequence has noise and a loss of its own, so a batch averages the noise out; what remains grows
with the T (H + K) nodes of a sequence, where that of weight perturbation grows with the number of weights, however long
the sequence is: in long tasks node perturbation can be the worse one (Züge, Klos and Memmesheimer 2023).

Source: Widrow and Lehr 1990; García Fernández, Keemink and van Gerven 2024, of which we read the abstract and the
published code, not the full text. The code credits each node with the loss of its own step, and with that of the whole
batch: the first is credit="step" here, which leaves out what a step does to later ones and so is biased; the second,
which only adds variance, is not offered. Chapter beyond-bptt.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from rnnlab.training.alternatives import network, perturbed
from rnnlab.training.alternatives.perturbed import Nodes


def along(
    params: network.Params,
    batch: network.Batch,
    direction: Nodes,
    sigma: float = 1e-3,
    credit: str = "future",
    antithetic: bool = False,
) -> network.Estimate:
    """The estimate from one given direction (ξ, ζ), nodes a (T, B, H) and y (T, B, K).

    Raises: TypeError for another cell than rnn or a wrong dtype, ValueError for a wrong shape, credit or sigma.

    >>> params = network.init(np.random.default_rng(0), D=1, H=4, K=2)
    >>> batch = network.Batch(np.ones((3, 1, 1)), lambda y: (y[..., 0], np.ones_like(y)))
    >>> direction = Nodes(np.zeros((3, 1, 4)), np.zeros((3, 1, 2)))
    >>> direction.y[0, 0, 0] = 1
    >>> along(params, batch, direction).grads.readout.b_y.round(6)
    array([1., 0.])
    """
    perturbed.expect_scale(sigma)
    clean = network.forward(params, batch)
    noise = Nodes(sigma * direction.a, sigma * direction.y)
    changed = perturbed.difference(params, batch, clean, noise, antithetic)
    per_step = perturbed.credited(changed.losses, credit)[..., np.newaxis] / sigma
    own_step = changed.losses[..., np.newaxis] / sigma
    nodes = Nodes(per_step * direction.a, own_step * direction.y)
    return network.Estimate(float(clean.losses.sum()), perturbed.weight_gradients(nodes, batch, clean))


def gradient(
    params: network.Params,
    batch: network.Batch,
    rng: Generator,
    sigma: float = 1e-3,
    samples: int = 1,
    credit: str = "future",
    antithetic: bool = False,
) -> network.Estimate:
    """The mean estimate of `samples` random directions.

    Raises: TypeError for another cell than rnn or a wrong dtype, ValueError for a wrong shape, credit, sigma or number
    of samples. Source: García Fernández, Keemink and van Gerven 2024; chapter beyond-bptt.

    >>> params = network.init(np.random.default_rng(0), D=1, H=4, K=2)
    >>> batch = network.Batch(np.ones((3, 2, 1)), lambda y: (y[..., 0], np.ones_like(y)))
    >>> gradient(params, batch, np.random.default_rng(0)).grads.recurrent.W_hh.shape
    (4, 4)
    """

    def one() -> network.Estimate:
        direction = perturbed.draw(rng, params, batch)
        return along(params, batch, direction, sigma, credit, antithetic)

    return network.averaged(one, samples)
