"""What every architecture costs: a training step in time and memory against T, one more token against its context.

Sizes are those of the text task: 35 inputs, about 20,000 parameters, float32. Prediction: everything but naive
attention grows in proportion to T; a recurrent step costs the same after any context, a Transformer's grows with it;
with a single sequence the recurrent networks reach a small share of the speed that a batch allows. Result: `Row`s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.analysis.memory import peak_memory
from rnnlab.lab.comparison.architectures import PLAIN, Sized, draw, sized
from rnnlab.lab.comparison.tasks import TEXT
from rnnlab.lab.comparison.timing import interleaved
from rnnlab.nets import transformer
from rnnlab.nets.parameters import leaves

Array = NDArray[Any]

STREAMED = ("tcn", "rnn", "lstm", "gru", "mingru", "hybrid", "transformer")
TOKENS = 16


class Row(NamedTuple):
    """One measured number: what, of which architecture, at which T or context and which B, in which round and unit."""

    measure: str
    architecture: str
    T: int
    B: int
    round: int
    value: float
    unit: str


def network(name: str, T: int) -> Sized:
    """The network of the text task, for another context."""
    return sized(name, TEXT.D, TEXT.K, T, TEXT.parameters, TEXT.window)


def _passes(name: str, T: int, B: int) -> Callable[[], Any]:
    """A forward and a backward pass through a network; the readout is left out, it is the same for all."""
    own, rng = network(name, T), np.random.default_rng(0)
    params, _ = draw(rng, own, TEXT.K)
    x = rng.normal(size=(T, B, TEXT.D)).astype(np.float32)
    d_h = rng.normal(size=(T, B, own.network.outputs)).astype(np.float32)

    def run() -> Any:
        _, cache = own.network.forward(params, x)
        return own.network.backward(d_h, cache)

    return run


def step_times(T: int, B: int, rounds: int, names: tuple[str, ...] = PLAIN[1:]) -> Iterator[Row]:
    """CPU milliseconds of a training step of every architecture, and its arithmetic in FLOPs by formula."""
    times = interleaved({name: _passes(name, T, B) for name in names}, rounds)
    for name, each in times.items():
        yield Row("flops", name, T, B, 0, network(name, T).network.cost(T, B).flops, "FLOPs")
        for number, seconds in enumerate(each):
            yield Row("step", name, T, B, number, 1e3 * seconds, "CPU ms")


def step_memory(T: int, B: int, names: tuple[str, ...] = PLAIN[1:]) -> Iterator[Row]:
    """Bytes at the peak of a training step, measured, and what is kept between the passes, by formula."""
    for name in names:
        yield Row("peak", name, T, B, 0, peak_memory(_passes(name, T, B)), "bytes")
        yield Row("kept", name, T, B, 0, network(name, T).network.cost(T, B).held_bytes, "bytes")


def token_times(context: int, rounds: int, names: tuple[str, ...] = STREAMED) -> Iterator[Row]:
    """CPU microseconds of one more token after a context, and the bytes of the state that holds the context."""
    streams = {name: _stream(name, context) for name in names}
    for name, seconds in interleaved({name: run for name, (run, _) in streams.items()}, rounds).items():
        for number, each in enumerate(seconds):
            yield Row("token", name, context, 1, number, 1e6 * each / TOKENS, "CPU µs")
        yield Row("state", name, context, 1, 0, streams[name][1], "bytes")


def _stream(name: str, context: int) -> tuple[Callable[[], Any], int]:
    """A function that reads `TOKENS` tokens after the context, and the bytes of the state before."""
    own, rng = network(name, TEXT.T), np.random.default_rng(0)
    params, _ = draw(rng, own, TEXT.K)
    step, start = own.network.step, own.network.start
    if step is None or start is None:
        raise ValueError(f"{name} cannot be streamed: it has no step.")
    x_t, state = np.ones((1, TEXT.D), np.float32), start(params, 1)
    if isinstance(state, transformer.State):
        L, _, B, H = state.keys.shape
        keys, values = rng.normal(size=(2, L, context, B, H)).astype(np.float32)
        state = transformer.State(keys, values)
    held = sum(leaf.nbytes for leaf in leaves(state))
    state = step(params, x_t, state)  # the cache finds room to grow

    def run() -> Any:
        after = state
        for _ in range(TOKENS):
            after = step(params, x_t, after)
        return after

    return run, held
