"""Experiment: how far tanh units saturate while they read surnames, and what that does to the trace of their start.

W_hh is orthogonal, so it keeps every length: a trace can shrink through the slopes 1 − h² alone. W_xh is normal with
the standard deviation `drive`, which sets how large the pre-activations are. Nothing is trained.
Prediction: the stronger the drive, the smaller the slopes and the faster the trace fades; with the identity it stays.
Budget: 0.2 s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.encoding import encode
from rnnlab.data.surnames import ALPHABET, surnames
from rnnlab.nets import initialisation, rnn
from rnnlab.nets.activations import activation as activation_named
from rnnlab.nets.embedding import one_hot

Array = NDArray[np.float64]

# A unit counts as saturated where its slope is below this share of the largest slope that its activation has.
SATURATED = 0.1


@dataclass(frozen=True)
class Reading:
    """Names of T letters, read once: pre-activations a (T, B, H), slopes dh/da (T, B, H), and the trace (T + 1).

    `trace` at t is the mean of ‖∂h_t/∂h_0 · v‖ over random directions v of length 1; it starts at 1.
    """

    a: Array
    slopes: Array
    trace: Array

    @property
    def saturated(self) -> float:
        """The share of all units and steps whose slope is below a tenth of tanh's largest slope, 1."""
        return float(np.mean(self.slopes < SATURATED))


def names(letters: int = 12, most: int = 200) -> list[str]:
    """The first `most` surnames of exactly so many letters, in the order of the data."""
    return [name.letters for name in surnames() if len(name.letters) == letters][:most]


def read(rng: Generator, letters: list[str], drive: float, activation: str = "tanh", H: int = 32) -> Reading:
    """Let an untrained network read names of equal length, and follow a change of its first state."""
    ids = np.stack([encode(name, ALPHABET) for name in letters], axis=1)
    x = one_hot(ids, len(ALPHABET))
    params = rnn.Params(
        W_xh=rng.normal(scale=drive, size=(H, len(ALPHABET))),
        W_hh=initialisation.orthogonal(rng, H, H),
        b_h=np.zeros(H),
    )
    h, _ = rnn.forward(params, x, activation=activation)
    h_prev = np.concatenate([np.zeros_like(h[:1]), h[:-1]])
    a = x @ params.W_xh.T + h_prev @ params.W_hh.T + params.b_h
    slopes = activation_named(activation).derivative_from_output(h)
    return Reading(a, slopes, _trace(rng, slopes, params.W_hh))


def _trace(rng: Generator, slopes: Array, W_hh: Array) -> Array:
    """Carry a direction forward through dh_t = diag(slopes_t) W_hh dh_{t−1}, and note its length."""
    d_h = rng.normal(size=slopes.shape[1:])
    d_h /= np.linalg.norm(d_h, axis=-1, keepdims=True)
    lengths = [1.0]
    for slope in slopes:
        d_h = slope * (d_h @ W_hh.T)
        lengths.append(float(np.linalg.norm(d_h, axis=-1).mean()))
    return np.array(lengths)
