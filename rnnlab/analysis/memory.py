"""Memory: what a call needs at its peak, what a forward pass keeps for its backward pass, and how both grow with T."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.parameters import leaves

Array = NDArray[Any]


class Peak:
    """The peak of a `with measured() as peak:` block, in bytes; it is known when the block has ended."""

    bytes: int = 0


@contextmanager
def measured() -> Iterator[Peak]:
    """Measure the largest amount of memory that a block allocates beyond what was there before it, in bytes.

    NumPy reports its arrays to tracemalloc. What a BLAS library allocates for itself is not seen, nor what was
    allocated before the block. Timings inside the block are not valid: tracing makes Python objects slower.

    >>> with measured() as peak:
    ...     x = np.zeros(1000)
    >>> 8000 <= peak.bytes < 10_000
    True
    """
    peak, was_tracing = Peak(), tracemalloc.is_tracing()
    if not was_tracing:
        tracemalloc.start()
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    try:
        yield peak
        peak.bytes = max(tracemalloc.get_traced_memory()[1] - before, 0)
    finally:
        if not was_tracing:
            tracemalloc.stop()


def peak_memory(call: Callable[[], Any]) -> int:
    """The largest amount of memory that call() allocates beyond what was there before, in bytes, its result included.

    See `measured` for what is counted.

    >>> 16_000 <= peak_memory(lambda: np.zeros(1000) + np.zeros(1000)) < 26_000
    True
    """
    with measured() as peak:
        result = call()
    del result
    return peak.bytes


@dataclass(frozen=True)
class Growth:
    """How a quantity grows with a size: bytes(size) ∝ size^exponent, fitted over all sizes."""

    sizes: tuple[int, ...]
    bytes: tuple[int, ...]
    exponent: float

    def __repr__(self) -> str:
        pairs = "\n".join(f"{size:>8} {each:>14,}" for size, each in zip(self.sizes, self.bytes, strict=True))
        return f"{'size':>8} {'bytes':>14}\n{pairs}\nbytes ∝ size^{self.exponent:.2f}"


def growth(bytes_at: Callable[[int], int], sizes: Sequence[int]) -> Growth:
    """The exponent p in bytes ∝ size^p, the slope of log bytes over log size by least squares.

    `bytes_at(size)` is, for instance, the peak memory of a backward pass through T = size steps. A part that does not
    grow makes the exponent smaller, so the sizes should be large enough for the growing part to dominate.

    Raises: ValueError for fewer than two different sizes, or if no byte was counted. Source: chapter bptt.

    >>> growth(lambda T: 8 * T**2, [10, 20, 40]).exponent.__round__(6)
    2.0
    """
    if len(set(sizes)) < 2:
        raise ValueError(f"sizes must hold two different sizes at least, but is {list(sizes)!r}.")
    counted = tuple(int(bytes_at(size)) for size in sizes)
    if min(counted) < 1:
        raise ValueError(f"bytes_at must return a positive number at every size, but returned {counted}.")
    exponent = np.polyfit(np.log(sizes), np.log(counted), deg=1)[0]
    return Growth(tuple(sizes), counted, float(exponent))


def held_bytes(cache: Any, params: Any) -> int:
    """The bytes that a cache keeps alive for the backward pass, without the parameters, which the network has anyway.

    Memory that several arrays share is counted once, and in full if only a part of it is looked at: a view keeps its
    whole base alive. The input counts, because it cannot be freed before the backward pass.

    >>> from rnnlab.nets import rnn
    >>> params = rnn.init(np.random.default_rng(0), D=3, H=2)
    >>> held_bytes(rnn.forward(params, np.ones((4, 5, 3)))[1], params)  # x (4, 5, 3) and h (5, 5, 2) in float64
    880
    """
    weights = {id(_owner(leaf)) for leaf in leaves(params)}
    owners = {id(owner): owner.nbytes for owner in map(_owner, _arrays(cache))}
    return sum(nbytes for owner, nbytes in owners.items() if owner not in weights)


def _arrays(tree: Any) -> Iterator[Array]:
    if isinstance(tree, np.ndarray):
        yield tree
    elif isinstance(tree, tuple | list):
        for branch in tree:
            yield from _arrays(branch)


def _owner(array: Array) -> Array:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
