"""A batch of a synthetic task: what goes in, what should come out, where the loss counts, and a picture in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets.embedding import one_hot

Array = NDArray[Any]

UNASKED = "·"


@dataclass(frozen=True, eq=False, repr=False)
class Batch:
    """B sequences of T steps, read-only.

    inputs: ids (T, B) of the `symbols`, or numbers (T, B, D) where there are no symbols.
    targets: ids (T, B) of the `labels`, or numbers (T, B, 1) where there are no labels; zero where they do not count.
    counts: booleans (T, B), True where the target is asked for and the loss counts.
    """

    inputs: Array
    targets: Array
    counts: Array
    symbols: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for array in (self.inputs, self.targets, self.counts):
            array.setflags(write=False)

    @property
    def D(self) -> int:
        """The size of an input vector: the number of symbols, or of numbers at a step."""
        return len(self.symbols) or self.inputs.shape[-1]

    @property
    def K(self) -> int:
        """The size of an output: the number of labels, or 1 for a number."""
        return len(self.labels) or 1

    def __repr__(self) -> str:
        T, B = self.counts.shape
        return f"Batch(T={T}, B={B}, D={self.D}, K={self.K}, loss at {self.counts.mean():.0%} of the steps)"


def asked(T: int, B: int, first: int = 0, end: int | None = None) -> Array:
    """Where an answer is asked for, (T, B): at the steps from `first` to before `end`, counted from 0.

    >>> asked(T=4, B=1, first=1, end=3)[:, 0].tolist()
    [False, True, True, False]
    """
    t = np.arange(T)[:, np.newaxis]
    return np.repeat((t >= first) & (t < (T if end is None else end)), B, axis=1)


def vectors(batch: Batch, dtype: DTypeLike = np.float64) -> Array:
    """The inputs as a network takes them, (T, B, D): ids become one-hot vectors.

    >>> batch = Batch(np.array([[1]]), np.array([[0]]), np.array([[True]]), symbols=("a", "b"), labels=("no", "yes"))
    >>> batch, vectors(batch).tolist()
    (Batch(T=1, B=1, D=2, K=2, loss at 100% of the steps), [[[0.0, 1.0]]])
    """
    if batch.symbols:
        return one_hot(batch.inputs, len(batch.symbols), dtype)
    return batch.inputs.astype(dtype)


def picture(batch: Batch, b: int = 0, most: int = 24) -> str:
    """One sequence of the batch in one line, a point where no answer is asked for; only its ends if it is long.

    >>> bits = np.array([1.0, 0.0, 1.0])[:, np.newaxis, np.newaxis]
    >>> parity = np.array([[1], [1], [0]])
    >>> picture(Batch(bits, parity, np.array([[False], [True], [True]]), labels=("even", "odd")))
    'x: 1 0 1  y: · odd even'
    """
    inputs = (
        [batch.symbols[i] for i in batch.inputs[:, b]] if batch.symbols else written(batch.inputs[:, b, 0])
    )
    return line(inputs, answers(batch, b), most)


def answers(batch: Batch, b: int) -> list[str]:
    """The targets of one sequence as texts, with a point where none is asked for."""
    targets = (
        [batch.labels[i] for i in batch.targets[:, b]] if batch.labels else written(batch.targets[:, b, 0])
    )
    return [text if counts else UNASKED for text, counts in zip(targets, batch.counts[:, b], strict=True)]


def written(numbers: Array, digits: int = 1) -> list[str]:
    """Numbers as short texts: whole numbers without a decimal point, others with one digit after it.

    >>> written(np.array([1.0, 0.0])), written(np.array([0.26, -1.0, -0.01]))
    (['1', '0'], ['0.3', '-1.0', '0.0'])
    """
    if np.any(numbers % 1):
        return [
            f"{number:.{digits}f}" for number in np.round(numbers, digits) + 0.0
        ]  # + 0.0 turns −0.0 into 0.0
    return [f"{number:.0f}" for number in numbers]


def line(inputs: Sequence[str], targets: Sequence[str], most: int = 24) -> str:
    """Inputs and targets in one line; of more than `most` steps only the first and the last ones.

    >>> line("abcdefgh", "ABCDEFGH", most=4)
    'x: a b … g h  y: A B … G H'
    """

    def shown(steps: Sequence[str]) -> str:
        if len(steps) <= most:
            return " ".join(steps)
        return " ".join([*steps[: most // 2], "…", *steps[len(steps) - most // 2 :]])

    return f"x: {shown(inputs)}  y: {shown(targets)}"
