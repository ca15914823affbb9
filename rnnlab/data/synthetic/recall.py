"""Recall of the first token after noise: one thing to keep, for as long as the sequence lasts.

Source: Hochreiter and Schmidhuber 1997, experiment 2 (noise between the informative token and the question).
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from rnnlab.data.synthetic.batch import Batch, asked
from rnnlab.data.synthetic.sizes import expect_at_least, letters
from rnnlab.nets.door import expect_one_of, expect_sizes


def draw(rng: Generator, B: int, T: int, K: int = 4, noise: str = "other") -> Batch:
    """A token x_1 of K and T − 1 noise tokens; at the last step the answer is y_T = x_1.

    `noise` "other" draws the noise from K symbols of its own; "same" draws it from the same K symbols, so that only its
    place tells the token, which takes longer to learn.

    Raises: ValueError unless T ≥ 2 and 2 ≤ K ≤ 26, and for another `noise`. Source: Hochreiter and Schmidhuber 1997.

    >>> draw(np.random.default_rng(0), B=32, T=20)
    Batch(T=20, B=32, D=8, K=4, loss at 5% of the steps)
    """
    labels = letters(K)
    expect_at_least("T", T, 2, "the token and one of noise")
    expect_sizes(B=B)
    expect_one_of("noise", noise, ("other", "same"))
    inputs = rng.integers(0, K, size=(T, B))
    symbols = labels
    if noise == "other":
        inputs[1:] += K
        symbols += tuple(f"#{i}" for i in range(K))
    counts = asked(T, B, first=T - 1)
    return Batch(inputs, np.where(counts, inputs[0], 0), counts, symbols, labels)


def chance(T: int, K: int = 4, noise: str = "other") -> float:
    """Accuracy of any constant answer: 1/K, since the first token is uniform over K."""
    return 1 / K


def best(T: int, K: int = 4, noise: str = "other") -> float:
    """Accuracy 1: the answer has been read."""
    return 1.0
