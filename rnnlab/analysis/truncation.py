"""Truncated back-propagation through time: the gradient that it gives, and its angle to the whole gradient.

A sequence's loss is L = Σ_t L_t(h_t). Truncation lets the gradient of a loss term go back a few steps only, in one of
two ways that are both called truncated BPTT; `window` is τ in both, and with τ ≥ T both are the whole gradient.

- "sliding": the gradient of each L_t goes back τ steps, through its own step t and the τ − 1 before it.
- "chunked": the sequence is cut into chunks of τ steps. The state is carried over from chunk to chunk, the gradient is
  not. The first term of a chunk goes back one step only, the last one τ: on average (τ + 1) / 2. This is what training
  on a stream does, because it costs no more than the whole gradient; the sliding one costs τ times as much.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.analysis.trajectory import states_along
from rnnlab.nets.cells import Cell
from rnnlab.nets.door import expect_floats, expect_one_of, expect_sizes
from rnnlab.nets.parameters import leaves, mapped
from rnnlab.training.trees import expect_like

Array = NDArray[Any]

DEFINITIONS = ("chunked", "sliding")


def truncated_gradient(
    cell: Cell,
    params: Any,
    x: Array,
    d_h: Array,
    window: int,
    definition: str = "chunked",
    state: Any = None,
    mask: Array | None = None,
) -> Any:
    """The gradient of L = Σ_t L_t(h_t) at the weights, with each term's way back cut after `window` steps.

    With ∂⁺h_s/∂θ the immediate derivative, which holds h_{s−1} fixed,
    sliding: Σ_t Σ_{s = t−τ+1 … t} (∂⁺h_s/∂θ)ᵀ (∂h_t/∂h_s)ᵀ ∂L_t/∂h_t;
    chunked: the same, but s starts with the chunk of t.
    The forward pass is the whole one in both, so the states and d_h are too.

    Shapes: x (T, B, D), d_h = ∂L_t/∂h_t (T, B, H), state as the cell takes it or None, mask (T, B) or None; returns a
    tree like params.

    Raises: what the cell's `forward` raises, ValueError for a wrong d_h, window or definition.
    Source: Williams and Peng 1990; Tallec and Ollivier 2017; chapter bptt.

    >>> from rnnlab.nets import rnn
    >>> from rnnlab.nets.cells import cell
    >>> params = rnn.Params(np.array([[1.0]]), np.array([[1.0]]), np.array([0.0]))
    >>> linear, x, d_h = cell("rnn", activation="identity"), np.zeros((3, 1, 1)), np.ones((3, 1, 1))
    >>> [truncated_gradient(linear, params, x, d_h, window, "sliding").b_h.item() for window in (1, 2, 3)]
    [3.0, 5.0, 6.0]
    """
    expect_sizes(window=window)
    expect_one_of("definition", definition, DEFINITIONS)
    states = states_along(cell, params, x, state, mask)
    T, B, _ = x.shape
    expect_floats("d_h", d_h, x.dtype, T=T, B=B, H=cell.output(states[0]).shape[-1])
    grads = mapped(np.zeros_like, params)
    for start, end in _pieces(T, window, definition):
        d_piece = d_h[start:end]
        if definition == "sliding":
            d_piece = np.concatenate([np.zeros_like(d_piece[:-1]), d_piece[-1:]])
        real = mask if mask is None else mask[start:end]
        _, cache = cell.forward(params, x[start:end], states[start], real)
        grads = mapped(np.add, grads, cell.backward(d_piece, cache)[-1])
    return grads


def cosine(grads: Any, others: Any) -> float:
    """The cosine of the angle between two gradients, over all their arrays together: ⟨g, g′⟩ / (‖g‖ ‖g′‖).

    1 is the same direction, 0 a right angle; a positive cosine still goes downhill with small enough steps.

    Raises: ValueError if the trees differ, or if a gradient is zero and has no direction. Source: chapter bptt.

    >>> cosine((np.array([3.0, 0.0]), np.array([4.0])), (np.array([1.0, 0.0]), np.array([0.0])))
    0.6
    """
    expect_like("others", others, grads)
    one, other = (np.concatenate([leaf.ravel() for leaf in leaves(tree)]) for tree in (grads, others))
    norms = float(np.linalg.norm(one) * np.linalg.norm(other))
    if norms == 0:
        raise ValueError("both gradients must differ from zero: a zero gradient has no direction.")
    return float(one @ other) / norms


def cosines_by_window(
    cell: Cell,
    params: Any,
    x: Array,
    d_h: Array,
    windows: Sequence[int],
    definition: str = "chunked",
    state: Any = None,
    mask: Array | None = None,
) -> Array:
    """How far truncation turns the gradient: the cosine of its angle to the whole gradient, for each window.

    Shapes: as `truncated_gradient`; returns (len(windows),).

    Raises: as `truncated_gradient` and `cosine`. Source: chapter bptt.

    >>> from rnnlab.nets.cells import cell
    >>> gru, rng = cell("gru"), np.random.default_rng(0)
    >>> cosines = cosines_by_window(gru, gru.init(rng, 3, 2), np.ones((8, 1, 3)), np.ones((8, 1, 2)), [1, 4, 8])
    >>> cosines.round(2)
    array([0.99, 1.  , 1.  ])
    """
    whole = truncated_gradient(cell, params, x, d_h, len(x), "chunked", state, mask)
    return np.array([
        cosine(truncated_gradient(cell, params, x, d_h, window, definition, state, mask), whole)
        for window in windows
    ])  # fmt: skip


def _pieces(T: int, window: int, definition: str) -> Iterable[tuple[int, int]]:
    """Start and end of each piece of the sequence that goes backward by itself."""
    if definition == "chunked":
        return [(start, min(start + window, T)) for start in range(0, T, window)]
    return [(max(0, end - window), end) for end in range(1, T + 1)]
