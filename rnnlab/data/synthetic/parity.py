"""Running parity: at every step, whether the number of ones so far is odd. One bit of state, and every input matters.

Source: Minsky and Papert 1969 (parity); Hochreiter and Schmidhuber 1997, on parity as a task for recurrent networks.
"""

from __future__ import annotations

from numpy.random import Generator

from rnnlab.data.synthetic.batch import Batch, asked
from rnnlab.data.synthetic.bits import batch_of_bits, random_bits
from rnnlab.nets.door import expect_sizes


def draw(rng: Generator, B: int, T: int) -> Batch:
    """Random bits x_t; at every step the answer is y_t = x_1 ⊕ … ⊕ x_t.

    Raises: ValueError for a size below 1. Source: Minsky and Papert 1969.

    >>> import numpy as np
    >>> draw(np.random.default_rng(0), B=32, T=20)
    Batch(T=20, B=32, D=1, K=2, loss at 100% of the steps)
    """
    expect_sizes(T=T)
    bits = random_bits(rng, B, T)
    return batch_of_bits(bits, bits.cumsum(axis=0) % 2, asked(T, B))


def chance(T: int) -> float:
    """Accuracy of any constant answer: 1/2, since the parity of fair bits is a fair bit."""
    return 0.5


def best(T: int) -> float:
    """Accuracy 1: the answer is a function of bits that have been read."""
    return 1.0
