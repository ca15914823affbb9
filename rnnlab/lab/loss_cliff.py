"""Experiment: a loss with a cliff, and gradient descent that walks into it with and without clipping.

The network has one unit and two parameters, h_t = w σ(h_{t−1}) + b from h_0 = 0.5, and the loss (σ(h_50) − 0.7)². This
is the example of Pascanu, Mikolov and Bengio (2013), where h is the state before the activation.

Prediction: without clipping one step at the cliff throws the parameters far away, to where the gradient is zero.
Budget: a tenth of a second. Result: a `Walk`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnnlab.nets.activations import sigmoid, sigmoid_derivative
from rnnlab.training.clipping import clip_by_norm

Array = NDArray[Any]

START, TARGET, STEPS = 0.5, 0.7, 50


@dataclass(frozen=True)
class Walk:
    """A descent: the places (n + 1, 2), and at each place but the last the loss and the gradient's norm, (n)."""

    places: Array
    losses: Array
    norms: Array

    @property
    def widest_step(self) -> int:
        """The number of the longest step, counted from 0."""
        return int(np.linalg.norm(np.diff(self.places, axis=0), axis=1).argmax())


def loss_and_gradient(w: ArrayLike, b: ArrayLike) -> tuple[Array, Array, Array]:
    """The loss, ∂L/∂w and ∂L/∂b, for arrays of parameters of any shape at once.

    Forwards in time, because with two parameters that is as cheap: ∂h_t/∂w = σ(h_{t−1}) + w σ′(h_{t−1}) ∂h_{t−1}/∂w.

    >>> L, d_w, d_b = loss_and_gradient(0.0, 0.0)  # then h_t = 0 and σ(h_t) = 1/2 at all t
    >>> L.round(4).item(), d_w.round(4).item(), d_b.round(4).item()
    (0.04, -0.05, -0.1)
    """
    w, b = np.broadcast_arrays(np.asarray(w, float), np.asarray(b, float))
    h, h_by_w, h_by_b = np.full(w.shape, START), np.zeros(w.shape), np.zeros(w.shape)
    for _ in range(STEPS):
        s = sigmoid(h)
        slope = w * sigmoid_derivative(s)
        h_by_w = s + slope * h_by_w
        h_by_b = 1 + slope * h_by_b
        h = w * s + b
    s = sigmoid(h)
    d_h = 2 * (s - TARGET) * sigmoid_derivative(s)
    return (s - TARGET) ** 2, d_h * h_by_w, d_h * h_by_b


def descend(start: tuple[float, float], rate: float, steps: int, clip: float | None = None) -> Walk:
    """Plain gradient descent from `start` = (w, b), with the gradient's norm cut to `clip` if there is one."""
    place = np.array(start, float)
    places, losses, norms = [place], [], []
    for _ in range(steps):
        loss, *gradient = loss_and_gradient(*place)
        step = np.array(gradient)
        norms.append(float(np.linalg.norm(step)))
        losses.append(float(loss))
        if clip is not None:
            (step,), _ = clip_by_norm((step,), clip)
        place = place - rate * step
        places.append(place)
    return Walk(np.array(places), np.array(losses), np.array(norms))
