"""Experiment: is a bar upright or lying? Networks see bars in one corner of the image, and are asked about all places.

Prediction: convolution with pooling knows what it has learned everywhere, because its weights are the same everywhere;
a network of dense layers, with forty times as many weights, knows it in the corner alone. Budget: two seconds in all.
Images are `SIZE` x `SIZE` with noise; half of the bars are upright, so guessing is right half the time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.nets import convolution, dense
from rnnlab.nets.activations import activation
from rnnlab.nets.losses import cross_entropy
from rnnlab.nets.pooling import max_pool, max_pool_backward
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import drawn
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

SIZE, LENGTH, NOISE, IMAGES = 16, 5, 0.25, 32


class Images(NamedTuple):
    """Images x (B, 1, H, W), and whether each one's bar is upright, 0 or 1, (B)."""

    x: Array
    upright: Array


class Convolutional(NamedTuple):
    """The weights of the kernels, and of the readout of their largest answers."""

    kernels: convolution.Params
    readout: dense.Params


class Dense(NamedTuple):
    """The weights from all pixels to hidden units, and from these to the two answers."""

    hidden: dense.Params
    readout: dense.Params


def bars(
    rng: Generator, B: int, rows: tuple[int, int], columns: tuple[int, int], size: tuple[int, int]
) -> Images:
    """B noisy images of this size whose bars lie inside the given ranges of rows and columns."""
    upright = rng.integers(2, size=B)
    height, width = np.where(upright, LENGTH, 1), np.where(upright, 1, LENGTH)
    top = rng.integers(rows[0], rows[1] - height + 1)[:, np.newaxis]
    left = rng.integers(columns[0], columns[1] - width + 1)[:, np.newaxis]
    row, column = np.arange(size[0]), np.arange(size[1])
    in_rows = (row >= top) & (row < top + height[:, np.newaxis])
    in_columns = (column >= left) & (column < left + width[:, np.newaxis])
    bar = in_rows[:, :, np.newaxis] & in_columns[:, np.newaxis]
    x = bar + NOISE * rng.normal(size=bar.shape)
    return Images(x[:, np.newaxis].astype(np.float32), upright)


def in_corner(rng: Generator, B: int) -> Images:
    """Bars in the upper left quarter, not on the edge of the image."""
    return bars(rng, B, (1, SIZE // 2), (1, SIZE // 2), (SIZE, SIZE))


def in_opposite_corner(rng: Generator, B: int) -> Images:
    """Bars in the lower right quarter, not on the edge of the image."""
    return bars(rng, B, (SIZE // 2, SIZE - 1), (SIZE // 2, SIZE - 1), (SIZE, SIZE))


def convolutional(rng: Generator, kernels: int = 4) -> Convolutional:
    """A fresh network of one convolution with kernels of 3 x 3."""
    return Convolutional(
        convolution.init(rng, 1, kernels, 3, np.float32), dense.init(rng, kernels, 2, np.float32)
    )


def dense_network(rng: Generator, hidden: int = 8) -> Dense:
    """A fresh network of dense layers for images of SIZE x SIZE."""
    return Dense(dense.init(rng, SIZE * SIZE, hidden, np.float32), dense.init(rng, hidden, 2, np.float32))


def logits(params: Convolutional | Dense, x: Array) -> tuple[Array, Any]:
    """The two answers for each image, (B, 2), and what the gradient needs."""
    relu = activation("relu").function
    if isinstance(params, Convolutional):
        a, first = convolution.forward(params.kernels, x)
        h = relu(a)
        seen, pooled = max_pool(h, h.shape[2:])
        features = seen[:, :, 0, 0]
    else:
        a, first = dense.forward(params.hidden, x.reshape(len(x), -1))
        h = features = relu(a)
        pooled = None
    y, last = dense.forward(params.readout, features)
    return y, (first, h, pooled, last)


def gradient(params: Convolutional | Dense, batch: Images) -> tuple[float, Any]:
    """The mean cross-entropy of a batch, and its gradient."""
    slope = activation("relu").derivative_from_output
    y, (first, h, pooled, last) = logits(params, batch.x)
    loss, d_y = cross_entropy(y, batch.upright)
    d_features, readout = dense.backward(d_y, last)
    if isinstance(params, Convolutional):
        d_h = max_pool_backward(d_features[:, :, np.newaxis, np.newaxis], pooled)
        _, kernels = convolution.backward(d_h * slope(h), first)
        return loss, Convolutional(kernels, readout)
    _, hidden = dense.backward(d_features * slope(h), first)
    return loss, Dense(hidden, readout)


def train(params: Convolutional | Dense, rng: Generator, rate: float = 1e-2, steps: int = 200) -> Any:
    """The network after it has learned from bars in the upper left corner."""
    corner = drawn(lambda rng: in_corner(rng, IMAGES))
    return fit(params, gradient, corner, optimizer("adam", rate), rng=rng, steps=steps, progress=False).params


def right(params: Convolutional | Dense, images: Images) -> float:
    """The share of right answers."""
    return float(np.mean(logits(params, images.x)[0].argmax(axis=1) == images.upright))
