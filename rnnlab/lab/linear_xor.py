"""Experiment: can one tell from the states of a linear recurrence whether the first two bits of a sequence differ?

h_t = λ ⊙ h_{t−1} + W x_t with a constant λ is linear in its inputs. Prediction: whatever is read off its states
linearly is linear too, so that the exclusive or stays at guessing; a readout with one layer of hidden units finds it in
the same states. Budget: under 1 s. Result: shares of right answers on sequences that were not trained on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.synthetic import xor
from rnnlab.nets import lru, multilayer
from rnnlab.nets.losses import cross_entropy
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

H, T, HIDDEN, RATE = 16, 12, 32, 1e-2


def shares_right(seed: int, updates: int = 300, B: int = 500) -> dict[str, float]:
    """Both readouts on the same fixed recurrence, with eigenvalues near the unit circle: least squares, and Adam."""
    rng = np.random.default_rng(seed)
    recurrence = lru.init(rng, D=1, H=H, K=1, r_min=0.9, r_max=0.99)
    (learn, learned), (test, tested) = (states(rng, B, recurrence) for _ in range(2))
    scale = learn.std(axis=0)
    learn, test = learn / scale, test / scale
    weights = np.linalg.lstsq(_with_one(learn), 2.0 * learned - 1, rcond=None)[0]
    linear = (_with_one(test) @ weights > 0) == tested
    return {
        "linear": float(np.mean(linear)),
        "hidden layer": _hidden_layer(rng, learn, learned, test, tested, updates),
    }


def states(rng: Generator, B: int, recurrence: lru.Params) -> tuple[Array, Array]:
    """The last states for random bits ±1, real and imaginary parts side by side (B, 2H), and the right answers (B)."""
    batch = xor.draw_delayed(rng, B, T)
    _, cache = lru.forward(recurrence, 2 * batch.inputs - 1)
    h_T = lru.last_state(cache)
    return np.concatenate([np.real(h_T), np.imag(h_T)], axis=1), batch.targets[-1]


def _hidden_layer(
    rng: Generator, learn: Array, learned: Array, test: Array, tested: Array, updates: int
) -> float:
    params, adam = multilayer.init(rng, sizes=(2 * H, HIDDEN, 2)), optimizer("adam", RATE)
    memory = adam.init(params)
    for _ in range(updates):
        y, cache = multilayer.forward(params, learn)
        _, grads = multilayer.backward(cross_entropy(y, learned)[1], cache)
        params, memory = adam.update(params, grads, memory)
    return float(np.mean(multilayer.forward(params, test)[0].argmax(axis=-1) == tested))


def _with_one(states: Array) -> Array:
    return np.concatenate([states, np.ones((len(states), 1))], axis=1)
