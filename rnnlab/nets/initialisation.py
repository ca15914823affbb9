"""Random and fixed starting values for weights, which are (out, in). Randomness comes from the `rng` that is passed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets.door import expect_sizes

Array = NDArray[Any]


def uniform(rng: Generator, shape: tuple[int, ...], fan: int, dtype: DTypeLike = np.float64) -> Array:
    """Uniform numbers between −1/√fan and 1/√fan, torch's default: its recurrent layers take fan = H for all weights.

    Raises: ValueError unless `fan` is positive. Source: documentation of torch.nn.RNN; chapter gradients.

    >>> uniform(np.random.default_rng(0), (2, 2), fan=4).round(3)
    array([[ 0.137, -0.23 ],
           [-0.459, -0.483]])
    """
    expect_sizes(fan=fan)
    bound = 1 / np.sqrt(fan)
    return rng.uniform(-bound, bound, shape).astype(dtype)


def glorot(rng: Generator, rows: int, columns: int, dtype: DTypeLike = np.float64) -> Array:
    """A (rows, columns) matrix, uniform between ±√(6 / (rows + columns)): signals keep their variance both ways.

    Raises: ValueError unless the sizes are positive. Source: Glorot and Bengio 2010; chapter gradients.

    >>> glorot(np.random.default_rng(0), 1, 2).round(3)
    array([[ 0.387, -0.651]])
    """
    expect_sizes(rows=rows, columns=columns)
    bound = np.sqrt(6 / (rows + columns))
    return rng.uniform(-bound, bound, (rows, columns)).astype(dtype)


def orthogonal(
    rng: Generator, rows: int, columns: int, gain: float = 1.0, dtype: DTypeLike = np.float64
) -> Array:
    """A random matrix (rows, columns) with orthonormal columns, or rows if there are fewer of them, times `gain`.

    With gain 1 a square one keeps the length of every vector. It is the QR factor of a Gaussian matrix; making the
    diagonal of R positive makes it uniform over all orthogonal matrices.

    Raises: ValueError unless the sizes are positive. Source: Saxe, McClelland and Ganguli 2014; Mezzadri 2007.

    >>> Q = orthogonal(np.random.default_rng(0), 3, 2)
    >>> bool(np.allclose(Q.T @ Q, np.eye(2)))
    True
    """
    expect_sizes(rows=rows, columns=columns)
    Q, R = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    Q *= np.sign(np.diag(R))
    return (gain * (Q if rows >= columns else Q.T)).astype(dtype)


def identity(H: int, scale: float = 1.0, dtype: DTypeLike = np.float64) -> Array:
    """The (H, H) matrix scale · I. A ReLU network that starts with I and no bias copies its state from step to step.

    Raises: ValueError unless H is positive. Source: Le, Jaitly and Hinton 2015 (IRNN); chapter activations.

    >>> identity(2)
    array([[1., 0.],
           [0., 1.]])
    """
    expect_sizes(H=H)
    return scale * np.eye(H, dtype=dtype)


def chrono(rng: Generator, H: int, longest: int, dtype: DTypeLike = np.float64) -> Array:
    """Biases (H) for gates that keep: log(u) with u uniform between 1 and `longest` − 1.

    A gate that stays at its bias b keeps the share σ(b) = u / (1 + u) from step to step, so it forgets over about 1 + u
    steps: the units cover all time scales from 2 steps to `longest`.

    Raises: ValueError unless `longest` is at least 3. Source: Tallec and Ollivier 2018; chapter lstm.

    >>> chrono(np.random.default_rng(0), 3, longest=100).round(2)
    array([4.15, 3.31, 1.61])
    """
    expect_sizes(H=H, longest=longest)
    if longest < 3:
        raise ValueError(
            f"longest must be at least 3 steps, but is {longest}. Is it the longest lag in the data?"
        )
    return np.log(rng.uniform(1, longest - 1, H)).astype(dtype)
