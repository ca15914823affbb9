"""Experiment: how much of a loss at the last written token reaches each token of the source, before any training.

Prediction: where the last state is all that is handed over, the gradient falls exponentially with the distance; with
attention every token is one step away, and the gradient is about the same everywhere.
Budget: milliseconds. Result: the norm of the gradient at each input, (T_x,).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.lab.length_bottleneck import network_of
from rnnlab.nets import seq2seq

Array = NDArray[Any]


def gradient_at_inputs(rng: Generator, kind: str, length: int = 20, H: int = 32, D: int = 16) -> Array:
    """‖∂L/∂x_j‖ for j = 1 … `length`, with a random gradient at the logits of the last of `length` written tokens.

    All source tokens differ, so row j of the embedding's gradient is the gradient at input j.
    """
    network = network_of(kind)
    params = seq2seq.init(rng, length, length + 1, D, H, **network)
    source = np.arange(length)[:, np.newaxis]
    fed = seq2seq.shifted_right(source, length)
    logits, cache = seq2seq.forward(params, source, None, fed, **network)
    d_logits = np.zeros_like(logits)
    d_logits[-1] = rng.normal(size=d_logits[-1].shape)
    return np.linalg.norm(seq2seq.backward(d_logits, cache).encoder.E, axis=1)
