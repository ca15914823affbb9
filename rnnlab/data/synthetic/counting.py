"""The language aⁿbⁿ: read n times a, then say after each b whether another one follows. It takes a counter.

Source: Gers and Schmidhuber 2001 (context-free languages), where a string counts only if all of it is right.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from rnnlab.data.synthetic.batch import Batch
from rnnlab.data.synthetic.sizes import expect_at_least
from rnnlab.nets.door import expect_sizes

SYMBOLS, LABELS = ("a", "b", "."), ("b", "end")


def draw(rng: Generator, B: int, T: int) -> Batch:
    """Strings aⁿbⁿ with n uniform from 1 to ⌊T/2⌋, filled up with points; the answer at each b is what follows.

    After the first n − 1 times b it is "b", after the last one "end". Nothing is asked while a is read, because only
    the reader of the whole string knows n then.

    Raises: ValueError unless T ≥ 4. Source: Gers and Schmidhuber 2001.

    >>> batch = draw(np.random.default_rng(0), B=32, T=20)
    >>> batch.D, batch.K
    (3, 2)
    """
    expect_at_least("T", T, 4, "so that there are two lengths to tell apart")
    expect_sizes(B=B)
    n = rng.integers(1, T // 2 + 1, size=B)
    t = np.arange(T)[:, np.newaxis]
    counts = (t >= n) & (t < 2 * n)
    inputs = np.where(t < n, 0, np.where(counts, 1, 2))
    return Batch(inputs, (t == 2 * n - 1).astype(np.int64), counts, SYMBOLS, LABELS)


def chance(T: int) -> float:
    """Share of whole strings with a constant answer: "end" is right for n = 1 alone, so 1/⌊T/2⌋; "b" is never right."""
    return 1 / (T // 2)


def best(T: int) -> float:
    """All strings: once the first b is read, n is known."""
    return 1.0
