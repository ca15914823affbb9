"""The random walk: predict the next value of something that moves by pure chance. The last value is the best forecast.

Source: Bachelier 1900; Pearson 1905; chapter forecasting (share prices).
"""

from __future__ import annotations

from numpy.random import Generator

from rnnlab.data.synthetic.batch import Batch, asked
from rnnlab.data.synthetic.sizes import expect_positive
from rnnlab.nets.door import expect_sizes


def draw(rng: Generator, B: int, T: int, step: float = 1.0) -> Batch:
    """Walks x_t = x_{t−1} + ε_t from x_0 = 0, with normal steps of standard deviation `step`; the answer is x_{t+1}.

    Raises: ValueError for a size below 1 or a `step` that is not positive. Source: Bachelier 1900.

    >>> import numpy as np
    >>> draw(np.random.default_rng(0), B=32, T=50)
    Batch(T=50, B=32, D=1, K=1, loss at 100% of the steps)
    """
    expect_sizes(B=B, T=T)
    expect_positive("step", step)
    values = rng.normal(0, step, size=(T + 1, B, 1)).cumsum(axis=0)
    return Batch(values[:-1].copy(), values[1:].copy(), asked(T, B))


def chance(T: int, step: float = 1.0) -> float:
    """Squared error of the constant 0, the mean: Var x_{t+1} = (t + 1) step², on average over t step² (T + 3) / 2."""
    return step**2 * (T + 3) / 2


def best(T: int, step: float = 1.0) -> float:
    """Squared error of the last value, step²: E[x_{t+1} | x_1 … x_t] = x_t, and what is left is Var ε = step²."""
    return step**2
