"""Copying and reversing: keep a row of symbols through blanks, then give it back, forwards or backwards.

Source: Hochreiter and Schmidhuber 1997; Arjovsky, Shah and Bengio 2016, section 5.1, for the layout.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from rnnlab.data.synthetic.batch import Batch, asked
from rnnlab.data.synthetic.sizes import expect_at_least, letters
from rnnlab.nets.door import expect_sizes

BLANK, GO = "_", ">"


def draw_copy(rng: Generator, B: int, T: int, S: int = 5, K: int = 8) -> Batch:
    """S symbols of K, blanks, a go sign, then S blanks, during which the answer is the symbols in their order.

    T counts all steps: S + (T − 2S − 1) blanks + 1 + S.

    Raises: ValueError unless T ≥ 2S + 1 and 2 ≤ K ≤ 26. Source: Arjovsky, Shah and Bengio 2016, section 5.1.

    >>> draw_copy(np.random.default_rng(0), B=32, T=20)
    Batch(T=20, B=32, D=10, K=8, loss at 25% of the steps)
    """
    return _draw(rng, B, T, S, K, order=1)


def draw_reverse(rng: Generator, B: int, T: int, S: int = 5, K: int = 8) -> Batch:
    """As `draw_copy`, with the answer in reverse order: the last symbol first.

    Raises: ValueError unless T ≥ 2S + 1 and 2 ≤ K ≤ 26. Source: Sutskever, Vinyals and Le 2014, for reversed order.

    >>> draw_reverse(np.random.default_rng(0), B=32, T=11)
    Batch(T=11, B=32, D=10, K=8, loss at 45% of the steps)
    """
    return _draw(rng, B, T, S, K, order=-1)


def chance(T: int, S: int = 5, K: int = 8) -> float:
    """Accuracy of any constant answer: 1/K, since every symbol is uniform over K."""
    return 1 / K


def best(T: int, S: int = 5, K: int = 8) -> float:
    """Accuracy 1: every answer has been read."""
    return 1.0


def _draw(rng: Generator, B: int, T: int, S: int, K: int, order: int) -> Batch:
    labels = letters(K)
    expect_sizes(B=B, S=S)
    expect_at_least("T", T, 2 * S + 1, f"S = {S} symbols in, a go sign, and as many out")
    symbols = rng.integers(0, K, size=(S, B))
    inputs = np.full((T, B), K)
    inputs[:S] = symbols
    inputs[T - S - 1] = K + 1
    targets = np.zeros((T, B), np.int64)
    targets[T - S :] = symbols[::order]
    counts = asked(T, B, first=T - S)
    return Batch(inputs, targets, counts, (*labels, BLANK, GO), labels)
