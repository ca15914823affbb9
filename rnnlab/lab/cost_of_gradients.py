"""Experiment: what a gradient costs, in time and in memory, as the sequence or the state grows.

Predictions: backward passes take time in proportion to T; diagonal feedback gains most where a step has little
arithmetic; RTRL needs no memory for the past, and pays with H⁴ time and H³ memory. Budget: about 3 s.
Times are processor seconds, the median of some calls after one that is not counted. Memory is the peak of a call.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.analysis.memory import peak_memory
from rnnlab.nets import rnn
from rnnlab.nets.cells import cell
from rnnlab.training.alternatives import rtrl, state_feedback

Array = NDArray[Any]

D = 8


class Pass(NamedTuple):
    """What a backward pass starts from: weights, inputs (T, B, D), gradients at the states (T, B, H), and the cache."""

    params: rnn.Params
    x: Array
    d_h: Array
    cache: rnn.Cache


def prepared(T: int, H: int, B: int = 1) -> Pass:
    """A forward pass through T steps with random inputs, and random gradients at its states."""
    rng = np.random.default_rng(0)
    params, x = rnn.init(rng, D, H), rng.normal(size=(T, B, D))
    return Pass(params, x, rng.normal(size=(T, B, H)), rnn.forward(params, x)[1])


def by_bptt(given: Pass) -> rnn.Params:
    """The gradient at the weights, backwards in time."""
    return rnn.backward(given.d_h, given.cache)[2]


def by_feedback(given: Pass) -> rnn.Params:
    """The estimate by diagonal feedback: a scan, then all steps side by side."""
    diagonal = state_feedback.linear_diagonal(len(given.params.b_h))
    return state_feedback.backward(given.d_h, given.x, given.cache, cell("rnn"), diagonal)[2]


def by_rtrl(given: Pass) -> rnn.Params:
    """The gradient at the weights, forwards in time: inputs are read once, and no state is kept but the last.

    The gradients at the states are given here; in use, each comes from the loss of its own step.
    """
    params, x, d_h, _ = given
    T, B, _ = x.shape
    h, influence = np.zeros((B, len(params.b_h))), rtrl.zero_influence(params, B)
    grads = rnn.Params(*map(np.zeros_like, params))
    for t in range(T):
        h, influence = rtrl.step(params, x[t], h, influence)
        _, of_this_step = rtrl.gradient_of_step(d_h[t], influence)
        grads = rnn.Params(*map(np.add, grads, of_this_step))
    return grads


METHODS: dict[str, Callable[[Pass], rnn.Params]] = {"BPTT": by_bptt, "DSF": by_feedback, "RTRL": by_rtrl}


def seconds(call: Callable[[], Any], calls: int = 5) -> float:
    """The median processor time of some calls, after one that warms up."""
    call()
    times = []
    for _ in range(calls):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return float(np.median(times))


def time_of(name: str, T: int, H: int, B: int = 1, calls: int = 5) -> float:
    """Seconds of this method's gradient for T steps."""
    given = prepared(T, H, B)
    return seconds(lambda: METHODS[name](given), calls)


def memory_of(name: str, T: int, H: int, B: int = 1) -> int:
    """Bytes at the peak of this method's gradient, with the states that BPTT and DSF need from the forward pass."""
    given = prepared(T, H, B)
    kept = 0 if name == "RTRL" else given.cache.states.nbytes
    return kept + peak_memory(lambda: METHODS[name](given))


def exponent(sizes: list[int], values: list[float]) -> float:
    """The slope of log value over log size: values ∝ size^exponent.

    >>> exponent([10, 20, 40], [100.0, 400.0, 1600.0]).__round__(6)
    2.0
    """
    return float(np.polyfit(np.log(sizes), np.log(values), deg=1)[0])
