"""Experiment: time and memory of back-propagation through time against the length of the sequence.

Prediction: both grow in proportion to T. A backward pass for each loss by itself grows with T². Keeping only every
√T-th state and computing the others again needs memory in proportion to √T, for one more forward pass. Budget: two
seconds. Results: CPU seconds, and bytes at the peak.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.analysis.memory import held_bytes, peak_memory
from rnnlab.lab.gradient_three_ways import one_walk_per_loss
from rnnlab.nets import rnn

Array = NDArray[Any]

D, H, B = 4, 32, 8


def network(T: int, seed: int = 0) -> tuple[rnn.Params, Array, Array, Array]:
    """A network, inputs (T, B, D), a gradient at every state (T, B, H), and the zero state (B, H)."""
    rng = np.random.default_rng(seed)
    return rnn.init(rng, D, H), rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H)), np.zeros((B, H))


def forward_and_backward(params: rnn.Params, x: Array, d_h: Array, h_0: Array) -> rnn.Params:
    """One forward and one backward pass."""
    _, cache = rnn.forward(params, x, h_0)
    return rnn.backward(d_h, cache)[-1]


def seconds(T: int, by_loss: bool = False, repeats: int = 5) -> float:
    """CPU seconds for the gradient over T steps, the shortest of some repeats."""
    gradient, arguments = one_walk_per_loss if by_loss else forward_and_backward, network(T)
    return _fastest(lambda: gradient(*arguments), repeats)


def kept_bytes(T: int) -> int:
    """What the forward pass keeps for the backward pass over T steps, in bytes."""
    params, x, _, h_0 = network(T)
    return held_bytes(rnn.forward(params, x, h_0)[1], params)


def checkpointed(
    params: rnn.Params, x: Array, d_h_last: Array, h_0: Array, length: int | None = None
) -> tuple[Array, rnn.Params]:
    """The gradient of a loss at h_T from the states at the starts of segments, whose other states are computed again.

    Shapes: x (T, B, D), d_h_last (B, H), h_0 (B, H); returns d_h_0 (B, H) and grads. `length` is the number of steps of
    a segment, √T unless given.
    """
    T = len(x)
    length = length or math.isqrt(T - 1) + 1
    segments = [slice(start, start + length) for start in range(0, T, length)]
    checkpoints = [h_0]
    for steps in segments[:-1]:
        checkpoints.append(rnn.forward(params, x[steps], checkpoints[-1])[0][-1].copy())
    delta, grads = d_h_last, rnn.Params(*map(np.zeros_like, params))
    for steps, start in zip(reversed(segments), reversed(checkpoints), strict=True):
        h, cache = rnn.forward(params, x[steps], start)
        _, delta, own = rnn.backward(np.zeros_like(h), cache, delta)
        grads = rnn.Params(*map(np.add, grads, own))
    return delta, grads


def peaks(T: int) -> dict[str, int]:
    """Bytes at the peak of a gradient of a loss at h_T, with all states kept and with checkpoints."""
    params, x, _, h_0 = network(T)
    d_h_last = np.ones_like(h_0)

    def all_kept() -> rnn.Params:
        h, cache = rnn.forward(params, x, h_0)
        return rnn.backward(np.zeros_like(h), cache, d_h_last)[-1]

    return {
        "all states kept": peak_memory(all_kept),
        "checkpoints": peak_memory(lambda: checkpointed(params, x, d_h_last, h_0)),
    }


def exponent(sizes: Sequence[int], amounts: Sequence[float]) -> float:
    """p in amount ∝ size^p: the slope of a straight line through the logarithms.

    >>> round(exponent([10, 20, 40], [1.0, 4.0, 16.0]), 6)
    2.0
    """
    return float(np.polyfit(np.log(sizes), np.log(amounts), deg=1)[0])


def _fastest(call: Callable[[], Any], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
    return min(taken)
