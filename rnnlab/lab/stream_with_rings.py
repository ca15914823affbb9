"""Experiment: a TCN that reads a stream one input at a time, with a ring buffer for each convolution.

A ring has (k − 1) d slots. At step t the slot t mod (k − 1) d holds the oldest input: it is read for the last time and
then overwritten by the newest. Nothing else moves. Prediction: the outputs are those of the whole sequence at once, and
a step costs the same at every t. Budget: some hundredths of a second. Result: outputs, bytes and seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets import causal_convolution, dense, temporal_block
from rnnlab.nets import temporal_convolution as tcn
from rnnlab.nets.activations import activation

Array = NDArray[Any]


def stream(params: tcn.Params, inputs: Iterable[Array], B: int = 1) -> Iterator[Array]:
    """y_t (B, M) after each input x_t (B, D) of a stream that has no end; it starts from zeros."""
    relu = activation("relu").function
    dilations = tcn.dilations(params)
    rings = [
        temporal_block.zero_state(block, B, dilation)
        for block, dilation in zip(params.blocks, dilations, strict=True)
    ]
    for t, x_t in enumerate(inputs):
        for block, dilation, (first, second) in zip(params.blocks, dilations, rings, strict=True):
            h = relu(convolve(block.first, first, t, dilation, x_t))
            g = relu(convolve(block.second, second, t, dilation, h))
            passed_by = x_t if block.projection is None else dense.forward(block.projection, x_t)[0]
            x_t = relu(g + passed_by)
        yield x_t


def convolve(params: causal_convolution.Params, ring: Array, t: int, dilation: int, x_t: Array) -> Array:
    """y_t = b + Σ_j W_j x_{t−(k−1−j)d}, where the ring ((k − 1) d, B, D) holds what came before x_t (B, D).

    The ring is changed: x_t takes the place of the oldest input.
    """
    slots, k = len(ring), params.W.shape[2]
    y_t = params.b + x_t @ params.W[:, :, k - 1].T
    for j in range(k - 1):
        y_t += ring[(t + j * dilation) % slots] @ params.W[:, :, j].T
    if slots:
        ring[t % slots] = x_t
    return y_t


def state_bytes(params: tcn.Params) -> int:
    """The memory of all rings for one stream."""
    return sum(ring.nbytes for state in tcn.zero_state(params, 1) for ring in state)


def seconds_a_step(step: Callable[[], Any], steps: int = 200, rounds: int = 5) -> float:
    """The CPU time of one call of `step`, in the fastest of several rounds."""
    fastest = np.inf
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(steps):
            step()
        fastest = min(fastest, (time.process_time() - start) / steps)
    return float(fastest)
