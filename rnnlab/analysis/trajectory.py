"""The states along a sequence, for any cell: as the cell carries them, and as plain vectors.

A state vector has S entries: S = H for "rnn" and "gru", S = 2H for "lstm", which carries h before c, and the sum over
the layers for a stacked network, from the lowest on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.cells import Cell
from rnnlab.nets.parameters import leaves, mapped

Array = NDArray[Any]


def states_along(
    cell: Cell, params: Any, x: Array, state: Any = None, mask: Array | None = None
) -> list[Any]:
    """The states s_0, s_1, …, s_T of a sequence, each as the cell carries it: T + 1 of them.

    Shapes: x (T, B, D), state as the cell takes it or None for zeros, mask (T, B) or None.

    >>> from rnnlab.nets.cells import cell
    >>> rnn = cell("rnn")
    >>> params = rnn.init(np.random.default_rng(0), D=3, H=2)
    >>> [state.shape for state in states_along(rnn, params, np.ones((2, 1, 3)))]
    [(1, 2), (1, 2), (1, 2)]
    """
    states = [cell.zero_state(params, x.shape[1]) if state is None else state]
    for t in range(len(x)):
        _, cache = cell.forward(params, x[t : t + 1], states[-1], mask if mask is None else mask[t : t + 1])
        states.append(cell.last_state(cache))
    return states


def as_vector(state: Any) -> Array:
    """A state, or its gradient, as one vector for each sequence: all its arrays side by side, (B, S).

    >>> from rnnlab.nets.lstm import State
    >>> as_vector(State(h=np.array([[1.0]]), c=np.array([[2.0]])))
    array([[1., 2.]])
    """
    return np.concatenate(leaves(state), axis=-1)


def from_vector(vector: Array, like: Any) -> Any:
    """A state of the kind of `like` from a vector (B, S): what `as_vector` undoes.

    >>> from rnnlab.nets.lstm import State
    >>> from_vector(np.array([[1.0, 2.0]]), like=State(h=np.zeros((3, 1)), c=np.zeros((3, 1))))
    State(h=array([[1.]]), c=array([[2.]]))
    """
    ends = np.cumsum([part.shape[-1] for part in leaves(like)])
    parts = iter(np.split(vector, ends[:-1], axis=-1))
    return mapped(lambda _: next(parts), like)
