"""Experiment: how wrong a numerical gradient of a recurrent network is, for every size of the step ε.

Prediction: the error of central differences falls with ε², and rises again with 1/ε when rounding takes over; the
complex step has no such limit. Budget: a tenth of a second. Result: relative errors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.analysis.gradient_check import complex_step_gradient, numerical_gradient
from rnnlab.nets import rnn

Array = NDArray[Any]

T, D, H = 12, 3, 5


def loss_written_out(W_hh: Array, params: rnn.Params, x: Array, r: Array) -> Any:
    """L = Σ_t r_tᵀ h_t of one sequence, in three lines, so that W_hh may be complex. Shapes: x (T, D), r (T, H)."""
    h, loss = np.zeros(len(W_hh)), 0.0
    for x_t, r_t in zip(x, r, strict=True):
        h = np.tanh(params.W_xh @ x_t + W_hh @ h + params.b_h)
        loss = loss + r_t @ h
    return loss


def errors(rng: Generator, epsilons: Array) -> tuple[Array, float]:
    """The error of d_W_hh by central differences for each ε, and by the complex step, relative to the largest entry."""
    params, x, r = rnn.init(rng, D, H), rng.normal(size=(T, D)), rng.normal(size=(T, H))
    _, cache = rnn.forward(params, x[:, np.newaxis])
    exact = rnn.backward(r[:, np.newaxis], cache)[-1].W_hh

    def loss(W_hh: Array) -> Any:
        return loss_written_out(W_hh, params, x, r)

    def error(numerical: Array) -> float:
        return float(np.abs(numerical - exact).max() / np.abs(exact).max())

    central = [error(numerical_gradient(loss, params.W_hh, epsilon)) for epsilon in epsilons]
    return np.array(central), error(complex_step_gradient(loss, params.W_hh))
