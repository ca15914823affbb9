"""The residual block of a temporal convolutional network: two causal convolutions around which the input passes by.

With ∗ the causal convolution of `causal_convolution`, both of one dilation d:
h = f(W_1 ∗ x + b_1),  g = f(W_2 ∗ h + b_2),  y = f(g + x), where x is projected, W_p x_t + b_p, if the widths differ.
The paper's weight normalization and dropout, which steer training alone, are left out. Padding stands at the end of a
sequence; there the output is zero. Sources: Bai, Kolter and Koltun 2018; chapter convolution.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import causal_convolution, dense
from rnnlab.nets.activations import activation as activation_named
from rnnlab.nets.door import expect_floats, expect_record

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights of the convolutions D → M and M → M and of the projection D → M, or their gradients.

    There is no projection, None, where D = M.
    """

    first: causal_convolution.Params
    second: causal_convolution.Params
    projection: dense.Params | None


class State(NamedTuple):
    """The last (k − 1) d inputs of both convolutions, ((k − 1) d, B, D) and ((k − 1) d, B, M), or their gradients."""

    first: Array
    second: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`; `g` and `y` (T, B, M) are the outputs of the last two activations."""

    first: causal_convolution.Cache
    second: causal_convolution.Cache
    projection: dense.Cache | None
    h: Array
    g: Array
    y: Array
    mask: Array | None
    activation: str


def init(rng: Generator, D: int, M: int, kernel: int, dtype: DTypeLike = np.float64) -> Params:
    """Starting weights for D inputs and M outputs, uniform as in torch; see `causal_convolution.init`, `dense.init`.

    Raises: ValueError for a size below 1. Source: documentation of torch.nn.Conv1d.

    >>> init(np.random.default_rng(0), D=3, M=2, kernel=4).projection.W.shape
    (2, 3)
    """
    return Params(
        first=causal_convolution.init(rng, D, M, kernel, dtype),
        second=causal_convolution.init(rng, M, M, kernel, dtype),
        projection=None if D == M else dense.init(rng, D, M, dtype),
    )


def zero_state(params: Params, B: int, dilation: int = 1) -> State:
    """The state of B sequences before their first input: zeros.

    >>> zero_state(init(np.random.default_rng(0), D=3, M=2, kernel=4), B=5).second.shape
    (3, 5, 2)
    """
    return State(
        first=causal_convolution.zero_state(params.first, B, dilation),
        second=causal_convolution.zero_state(params.second, B, dilation),
    )


def step(
    params: Params, x_t: Array, state: State, dilation: int = 1, activation: str = "relu"
) -> tuple[Array, State]:
    """One input of a stream: y_t (B, M) and the new state, from x_t (B, D) and the state.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or activation. Source: Bai et al. 2018.

    >>> params = init(np.random.default_rng(0), D=3, M=2, kernel=4)
    >>> y_t, state = step(params, np.ones((5, 3)), zero_state(params, B=5))
    >>> y_t.shape
    (5, 2)
    """
    f = activation_named(activation).function
    _expect_params(params)
    first, second = _both("state", state)
    a_h, first = causal_convolution.step(params.first, x_t, first, dilation)
    a_g, second = causal_convolution.step(params.second, f(a_h), second, dilation)
    passed_by = x_t if params.projection is None else dense.forward(params.projection, x_t)[0]
    return f(f(a_g) + passed_by), State(first, second)


def forward(
    params: Params,
    x: Array,
    state: State | None = None,
    mask: Array | None = None,
    dilation: int = 1,
    activation: str = "relu",
) -> tuple[Array, Cache]:
    """All outputs of a sequence: h = f(W_1 ∗ x + b_1), g = f(W_2 ∗ h + b_2), y = f(g + x), with x projected or not.

    Shapes: x (T, B, D), state two ((k − 1) d, B, ·) or None for zeros, mask (T, B) with padding at the end, or None;
    returns y (T, B, M), zero at padding and read-only because it is shared with the cache, and the cache.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, mask or activation. Source: Bai et al. 2018.

    >>> params = init(np.random.default_rng(0), D=3, M=2, kernel=4)
    >>> y, cache = forward(params, np.ones((6, 5, 3)), dilation=2)
    >>> y.shape
    (6, 5, 2)
    """
    f = activation_named(activation).function
    _expect_params(params)
    first, second = _both("state", state)
    a_h, first_cache = causal_convolution.forward(params.first, x, first, mask, dilation)
    h = f(a_h, out=a_h)
    a_g, second_cache = causal_convolution.forward(params.second, h, second, mask, dilation)
    g = f(a_g, out=a_g)
    passed_by, projection_cache = first_cache.inputs[-len(x) :], None  # x with zeros at padding
    if params.projection is not None:
        passed_by, projection_cache = dense.forward(params.projection, passed_by)
    y = _without_padding(f(g + passed_by), mask)
    y.setflags(write=False)
    return y, Cache(first_cache, second_cache, projection_cache, h, g, y, mask, activation)


def last_state(cache: Cache) -> State:
    """The state after each sequence's last real input, for the next piece of a stream.

    >>> params = init(np.random.default_rng(0), D=1, M=1, kernel=3)
    >>> _, cache = forward(params, np.arange(4.0).reshape(4, 1, 1))
    >>> last_state(cache).first[:, 0, 0]
    array([2., 3.])
    """
    return State(causal_convolution.last_state(cache.first), causal_convolution.last_state(cache.second))


def backward(d_y: Array, cache: Cache, d_last: State | None = None) -> tuple[Array, State, Params]:
    """From the gradient at every output, and at the last state, to those at inputs, initial state and weights.

    d_a_y = d_y ⊙ f′(a_y) goes two ways: through both convolutions, with d_a_g = d_a_y ⊙ f′(a_g) and
    d_a_h = d_h ⊙ f′(a_h), and past them, which adds d_a_y_t, or W_pᵀ d_a_y_t, to d_x_t.
    d_y at padding has no effect, and d_x is zero there.

    Shapes: d_y (T, B, M), d_last two ((k − 1) d, B, ·) or None; returns d_x (T, B, D), d_state, grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Bai et al. 2018; chapter convolution.

    >>> params = init(np.random.default_rng(0), D=3, M=2, kernel=4)
    >>> y, cache = forward(params, np.ones((6, 5, 3)))
    >>> d_x, d_state, grads = backward(np.ones((6, 5, 2)), cache)
    >>> d_x.shape, d_state.second.shape
    ((6, 5, 3), (3, 5, 2))
    """
    derivative = activation_named(cache.activation).derivative_from_output
    T, B, M = cache.y.shape
    expect_floats("d_y", d_y, cache.y.dtype, T=T, B=B, M=M)
    d_last_first, d_last_second = _both("d_last", d_last)
    d_a_y = _without_padding(d_y, cache.mask) * derivative(cache.y)
    d_h, d_second, second = causal_convolution.backward(
        d_a_y * derivative(cache.g), cache.second, d_last_second
    )
    d_x, d_first, first = causal_convolution.backward(d_h * derivative(cache.h), cache.first, d_last_first)
    if cache.projection is None:
        return d_x + d_a_y, State(d_first, d_second), Params(first, second, None)
    d_passed_by, projection = dense.backward(d_a_y, cache.projection)
    return d_x + d_passed_by, State(d_first, d_second), Params(first, second, projection)


def _without_padding(sequence: Array, mask: Array | None) -> Array:
    return sequence if mask is None else np.where(mask[..., np.newaxis], sequence, 0)


def _both(name: str, state: State | None) -> tuple[Any, Any]:
    if state is None:
        return None, None
    expect_record(name, state, State, "temporal_block.zero_state")
    return state


def _expect_params(params: Params) -> None:
    """Refuse branches that do not fit together: of a width of 1, NumPy would repeat it without a word."""
    expect_floats("first.W", params.first.W, M=None, D=None, k=None)
    (M, D, _), dtype = params.first.W.shape, params.first.W.dtype
    expect_floats("second.W", params.second.W, dtype, M=M, M_in=M, k=None)
    if params.projection is not None:
        expect_floats("projection.W", params.projection.W, dtype, M=M, D=D)
    elif D != M:
        raise ValueError(
            f"params must have a projection, because x has the width D = {D} and y the width M = {M}, but it is None."
        )
