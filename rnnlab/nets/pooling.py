"""Pooling over images: each window, or the whole image, becomes its largest or its mean value, channel by channel.

Images are (B, C, H, W): batch, channel, height, width. Sequences have `pooling_over_time`.
Sources: LeCun et al. 1998 (averages); Ranzato et al. 2007 (maxima); chapter convolution.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.door import expect_floats, expect_no_nan
from rnnlab.nets.windows import Pair, pair, windows, windows_backward

Array = NDArray[Any]


class MaxCache(NamedTuple):
    """What `max_pool_backward` needs; `winner` (B, C, H_out, W_out) numbers the places of a window row by row."""

    winner: Array
    image_size: Pair
    kernel: Pair
    stride: Pair
    dtype: np.dtype[Any]


class AverageCache(NamedTuple):
    """What `average_pool_backward` needs."""

    output_shape: tuple[int, ...]
    image_size: Pair
    kernel: Pair
    stride: Pair
    dtype: np.dtype[Any]


class GlobalCache(NamedTuple):
    """What `global_average_pool_backward` needs."""

    image_shape: tuple[int, ...]
    dtype: np.dtype[Any]


def max_pool(x: Array, kernel: int | Pair, stride: int | Pair | None = None) -> tuple[Array, MaxCache]:
    """The largest value of each window: y[p, q] = max_{i,j} x[p sh + i, q sw + j]. Among equals the first one counts.

    Shapes: x (B, C, H, W); the stride is that of the kernel if None; returns y (B, C, H_out, W_out) with
    H_out = ⌊(H − kh) / sh⌋ + 1, and the cache.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, kernel or stride. Source: Ranzato et al. 2007.

    >>> max_pool(np.array([[[[1.0, 5.0, 3.0, 2.0]]]]), kernel=(1, 2))[0]
    array([[[[5., 3.]]]])
    """
    kernel, stride = _expect_pool(x, kernel, stride)
    seen = windows(x, kernel, stride)
    B, C, kh, kw, H_out, W_out = seen.shape
    candidates = seen.reshape(B, C, kh * kw, H_out, W_out)
    winner = candidates.argmax(axis=2)
    y = np.take_along_axis(candidates, winner[:, :, np.newaxis], axis=2)[:, :, 0]
    return y, MaxCache(winner, x.shape[2:], kernel, stride, x.dtype)


def max_pool_backward(d_y: Array, cache: MaxCache) -> Array:
    """The gradient at the images: all of d_y goes to the value that won, and nothing to the others.

    Shapes: d_y (B, C, H_out, W_out); returns d_x (B, C, H, W).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter convolution.

    >>> _, cache = max_pool(np.array([[[[1.0, 5.0, 3.0, 2.0]]]]), kernel=(1, 2))
    >>> max_pool_backward(np.array([[[[1.0, 2.0]]]]), cache)
    array([[[[0., 1., 2., 0.]]]])
    """
    winner, image_size, (kh, kw), stride, dtype = cache
    B, C, H_out, W_out = winner.shape
    expect_floats("d_y", d_y, dtype, B=B, C=C, H_out=H_out, W_out=W_out)
    d_windows = np.zeros((B, C, kh * kw, H_out, W_out), d_y.dtype)
    np.put_along_axis(d_windows, winner[:, :, np.newaxis], d_y[:, :, np.newaxis], axis=2)
    return windows_backward(d_windows.reshape(B, C, kh, kw, H_out, W_out), image_size, stride)


def average_pool(
    x: Array, kernel: int | Pair, stride: int | Pair | None = None
) -> tuple[Array, AverageCache]:
    """The mean of each window: y[p, q] = Σ_{i,j} x[p sh + i, q sw + j] / (kh kw).

    Shapes: x (B, C, H, W); the stride is that of the kernel if None; returns y (B, C, H_out, W_out) with
    H_out = ⌊(H − kh) / sh⌋ + 1, and the cache.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, kernel or stride. Source: LeCun et al. 1998.

    >>> average_pool(np.array([[[[1.0, 5.0, 3.0, 2.0]]]]), kernel=(1, 2))[0]
    array([[[[3. , 2.5]]]])
    """
    kernel, stride = _expect_pool(x, kernel, stride)
    y = windows(x, kernel, stride).mean(axis=(2, 3))
    return y, AverageCache(y.shape, x.shape[2:], kernel, stride, x.dtype)


def average_pool_backward(d_y: Array, cache: AverageCache) -> Array:
    """The gradient at the images: each value of a window gets its share d_y / (kh kw), and overlapping windows add up.

    Shapes: d_y (B, C, H_out, W_out); returns d_x (B, C, H, W).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter convolution.

    >>> _, cache = average_pool(np.array([[[[1.0, 5.0, 3.0, 2.0]]]]), kernel=(1, 2))
    >>> average_pool_backward(np.array([[[[1.0, 2.0]]]]), cache)
    array([[[[0.5, 0.5, 1. , 1. ]]]])
    """
    (B, C, H_out, W_out), image_size, (kh, kw), stride, dtype = cache
    expect_floats("d_y", d_y, dtype, B=B, C=C, H_out=H_out, W_out=W_out)
    share = (d_y / (kh * kw))[:, :, np.newaxis, np.newaxis]
    return windows_backward(np.broadcast_to(share, (B, C, kh, kw, H_out, W_out)), image_size, stride)


def global_average_pool(x: Array) -> tuple[Array, GlobalCache]:
    """The mean of every channel, y = Σ_{p,q} x[p, q] / (H W), whatever the size of the image.

    Shapes: x (B, C, H, W); returns y (B, C) and the cache.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Lin, Chen and Yan 2014.

    >>> global_average_pool(np.array([[[[1.0, 5.0, 3.0, 2.0]]]]))[0]
    array([[2.75]])
    """
    _expect_images(x)
    return x.mean(axis=(2, 3)), GlobalCache(x.shape, x.dtype)


def global_average_pool_backward(d_y: Array, cache: GlobalCache) -> Array:
    """The gradient at the images: d_y / (H W) at every place. d_y (B, C) → d_x (B, C, H, W).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Lin, Chen and Yan 2014.

    >>> _, cache = global_average_pool(np.ones((1, 1, 1, 4)))
    >>> global_average_pool_backward(np.array([[8.0]]), cache)
    array([[[[2., 2., 2., 2.]]]])
    """
    (B, C, H, W), dtype = cache
    expect_floats("d_y", d_y, dtype, B=B, C=C)
    return np.tile((d_y / (H * W))[:, :, np.newaxis, np.newaxis], (H, W))


def _expect_images(x: Array) -> None:
    expect_floats("x", x, B=None, C=None, H=None, W=None)
    expect_no_nan("x", x)


def _expect_pool(x: Array, kernel: int | Pair, stride: int | Pair | None) -> tuple[Pair, Pair]:
    _expect_images(x)
    kernel = pair("kernel", kernel)
    return kernel, kernel if stride is None else pair("stride", stride)
