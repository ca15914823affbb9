"""How weights start: each function draws one matrix (out, in) from a passed generator."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray


def uniform(rng: Generator, shape: tuple[int, ...], fan: int, dtype: DTypeLike = np.float64) -> NDArray:
    """Values from U(−1/√fan, 1/√fan), torch's default for recurrent and linear layers (fan is H there).

    Raises `ValueError` unless `fan` is positive. Source: the documentation of torch.nn.RNN.

    >>> bool(np.all(np.abs(uniform(np.random.default_rng(0), (3, 4), fan=4)) <= 0.5))
    True
    """
    _require_positive("fan", fan)
    bound = 1 / np.sqrt(fan)
    return rng.uniform(-bound, bound, shape).astype(dtype)


def glorot(rng: Generator, rows: int, columns: int, dtype: DTypeLike = np.float64) -> NDArray:
    """Glorot's (Xavier's) uniform initialisation, U(−a, a) with a = √(6 / (rows + columns)).

    Shapes: -> (rows, columns), variance 2 / (rows + columns). Raises `ValueError` unless both sizes are positive.
    Source: Glorot and Bengio (2010).

    >>> glorot(np.random.default_rng(0), 2, 4).shape
    (2, 4)
    """
    _require_positive("rows", rows)
    _require_positive("columns", columns)
    bound = np.sqrt(6 / (rows + columns))
    return rng.uniform(-bound, bound, (rows, columns)).astype(dtype)


def orthogonal(
    rng: Generator, rows: int, columns: int, gain: float = 1.0, dtype: DTypeLike = np.float64
) -> NDArray:
    """A random matrix with orthonormal rows or columns, whichever are fewer, times `gain`: W Wᵀ or WᵀW = gain² I.

    Shapes: -> (rows, columns). Raises `ValueError` unless both sizes are positive. Source: Saxe, McClelland and
    Ganguli (2014); the signs of R make the distribution uniform over orthogonal matrices (Mezzadri 2007).

    >>> W = orthogonal(np.random.default_rng(0), 3, 3)
    >>> np.allclose(W @ W.T, np.eye(3))
    True
    """
    _require_positive("rows", rows)
    _require_positive("columns", columns)
    Q, R = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    Q = Q * np.sign(np.diag(R))
    return (gain * (Q if rows >= columns else Q.T)).astype(dtype)


def identity(H: int, scale: float = 1.0, dtype: DTypeLike = np.float64) -> NDArray:
    """scale · I, the start of the recurrent matrix of an IRNN: with ReLU and zero bias the state is carried over.

    Shapes: -> (H, H). Raises `ValueError` unless `H` is positive. Source: Le, Jaitly and Hinton (2015).

    >>> identity(2, scale=0.5)
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    _require_positive("H", H)
    return scale * np.eye(H, dtype=dtype)


def _require_positive(name: str, size: int) -> None:
    if size < 1:
        raise ValueError(f"{name} should be a positive size, but {size} came")
