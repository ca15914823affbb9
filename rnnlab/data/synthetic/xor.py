"""Exclusive or of two bits at different times: of each bit and an earlier one, or of the first two, asked much later.

No linear recurrence with a linear readout can do it: x ⊕ y has no linear part in x and y. Source: Elman 1990, section
"Exclusive-OR"; chapter activations.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from rnnlab.data.synthetic.batch import Batch, asked
from rnnlab.data.synthetic.bits import batch_of_bits, random_bits
from rnnlab.data.synthetic.sizes import expect_at_least
from rnnlab.nets.door import expect_sizes


def draw(rng: Generator, B: int, T: int, lag: int = 1) -> Batch:
    """Random bits x_t; at every step t > lag the answer is y_t = x_t ⊕ x_{t−lag}.

    Raises: ValueError unless T > lag. Source: Elman 1990, with two inputs at a distance of `lag` steps.

    >>> draw(np.random.default_rng(0), B=32, T=10)
    Batch(T=10, B=32, D=1, K=2, loss at 90% of the steps)
    """
    expect_sizes(lag=lag)
    expect_at_least("T", T, lag + 1, "lag + 1, so that one answer is asked for")
    bits = random_bits(rng, B, T)
    return batch_of_bits(bits, bits ^ np.roll(bits, lag, axis=0), asked(T, B, first=lag))


def draw_delayed(rng: Generator, B: int, T: int) -> Batch:
    """Random bits; at the last step the answer is y_T = x_1 ⊕ x_2, so T − 2 bits of noise lie between.

    Raises: ValueError unless T ≥ 2. Source: Elman 1990, with the question put off.

    >>> draw_delayed(np.random.default_rng(0), B=32, T=10)
    Batch(T=10, B=32, D=1, K=2, loss at 10% of the steps)
    """
    expect_at_least("T", T, 2, "two bits, of which the answer is made")
    bits = random_bits(rng, B, T)
    return batch_of_bits(bits, np.broadcast_to(bits[0] ^ bits[1], bits.shape), asked(T, B, first=T - 1))


def chance(T: int, lag: int = 1) -> float:
    """Accuracy of any constant answer: 1/2, since the exclusive or of two fair, independent bits is a fair bit."""
    return 0.5


def best(T: int, lag: int = 1) -> float:
    """Accuracy 1: the answer is a function of bits that have been read."""
    return 1.0
