"""Induction: … A B … A → ? The answer is B, what followed the last token when it stood there before.

Source: Olsson et al. 2022 (induction heads); Graves, Wayne and Danihelka 2014, section 4.3 (associative recall).
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from rnnlab.data.synthetic.batch import Batch, asked
from rnnlab.data.synthetic.sizes import expect_at_least, letters
from rnnlab.nets.door import expect_sizes


def draw(rng: Generator, B: int, T: int, K: int = 8) -> Batch:
    """Random tokens of K, in which the last token A stood once before; at the end the answer is the token after it.

    A and its earlier place, from 1 to T − 2, are uniform; all other tokens are uniform over the others than A.

    Raises: ValueError unless T ≥ 3 and 3 ≤ K ≤ 26. Source: Olsson et al. 2022.

    >>> draw(np.random.default_rng(0), B=32, T=20)
    Batch(T=20, B=32, D=8, K=8, loss at 5% of the steps)
    """
    symbols = letters(K, least=3)
    expect_at_least("T", T, 3, "A, B and A again")
    expect_sizes(B=B)
    A, each = rng.integers(0, K, size=B), np.arange(B)
    inputs = rng.integers(0, K - 1, size=(T, B))
    inputs += inputs >= A
    place = rng.integers(0, T - 2, size=B)
    inputs[place, each] = inputs[-1] = A
    counts = asked(T, B, first=T - 1)
    return Batch(inputs, np.where(counts, inputs[place + 1, each], 0), counts, symbols, symbols)


def chance(T: int, K: int = 8) -> float:
    """Accuracy of any constant answer: 1/K, since B is uniform over K. (Any other token than A: 1/(K − 1).)"""
    return 1 / K


def best(T: int, K: int = 8) -> float:
    """Accuracy 1: A stood once before, and what followed has been read."""
    return 1.0
