"""Experiment: a vanished gradient is not a lost memory. How well can the first token be read off a random network?

A random network that is never trained reads the recall task. A linear readout, fitted by least squares, is asked for
the first token at later and later states; beside it stands ‖∂h_t/∂h_1‖, what a gradient would keep.

Prediction: in a linear network the token stays readable while the gradient falls by many powers of ten; in a chaotic
network the gradient explodes and the token is lost all the same. Budget: half a second a network. Result: a `Memory`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.analysis.jacobian_products import log10_norms_from_start
from rnnlab.analysis.jacobians import rnn_jacobians
from rnnlab.data.synthetic import recall
from rnnlab.data.synthetic.batch import vectors
from rnnlab.nets import rnn
from rnnlab.nets.initialisation import orthogonal

Array = NDArray[Any]

SEQUENCES, FOLLOWED = 1500, 4


@dataclass(frozen=True)
class Memory:
    """At each lag the share of held-out sequences whose first token was read rightly, and log₁₀ of the gradient.

    `noisy` is the share when the states were first made inexact by noise. The gradient is ‖∂h_t/∂h_1‖ / √H in the
    Frobenius norm: the root mean square factor over all directions.
    """

    lags: tuple[int, ...]
    right: Array
    noisy: Array
    log10_gradient: Array


def measure(
    rng: Generator,
    lags: Sequence[int],
    gain: float,
    input_sd: float,
    activation: str,
    H: int = 100,
    noise: float = 1e-6,
) -> Memory:
    """Run a random network over recall and read the first token off the state at each lag after it.

    The linear network, "identity", has W_hh = gain · Q with an orthogonal Q, so its gradient is gain^lag in every
    direction; another has independent entries of standard deviation gain / √H. The entries of W_xh have the standard
    deviation `input_sd`. Half of the sequences fit the readout, the other half test it. `noise` is that of the inexact
    states, as a share of their standard deviation.
    """
    batch = recall.draw(rng, 2 * SEQUENCES, max(lags) + 1)
    x = vectors(batch)
    linear = activation == "identity"
    W_hh = orthogonal(rng, H, H) if linear else rng.normal(size=(H, H)) / np.sqrt(H)
    params = rnn.Params(input_sd * rng.normal(size=(H, x.shape[-1])), gain * W_hh, np.zeros(H))
    h, _ = rnn.forward(params, x, activation=activation)
    token = batch.inputs[0]
    inexact = h + rng.normal(size=h.shape) * (noise * h.std())
    few = slice(FOLLOWED)
    jacobians = rnn_jacobians(params, x[1:, few], h[0, few], activation=activation)
    gradient = log10_norms_from_start(jacobians, norm="frobenius").mean(axis=1) - np.log10(H) / 2
    return Memory(
        lags=tuple(lags),
        right=np.array([readable(h[lag], token) for lag in lags]),
        noisy=np.array([readable(inexact[lag], token) for lag in lags]),
        log10_gradient=gradient[np.array(lags) - 1],
    )


def readable(h: Array, token: Array) -> float:
    """Fit a linear readout to half of the states h (B, H), and give its share of right answers on the other half."""
    with_bias = np.column_stack([h, np.full(len(h), h.std() or 1.0)])
    half = len(h) // 2
    readout, *_ = np.linalg.lstsq(with_bias[:half], np.eye(token.max() + 1)[token[:half]], rcond=None)
    return float(np.mean((with_bias[half:] @ readout).argmax(axis=1) == token[half:]))
