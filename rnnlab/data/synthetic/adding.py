"""The adding problem: of a row of numbers, add the two that are marked.

Source: Hochreiter and Schmidhuber 1997, experiment 4, in the form of Le, Jaitly and Hinton 2015: numbers from 0 to 1
and their plain sum, instead of numbers from −1 to 1 and a scaled one.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from rnnlab.data.synthetic.batch import UNASKED, Batch, asked, line
from rnnlab.data.synthetic.sizes import expect_at_least
from rnnlab.nets.door import expect_sizes


def draw(rng: Generator, B: int, T: int) -> Batch:
    """Numbers u_t uniform in (0, 1), one marked in either half; the answer at the end is the sum of the marked ones.

    Inputs are (u_t, marker_t). The first marker is uniform over the first ⌊T/2⌋ steps, the second over the others.

    Raises: ValueError unless T ≥ 2. Source: Le, Jaitly and Hinton 2015.

    >>> draw(np.random.default_rng(0), B=32, T=20)
    Batch(T=20, B=32, D=2, K=1, loss at 5% of the steps)
    """
    expect_at_least("T", T, 2, "two numbers to add")
    expect_sizes(B=B)
    numbers, markers, each = rng.random((T, B)), np.zeros((T, B)), np.arange(B)
    markers[rng.integers(0, T // 2, size=B), each] = 1
    markers[rng.integers(T // 2, T, size=B), each] = 1
    counts = asked(T, B, first=T - 1)
    total = np.where(counts, (numbers * markers).sum(axis=0), 0)
    return Batch(np.stack([numbers, markers], axis=-1), total[:, :, np.newaxis], counts)


def chance(T: int) -> float:
    """Squared error of the constant 1, the mean: Var(u + u′) = 2 · 1/12 = 1/6 for u, u′ uniform in (0, 1)."""
    return 1 / 6


def best(T: int) -> float:
    """Squared error 0: the answer is a function of numbers that have been read."""
    return 0.0


def picture(batch: Batch, b: int = 0, most: int = 24) -> str:
    """One sequence in one line, with a star at the marked numbers."""
    numbers, markers = batch.inputs[:, b].T
    inputs = [f"{number:.2f}{'*' if marker else ''}" for number, marker in zip(numbers, markers, strict=True)]
    return line(inputs, [UNASKED] * (len(inputs) - 1) + [f"{batch.targets[-1, b, 0]:.2f}"], most)
