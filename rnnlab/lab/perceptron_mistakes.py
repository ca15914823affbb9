"""Experiment: how many mistakes a perceptron makes before it is right, and how many it may make at most.

Points in a square, on both sides of a line, none closer to it than a margin. Prediction: the mistakes stay below
(R / γ)² for every margin and every order, mostly far below, since the bound is for the worst case. Budget: some
milliseconds for a run. Result: the mistakes and the bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.nets import perceptron

Array = NDArray[Any]


@dataclass(frozen=True)
class Points:
    """N points (N, D), their labels −1 and +1 (N), and a line that separates them."""

    x: Array
    y: Array
    separator: perceptron.Params


@dataclass(frozen=True)
class Race:
    """How many mistakes were made, and how many the theorem allows."""

    mistakes: int
    bound: float


def separable(rng: Generator, N: int, margin: float, D: int = 2) -> Points:
    """Points uniform in [−1, 1]^D of which none is closer than `margin` to a random line through the square's middle.

    The margin is the geometric one of the theorem, |w · x + b| / ‖(w, b)‖.

    Raises: ValueError for a margin so wide that hardly any point is left.
    """
    if not 0 < margin < 0.5:
        raise ValueError(f"margin must lie between 0 and 0.5, where points are left, but is {margin}.")
    direction = rng.normal(size=D)
    separator = perceptron.Params(direction / np.linalg.norm(direction), np.array(rng.uniform(-0.3, 0.3)))
    kept: list[Array] = []
    while len(kept) < N:
        x = rng.uniform(-1, 1, size=D)
        if abs(_distance(separator, x)) >= margin:
            kept.append(x)
    x = np.array(kept)
    y = np.where(x @ separator.w + separator.b > 0, 1, -1)
    return Points(x, y, separator)


def path(points: Points, max_epochs: int = 100) -> list[perceptron.Params]:
    """The weights at the start and after each mistake, until an epoch passes without one."""
    params = perceptron.init(points.x.shape[1])
    found = [params]
    for _ in range(max_epochs):
        before = len(found)
        for x_n, y_n in zip(points.x, points.y.tolist(), strict=True):
            after = perceptron.update(params, x_n, y_n)
            if not np.array_equal(after.w, params.w) or after.b != params.b:
                found.append(after)
            params = after
        if len(found) == before:
            break
    return found


def race(rng: Generator, N: int, margin: float, D: int = 2) -> Race:
    """One set of points, read in its order until no mistake is left."""
    points = separable(rng, N, margin, D)
    training = perceptron.train(perceptron.init(D), points.x, points.y, max_epochs=100_000)
    return Race(training.mistakes, perceptron.convergence_bound(points.separator, points.x, points.y))


def _distance(separator: perceptron.Params, x: Array) -> float:
    w, b = separator
    return float((x @ w + b) / np.sqrt(w @ w + b * b))
