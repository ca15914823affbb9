"""Balanced brackets (Dyck words) of one or more types: which bracket may be closed next? It takes a counter or a stack.

The set of brackets that may follow is every opening one and the closing partner of the innermost open one; so the whole
set is known from that partner, or from there being none. After an opening bracket it is its own partner. The question
counts after closing brackets, where the answer lies further back.

Source: Chomsky and Schützenberger 1963; Gers and Schmidhuber 2001; Suzgun et al. 2019 (sets of next symbols).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.synthetic.batch import Batch
from rnnlab.data.synthetic.sizes import expect_at_least
from rnnlab.nets.door import expect_sizes

Array = NDArray[Any]

OPENING, CLOSING = "([{<", ")]}>"


def draw(rng: Generator, B: int, T: int, types: int = 2) -> Batch:
    """Words uniform over all balanced ones of length T; after each closing bracket, the answer is what may close next.

    It is the partner of the innermost open bracket, or "-" where none is open. Every pair has a random type.

    Raises: ValueError unless T is even and at least 4, and there are 1 to 4 types. Source: Suzgun et al. 2019.

    >>> draw(np.random.default_rng(0), B=32, T=20)
    Batch(T=20, B=32, D=4, K=3, loss at 50% of the steps)
    """
    _expect_word(B, T, types)
    opens = random_walks_home(rng, B, T)
    kinds = rng.integers(0, types, size=(T, B))
    inputs, targets = np.empty((T, B), np.int64), np.zeros((T, B), np.int64)
    stack, depth, each = np.zeros((T + 1, B), np.int64), np.zeros(B, np.int64), np.arange(B)
    for t in range(T):
        kind = np.where(opens[t], kinds[t], stack[depth, each])
        inputs[t] = np.where(opens[t], kind, types + kind)
        depth += np.where(opens[t], 1, -1)
        stack[depth, each] = np.where(opens[t], kind, stack[depth, each])
        targets[t] = np.where(opens[t] | (depth == 0), 0, 1 + stack[depth, each])
    symbols = (*OPENING[:types], *CLOSING[:types])
    return Batch(inputs, targets, ~opens, symbols, ("-", *CLOSING[:types]))


def random_walks_home(rng: Generator, B: int, T: int) -> Array:
    """B walks of T steps up (True) and down, uniform over all that never go below zero and end there: (T, B).

    From depth d with r steps left, (d + 2)(r − d) of 2 r (d + 1) ways home begin with a step up.
    Source: Arnold and Sleep 1980.

    >>> random_walks_home(np.random.default_rng(0), B=1, T=4)[:, 0].tolist()
    [True, True, False, False]
    """
    up = np.empty((T, B), bool)
    depth = np.zeros(B, np.int64)
    for t in range(T):
        left = T - t
        up[t] = rng.random(B) * 2 * left * (depth + 1) < (depth + 2) * (left - depth)
        depth += np.where(up[t], 1, -1)
    return up


def chance(T: int, types: int = 2) -> float:
    """Accuracy of the best constant answer: max(q, (1 − q) / types), with q = 6 / (T + 4) the share of "-".

    With n = T/2 pairs and Catalan numbers C, the walk is at zero C_{n+1}/C_n − 1 = 3n / (n + 2) times on average, and
    each is after one of the n closing brackets: q = 3 / (n + 2). The open brackets' types are uniform.
    """
    share_of_none = 6 / (T + 4)
    return max(share_of_none, (1 - share_of_none) / types)


def best(T: int, types: int = 2) -> float:
    """Accuracy 1: the open brackets have been read."""
    return 1.0


def _expect_word(B: int, T: int, types: int) -> None:
    expect_sizes(B=B, types=types)
    expect_at_least("T", T, 4, "one word of two brackets has nothing to remember")
    if T % 2:
        raise ValueError(f"T must be even, because every bracket is closed, but is {T}.")
    if types > len(OPENING):
        raise ValueError(f"types must be at most {len(OPENING)}, for {' '.join(OPENING)}, but is {types}.")
