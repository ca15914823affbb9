"""Reversing padded sequences in time: the real steps change their order, the padding stays at the end.

Reversing the whole time axis instead moves the padding to the start, where a network that does not know the mask reads
it first. The reversal only moves entries, so that its gradient is the reversal again, of the gradient. A batch given by
lengths (B) has the mask np.arange(T)[:, np.newaxis] < lengths. Sources: Sutskever, Vinyals and Le 2014, who reverse the
source sentence; Schuster and Paliwal 1997; chapter bidirectional.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.door import expect_array, expect_mask, expect_padding_at_the_end

Array = NDArray[Any]


def reverse(x: Array, mask: Array | None = None) -> Array:
    """The real steps of each sequence in reverse order: y_t = x_{n+1−t} for t ≤ n, y_t = x_t beyond its n real steps.

    It is its own inverse. Where L depends on y, the gradient at x is d_x = reverse(d_y, mask).

    Shapes: x (T, B, ...) of any dtype, ids as well as vectors; mask (T, B) or None for sequences without padding;
    returns y (T, B, ...), a new array.

    Raises: TypeError for a wrong type, ValueError for a wrong shape or a mask with padding before real steps.
    Source: Sutskever, Vinyals and Le 2014; chapter bidirectional.

    >>> ids, mask = np.array([[5, 7], [6, 8], [0, 9]]), np.array([[True, True], [True, True], [False, True]])
    >>> reverse(ids, mask).T
    array([[6, 5, 0],
           [9, 8, 7]])
    """
    more_axes: dict[str, int | None] = {f"axis {axis}": size for axis, size in enumerate(np.shape(x)[2:], 2)}
    expect_array("x", x, T=None, B=None, **more_axes)
    if mask is None:
        return x[::-1].copy()
    T, B = x.shape[:2]
    expect_mask("mask", mask, T=T, B=B)
    expect_padding_at_the_end("mask", mask)
    t, n = np.arange(T)[:, np.newaxis], mask.sum(axis=0)
    source = np.where(mask, n - 1 - t, t)
    return x[source, np.arange(B)]
