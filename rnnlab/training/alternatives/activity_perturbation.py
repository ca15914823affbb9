"""Activity-based node perturbation (ANP): go along the change of activity that noise caused, not along the noise.

Noise at one node also moves every node after it. With δa_t and δy_t the whole change of each node (`perturbed`), for
each layer and step of a sequence by itself,

d̂_a_t = H · δL_{≥t} · δa_t / |δa_t|²,   d̂_y_t = K · δL_t · δy_t / |δy_t|²,

which is a directional derivative along δ times the number of nodes: the noise itself may stay unknown, and its size
cancels. An output acts on the loss of its own step only, so that alone is its credit.

What the estimate means. To first order δ = M v for noise v, where M is triangular with ones on its diagonal: what lies
below is the noise that a node inherits from those before it. The mean of δL δ is M g instead of the gradient g, so ANP
is biased as far as nodes pass noise on. With credit="step" it is worse: L_t depends on the activity of step t alone, so
δL_t is the *fully truncated* gradient times δ_t, and the estimate can tell no more than that, however long the task is.

Source: Dalm, van Gerven and Ahmad 2023 (feed-forward); García Fernández, Keemink and van Gerven 2024 (recurrent). We
read both abstracts and the second paper's published code, not their full texts. The code credits each node with the
loss of its own step, takes |δ|² over the batch, and scales by the root of the number of units. Credit for the future,
|δ|² of each sequence, and the factors H and K, which make the mean right where nothing is passed on, are our own
reading. Normalizing by layer and step, as the code does, keeps the inherited noise of one from shrinking the others.
Chapter beyond-bptt.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.training.alternatives import network, perturbed
from rnnlab.training.alternatives.perturbed import Nodes

Array = NDArray[Any]


def along(
    params: network.Params,
    batch: network.Batch,
    direction: Nodes,
    sigma: float = 1e-3,
    credit: str = "future",
    antithetic: bool = False,
) -> network.Estimate:
    """The estimate from one given direction of the noise, nodes a (T, B, H) and y (T, B, K).

    Raises: TypeError for another cell than rnn or a wrong dtype, ValueError for a wrong shape, credit or sigma.

    >>> params = network.init(np.random.default_rng(0), D=1, H=4, K=2)
    >>> batch = network.Batch(np.ones((1, 1, 1)), lambda y: (y[..., 0], np.ones_like(y)))
    >>> direction = Nodes(np.zeros((1, 1, 4)), np.array([[[1.0, 0.0]]]))
    >>> along(params, batch, direction).grads.readout.b_y.round(6)
    array([2., 0.])
    """
    perturbed.expect_scale(sigma)
    clean = network.forward(params, batch)
    noise = Nodes(sigma * direction.a, sigma * direction.y)
    changed = perturbed.difference(params, batch, clean, noise, antithetic)
    credited = perturbed.credited(changed.losses, credit)[..., np.newaxis]
    own_step = changed.losses[..., np.newaxis]
    nodes = Nodes(credited * _per_square(changed.nodes.a), own_step * _per_square(changed.nodes.y))
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


def _per_square(delta: Array) -> Array:
    """N δ / |δ|² for the N nodes of a layer at each step: (T, B, N). Where nothing changes, as at padding, it is 0."""
    square = (delta**2).sum(axis=-1, keepdims=True)
    return np.divide(delta.shape[-1] * delta, square, out=np.zeros_like(delta), where=square > 0)
