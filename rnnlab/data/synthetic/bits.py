"""What the tasks on bits share: random bits as inputs, and a yes-or-no answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.synthetic.batch import Batch
from rnnlab.nets.door import expect_sizes

Array = NDArray[Any]

LABELS = ("0", "1")


def random_bits(rng: Generator, B: int, T: int) -> Array:
    """Fair, independent bits as ids (T, B).

    >>> random_bits(np.random.default_rng(0), B=2, T=3).tolist()
    [[1, 1], [1, 0], [0, 0]]
    """
    expect_sizes(B=B)
    return rng.integers(0, 2, size=(T, B))


def batch_of_bits(bits: Array, answer: Array, counts: Array) -> Batch:
    """The batch with bits (T, B) as numbers (T, B, 1) and answers (T, B) where they count.

    >>> batch_of_bits(np.array([[1], [0]]), np.array([[1], [1]]), np.array([[False], [True]])).targets.tolist()
    [[0], [1]]
    """
    return Batch(bits[:, :, np.newaxis].astype(float), np.where(counts, answer, 0), counts, labels=LABELS)
