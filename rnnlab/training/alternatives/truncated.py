"""Fully truncated back-propagation through time: the gradient of each step stops at the state before it, a window of 1.

δ_t = d_h_t: each state answers for the loss of its own step alone. The weights still learn to use what happens to stand
in h_{t−1}, but never to store anything there for later. Its cost is that of one step, and all steps run in parallel:
the cheapest baseline that any approximation of BPTT has to beat. Source: Williams and Peng 1990; chapter beyond-bptt.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets import gru, rnn
from rnnlab.nets.cells import Cell
from rnnlab.nets.door import expect_floats
from rnnlab.training.alternatives import network, one_step

Array = NDArray[Any]


def backward(
    d_h: Array, x: Array, cache: rnn.Cache | gru.Cache, kind: Cell, d_last: Array | None = None
) -> tuple[Array, Array, Any]:
    """In place of the cell's backward pass: the gradients at inputs, start and weights, with nothing sent back in time.

    At padding the state is that of an earlier step, and a gradient there is that state's own: it moves to the last real
    step. A start before the first real step gets none, unless a sequence is nothing but padding.

    Shapes: d_h (T, B, H), the inputs x (T, B, D) and the cache of a forward pass of the cell `kind`, d_last (B, H),
    which is added at h_T, or None; returns d_x (T, B, D), d_h_0 (B, H) and grads.

    Raises: TypeError for another cell than rnn or gru or a wrong dtype, ValueError for a wrong shape.
    Source: Williams and Peng 1990.

    >>> from rnnlab.nets.cells import cell
    >>> params, x = rnn.Params(np.array([[1.0]]), np.array([[0.5]]), np.array([0.0])), np.zeros((2, 1, 1))
    >>> h, cache = rnn.forward(params, x)
    >>> backward(np.ones((2, 1, 1)), x, cache, cell("rnn"))[2].b_h, rnn.backward(np.ones((2, 1, 1)), cache)[2].b_h
    (array([2.]), array([2.5]))
    """
    one_step.expect_one_state(kind)
    T, B, H = cache.states[1:].shape
    expect_floats("d_h", d_h, cache.states.dtype, T=T, B=B, H=H)
    delta = d_h.copy()
    if d_last is not None:
        expect_floats("d_last", d_last, d_h.dtype, B=B, H=H)
        delta[-1] += d_last
    d_h_0 = np.zeros((B, H), d_h.dtype)
    if cache.mask is not None:
        for t in reversed(range(T)):
            padding = ~cache.mask[t]
            before = delta[t - 1] if t > 0 else d_h_0
            before[padding] += delta[t, padding]
    d_x, grads = one_step.gradients(delta, x, cache, kind)
    return d_x, d_h_0, grads


def gradient(params: network.Params, batch: network.Batch) -> network.Estimate:
    """The estimate of the gradient by fully truncated BPTT.

    Raises: TypeError for another cell than rnn or gru or a wrong dtype, ValueError for a wrong shape.
    Source: Williams and Peng 1990; chapter beyond-bptt.

    >>> from rnnlab.training.alternatives import step_losses
    >>> x = np.ones((3, 2, 1))
    >>> batch = network.Batch(x, step_losses.squared_error(x, np.ones((3, 2))))
    >>> gradient(network.init(np.random.default_rng(0), D=1, H=4, K=1), batch).grads.recurrent.W_hh.shape
    (4, 4)
    """

    def by_steps(d_h: Array, cache: Any) -> tuple[Array, Array, Any]:
        return backward(d_h, batch.x, cache, batch.cell)

    return network.gradient(params, batch, by_steps)
