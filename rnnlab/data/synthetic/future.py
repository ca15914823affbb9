"""Labels that need the future: a majority or an exclusive or of bits on both sides of the step that is asked about.

Who reads from left to right and answers at once cannot know them; who reads both ways, or answers later, can.
Source: Schuster and Paliwal 1997; chapter bidirectional.
"""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.synthetic.batch import Batch, asked
from rnnlab.data.synthetic.bits import batch_of_bits, random_bits
from rnnlab.data.synthetic.sizes import expect_at_least
from rnnlab.nets.door import expect_sizes

Array = NDArray[Any]


def draw_majority(rng: Generator, B: int, T: int, reach: int = 3) -> Batch:
    """Random bits x_t; the answer y_t is the majority of x_{t−reach} … x_{t+reach}, wherever all of them exist.

    Raises: ValueError unless T ≥ 2 reach + 1. Source: Schuster and Paliwal 1997.

    >>> draw_majority(np.random.default_rng(0), B=32, T=30)
    Batch(T=30, B=32, D=1, K=2, loss at 80% of the steps)
    """
    counts = _inside(B, T, reach)
    bits = random_bits(rng, B, T)
    around = sum(np.roll(bits, shift, axis=0) for shift in range(-reach, reach + 1))
    return batch_of_bits(bits, np.asarray(around > reach, np.int64), counts)


def draw_xor(rng: Generator, B: int, T: int, reach: int = 2) -> Batch:
    """Random bits x_t; the answer is y_t = x_{t−reach} ⊕ x_{t+reach}, wherever both exist.

    Raises: ValueError unless T ≥ 2 reach + 1. Source: Schuster and Paliwal 1997.

    >>> draw_xor(np.random.default_rng(0), B=32, T=30)
    Batch(T=30, B=32, D=1, K=2, loss at 87% of the steps)
    """
    counts = _inside(B, T, reach)
    bits = random_bits(rng, B, T)
    return batch_of_bits(bits, np.roll(bits, reach, axis=0) ^ np.roll(bits, -reach, axis=0), counts)


def chance(T: int, reach: int = 3) -> float:
    """Accuracy of any constant answer: 1/2. A majority turns over with all its bits, and x ⊕ y of fair bits is fair."""
    return 0.5


def best(T: int, reach: int = 3) -> float:
    """Accuracy 1 for who sees the whole sequence: the answer is a function of it."""
    return 1.0


def best_causal_majority(T: int, reach: int = 3) -> float:
    """Accuracy of the best answer from x_1 … x_t alone: Σ_s C(r+1, s) 2^−(r+1) max(p_s, 1 − p_s), with r = reach.

    Of r + 1 bits s are ones, and r bits are to come: p_s = P(s + Binomial(r, 1/2) > r). For r = 3 it is 3/4.
    """
    total = 0.0
    for ones in range(reach + 2):
        needed = reach + 1 - ones
        majority = sum(comb(reach, more) for more in range(needed, reach + 1)) / 2**reach
        total += comb(reach + 1, ones) / 2 ** (reach + 1) * max(majority, 1 - majority)
    return total


def best_causal_xor(T: int, reach: int = 2) -> float:
    """Accuracy of the best answer from x_1 … x_t alone: 1/2, since x_{t+reach} is a fair bit whatever came before."""
    return 0.5


def _inside(B: int, T: int, reach: int) -> Array:
    expect_sizes(B=B, reach=reach)
    expect_at_least("T", T, 2 * reach + 1, "2 reach + 1, so that one window fits")
    return asked(T, B, first=reach, end=T - reach)
