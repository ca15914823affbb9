"""How an answer to a synthetic task is scored. All scores look only at the steps that count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from rnnlab.data.synthetic.batch import Batch
from rnnlab.nets.door import expect_floats, expect_ids

Array = NDArray[Any]


@dataclass(frozen=True)
class Metric:
    """A score of predictions for a batch: `metric(predicted, batch)`."""

    name: str
    function: Callable[[Array, Batch], float]
    higher_is_better: bool

    def __call__(self, predicted: Array, batch: Batch) -> float:
        return self.function(predicted, batch)


def accuracy(predicted: Array, batch: Batch) -> float:
    """The share of counted steps with the right label. Shapes: predicted ids (T, B), such as logits.argmax(axis=-1).

    Raises: TypeError unless ids are whole numbers, ValueError for a wrong shape or range.

    >>> import numpy as np
    >>> batch = Batch(np.zeros((2, 1, 1)), np.array([[0], [1]]), np.array([[True], [True]]), labels=("no", "yes"))
    >>> accuracy(np.array([[1], [1]]), batch)
    0.5
    """
    return float(_right(predicted, batch)[batch.counts].mean())


def whole_sequences(predicted: Array, batch: Batch) -> float:
    """The share of sequences in which every counted step has the right label. Shapes and errors as in `accuracy`.

    >>> import numpy as np
    >>> batch = Batch(np.zeros((2, 1, 1)), np.array([[0], [1]]), np.array([[True], [True]]), labels=("no", "yes"))
    >>> whole_sequences(np.array([[1], [1]]), batch)
    0.0
    """
    return float((_right(predicted, batch) | ~batch.counts).all(axis=0).mean())


def mean_squared_error(predicted: Array, batch: Batch) -> float:
    """The mean of (y − target)² over counted steps. Shapes: predicted (T, B, 1).

    Raises: TypeError unless the predictions are floats, ValueError for a wrong shape.

    >>> import numpy as np
    >>> batch = Batch(np.zeros((2, 1, 1)), np.ones((2, 1, 1)), np.array([[True], [False]]))
    >>> mean_squared_error(np.array([[[3.0]], [[9.0]]]), batch)
    4.0
    """
    T, B = batch.counts.shape
    expect_floats("predicted", predicted, T=T, B=B, one=1)
    return float(((predicted - batch.targets)[batch.counts] ** 2).mean())


ACCURACY = Metric("accuracy", accuracy, higher_is_better=True)
WHOLE_SEQUENCES = Metric("whole sequences", whole_sequences, higher_is_better=True)
MEAN_SQUARED_ERROR = Metric("mean squared error", mean_squared_error, higher_is_better=False)


def _right(predicted: Array, batch: Batch) -> Array:
    T, B = batch.counts.shape
    expect_ids("predicted", predicted, batch.K, batch.counts, T=T, B=B)
    return predicted == batch.targets
