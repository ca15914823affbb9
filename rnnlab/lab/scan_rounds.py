"""Two parallel scans as lists of rounds, which can be drawn, counted and run: which step composes which, and when.

A step is a pair (a, b), the map h → a ⊙ h + b, and a composition puts an earlier map before a later one:
(a_s, b_s) then (a_t, b_t) = (a_t a_s, a_t b_s + b_t). All compositions of a round are independent of each other. After
the last round entry t is the composition of the steps 1 … t. Sources: Hillis and Steele 1986; Blelloch 1990.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Rounds = list[list[tuple[int, int]]]


def doubling(T: int) -> Rounds:
    """log₂ T rounds in which every entry t composes entry t − span, with spans 1, 2, 4, …: about T log₂ T compositions.

    >>> [len(pairs) for pairs in doubling(8)]
    [7, 6, 4]
    """
    rounds, span = [], 1
    while span < T:
        rounds.append([(t - span, t) for t in range(span, T)])
        span *= 2
    return rounds


def tree(T: int) -> Rounds:
    """Up a binary tree and down again: under 2 T compositions in under 2 log₂ T rounds, for T a power of two.

    >>> [len(pairs) for pairs in tree(8)]
    [4, 2, 1, 1, 3]
    """
    if T < 1 or T & (T - 1):
        raise ValueError(f"T must be a power of two, but is {T}.")
    up, span = [], 1
    while span < T:
        up.append([(t - span, t) for t in range(2 * span - 1, T, 2 * span)])
        span *= 2
    down, span = [], T // 4
    while span >= 1:
        down.append([(t - span, t) for t in range(3 * span - 1, T, 2 * span)])
        span //= 2
    return up + down


def run(a: Array, b: Array, h_0: Array, rounds: Rounds) -> Array:
    """All states h_1 … h_T by these rounds: a and b (T, B, H), h_0 (B, H); returns h (T, B, H).

    >>> run(np.full((4, 1, 1), 0.5), np.ones((4, 1, 1)), np.array([[4.0]]), tree(4))[:, 0, 0].tolist()
    [3.0, 2.5, 2.25, 2.125]
    """
    a, b = a.copy(), b.copy()
    for pairs in rounds:
        earlier, later = np.array(pairs).T
        a[later], b[later] = a[later] * a[earlier], a[later] * b[earlier] + b[later]
    return a * h_0 + b
