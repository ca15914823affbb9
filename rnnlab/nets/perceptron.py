"""Rosenblatt's perceptron, ŷ = sign(w · x + b), and its learning rule, which converges if a line separates the classes.

Labels are −1 and +1, and sign(0) is +1. The rule is no gradient descent: where a step has a derivative, it is zero.
Sources: Rosenblatt 1958; Novikoff 1962; Minsky and Papert 1969; chapter perceptron.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets.door import expect_floats, expect_no_nan, expect_sizes, leading_axes

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights w (D) and the bias b (), a number in an array."""

    w: Array
    b: Array


@dataclass(frozen=True)
class Training:
    """What `train` gives: the weights, the mistakes in each epoch, and whether the last epoch had none."""

    params: Params
    mistakes_per_epoch: tuple[int, ...]
    converged: bool

    @property
    def epochs(self) -> int:
        """The number of passes through the data, the last one, without a mistake, included."""
        return len(self.mistakes_per_epoch)

    @property
    def mistakes(self) -> int:
        """The number of all mistakes, each of which was one update."""
        return sum(self.mistakes_per_epoch)

    def __str__(self) -> str:
        if self.converged:
            return f"converged: {self.mistakes} mistakes in {self.epochs} epochs, none in the last"
        return (
            f"not converged: {self.mistakes_per_epoch[-1]} mistakes in the last of {self.epochs} epochs. "
            "Either no line separates the classes, as with XOR, or more epochs are needed"
        )


def init(D: int, dtype: DTypeLike = np.float64) -> Params:
    """Starting weights for D inputs: zeros, from which `convergence_bound` counts.

    Raises: ValueError for a size below 1. Source: Novikoff 1962.

    >>> init(D=2)
    Params(w=array([0., 0.]), b=array(0.))
    """
    expect_sizes(D=D)
    return Params(np.zeros(D, dtype), np.zeros((), dtype))


def predict(params: Params, x: Array) -> Array:
    """The class of each example: ŷ = +1 where w · x + b ≥ 0, else −1. x (..., D) → ŷ (...), whole numbers.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Rosenblatt 1958; chapter perceptron.

    >>> predict(Params(np.array([1.0, 1.0]), np.array(-1.5)), np.array([[1.0, 1.0], [1.0, 0.0]]))
    array([ 1, -1])
    """
    _expect_params(params)
    expect_floats("x", x, params.w.dtype, **dict.fromkeys(leading_axes(x)), D=len(params.w))
    return np.where(x @ params.w + params.b >= 0, 1, -1)


def update(params: Params, x: Array, y: int, rate: float = 1.0) -> Params:
    """Rosenblatt's rule for one example: w ← w + η (y − ŷ)/2 x and b ← b + η (y − ŷ)/2, which is no change if ŷ = y.

    Shapes: x (D), y is −1 or +1.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, label or rate. Source: Rosenblatt 1958.

    >>> update(init(D=2), np.array([1.0, 2.0]), -1)
    Params(w=array([-1., -2.]), b=array(-1.))
    """
    _expect_params(params)
    expect_floats("x", x, params.w.dtype, D=len(params.w))
    expect_no_nan("x", x)
    _expect_labels("y", np.asarray(y), ())
    _expect_rate(rate)
    return _updated(params, x, int(y), rate)[0]


def train(params: Params, x: Array, y: Array, max_epochs: int = 100, rate: float = 1.0) -> Training:
    """The rule for every example in turn, until an epoch passes without a mistake or `max_epochs` have passed.

    Data that no line separates, such as XOR, end with `converged` False: the weights then go round without an end.

    Shapes: x (N, D), y (N) of −1 and +1.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, label, rate or number. Source: Rosenblatt 1958.

    >>> x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> print(train(init(D=2), x, np.array([-1, -1, -1, 1])))
    converged: 11 mistakes in 6 epochs, none in the last
    >>> train(init(D=2), x, np.array([-1, 1, 1, -1])).converged
    False
    """
    _expect_params(params)
    _expect_examples(params, x, y)
    expect_sizes(max_epochs=max_epochs)
    _expect_rate(rate)
    mistakes_per_epoch = []
    while len(mistakes_per_epoch) < max_epochs:
        mistakes = 0
        for x_n, y_n in zip(x, y.tolist(), strict=True):
            params, was_wrong = _updated(params, x_n, y_n, rate)
            mistakes += was_wrong
        mistakes_per_epoch.append(mistakes)
        if mistakes == 0:
            break
    return Training(params, tuple(mistakes_per_epoch), converged=mistakes_per_epoch[-1] == 0)


def convergence_bound(separator: Params, x: Array, y: Array) -> float:
    """The largest number of mistakes that the rule can make from zero weights, in whatever order: (R / γ)².

    With the bias as a weight of a constant input 1: R = max ‖(x, 1)‖, and the margin of a separator (w, b) is
    γ = min y (w · x + b) / ‖(w, b)‖. Any separator gives a bound; that of the widest margin gives the smallest.

    Shapes: x (N, D), y (N) of −1 and +1.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or label, or unless `separator` has every example
    strictly on its side, which for XOR none has. Source: Novikoff 1962; chapter perceptron.

    >>> x, y = np.array([[3.0], [-3.0]]), np.array([1, -1])
    >>> round(convergence_bound(Params(np.array([1.0]), np.array(0.0)), x, y), 4)
    1.1111
    """
    _expect_params(separator)
    _expect_examples(separator, x, y)
    w, b = separator
    distances = y * (x @ w + b)
    wrong = int(np.sum(distances <= 0))
    if wrong:
        raise ValueError(
            f"separator must have every example strictly on its side, but {wrong} of {len(y)} are not. "
            "Without a separating line there is no bound: the perceptron does not converge."
        )
    R_squared = np.max(np.sum(x * x, axis=1)) + 1
    margin_squared = np.min(distances) ** 2 / (w @ w + b * b)
    return float(R_squared / margin_squared)


def _updated(params: Params, x: Array, y: int, rate: float) -> tuple[Params, bool]:
    w, b = params
    prediction = 1 if np.dot(x, w) + b >= 0 else -1
    if prediction == y:
        return params, False
    change = rate * (y - prediction) / 2
    return Params(w + change * x, np.asarray(b + change, b.dtype)), True


def _expect_params(params: Params) -> None:
    expect_floats("w", params.w, D=None)
    expect_floats("b", params.b, params.w.dtype)


def _expect_examples(params: Params, x: Array, y: Array) -> None:
    expect_floats("x", x, params.w.dtype, N=None, D=len(params.w))
    expect_no_nan("x", x)
    _expect_labels("y", y, x.shape[:1])


def _expect_labels(name: str, y: Any, shape: tuple[int, ...]) -> None:
    if not isinstance(y, np.ndarray) or not np.issubdtype(y.dtype, np.integer):
        kind = y.dtype if isinstance(y, np.ndarray) else type(y).__name__
        raise TypeError(
            f"{name} must hold whole numbers, −1 and +1, but is of type {kind}. Use .astype(int) on an array."
        )
    if y.shape != shape:
        raise ValueError(
            f"{name} must have one label for each example, {shape}, but has the shape {y.shape}."
        )
    wrong = y[(y != 1) & (y != -1)]
    if len(wrong):
        raise ValueError(
            f"{name} must hold −1 and +1, but {wrong[0]} occurs. Labels 0 and 1 become these by 2 * {name} - 1."
        )


def _expect_rate(rate: float) -> None:
    if not 0 < rate < np.inf:
        raise ValueError(f"rate must be a positive number, but is {rate!r}.")
