"""Experiment: what a training step of a plain network, a GRU and an LSTM costs, in rnnlab and in torch.

Prediction: where all of them are written in the same way, a GRU takes about three quarters of an LSTM's time, as its
products do; torch's LSTM in float32 runs in a fused kernel of oneDNN that its GRU does not have, and beats it. With
oneDNN switched off the prediction for equal code should hold again. Measured: forward and backward pass with the
gradient at inputs and weights, on one thread, CPU time, in turns, medians. Budget: one second a size. Result: seconds.
"""

from __future__ import annotations

import gc
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import DTypeLike

from rnnlab.nets.cells import cell
from rnnlab.torch_bridge import to_torch

CELLS = ("rnn", "gru", "lstm")
RNNLAB, TORCH, WITHOUT = "rnnlab", "torch", "torch, oneDNN off"


class Size(NamedTuple):
    """Steps, sequences, inputs and units."""

    T: int
    B: int
    D: int
    H: int


def seconds(size: Size, dtype: DTypeLike = np.float32, rounds: int = 7) -> dict[tuple[str, str], float]:
    """The median CPU seconds of one training step, by implementation and cell."""
    calls = {(maker, kind): call for kind in CELLS for maker, call in _calls(kind, size, dtype).items()}
    with one_thread():
        return medians(calls, rounds)


def medians(calls: Mapping[Any, Callable[[], object]], rounds: int) -> dict[Any, float]:
    """The median CPU seconds of each call; in every round each has its turn, so that drift hits all alike."""
    times: dict[Any, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()  # the first one warms up
    gc.disable()
    try:
        for _ in range(rounds):
            for name, call in calls.items():
                start = time.process_time()
                call()
                times[name].append(time.process_time() - start)
    finally:
        gc.enable()
    return {name: float(np.median(taken)) for name, taken in times.items()}


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch on one thread inside this block."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _calls(kind: str, size: Size, dtype: DTypeLike) -> dict[str, Callable[[], object]]:
    T, B, D, H = size
    rng, network = np.random.default_rng(0), cell(kind)
    params = network.init(rng, D, H, dtype)
    x, d_h = (rng.normal(size=(T, B, width)).astype(dtype) for width in (D, H))
    layer, inputs, upstream = to_torch(params), torch.from_numpy(x).requires_grad_(), torch.from_numpy(d_h)

    def ours() -> None:
        _, cache = network.forward(params, x)
        network.backward(d_h, cache)

    def theirs() -> None:
        h, _ = layer(inputs)
        torch.autograd.grad(h, (inputs, *layer.parameters()), upstream)

    def without_onednn() -> None:
        with _no_onednn():
            theirs()

    return {RNNLAB: ours, TORCH: theirs, WITHOUT: without_onednn}


@contextmanager
def _no_onednn() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch 2.13 warns of a switch for GPUs whenever this one is used
        with torch.backends.mkldnn.flags(enabled=False):
            yield
