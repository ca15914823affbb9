"""What the tests of the networks share: comparison by relative error, numerical gradients, and drawn networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st
from numpy.typing import NDArray

from rnnlab.nets import rnn

Array = NDArray[Any]


class Case(NamedTuple):
    """A network with one batch: every weight, bias and initial state is random and not zero, and read-only."""

    params: rnn.Params
    x: Array
    h_0: Array
    mask: Array
    d_h: Array
    d_h_last: Array


def read_only(array: Array) -> Array:
    array.setflags(write=False)
    return array


def make_case(T: int, B: int, D: int, H: int, seed: int = 0, dtype: Any = np.float64) -> Case:
    """`mask` marks the real steps of padded sequences, of which the first one fills all T steps."""
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> Array:
        return read_only(rng.normal(size=shape).astype(dtype))

    params = rnn.Params(*(read_only((0.6 * draw(*shape)).astype(dtype)) for shape in ((H, D), (H, H), (H,))))
    lengths = rng.integers(1, T + 1, size=B)
    lengths[0] = T
    mask = read_only(np.arange(T)[:, np.newaxis] < lengths)
    return Case(params, draw(T, B, D), draw(B, H), mask, draw(T, B, H), draw(B, H))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Cases with T ≥ 3, B ≥ 2 and D ≠ H."""
    T, B, D = draw(st.integers(3, 7)), draw(st.integers(2, 5)), draw(st.integers(1, 6))
    H = draw(st.integers(1, 6).filter(lambda H: H != D))
    return make_case(T, B, D, H, seed=draw(st.integers(0, 10**6)))


def relative_error(actual: Array, expected: Array) -> float:
    """The largest difference, as a fraction of the largest expected value."""
    assert actual.shape == expected.shape
    largest = np.max(np.abs(expected))
    assert largest > 0
    return float(np.max(np.abs(actual - expected)) / largest)


def assert_agrees(actual: Any, expected: Any, tolerance: float) -> None:
    error = relative_error(np.asarray(actual), np.asarray(expected))
    assert error <= tolerance, f"relative error {error:.1e}"


def numerical_gradient(loss: Callable[[Array], float], at: Array, epsilon: float = 1e-5) -> Array:
    """Central differences, one entry at a time: (L(a + ε) − L(a − ε)) / 2ε."""
    gradient = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        shift = np.zeros_like(at)
        shift[place] = epsilon
        gradient[place] = (loss(at + shift) - loss(at - shift)) / (2 * epsilon)
    return gradient


def leaf(array: Array) -> torch.Tensor:
    """A copy of the array as a tensor that collects a gradient."""
    return torch.tensor(array, requires_grad=True)


def gradients(*leaves: torch.Tensor) -> Iterator[Array]:
    for tensor in leaves:
        assert tensor.grad is not None
        yield tensor.grad.numpy()
