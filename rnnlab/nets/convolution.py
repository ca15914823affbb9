"""The two-dimensional convolution over images, y = W ∗ x + b: as in torch, the kernel is not flipped.

Images are (B, C, H, W): batch, channel, height, width. Here B comes first and H is a height, because images are not
sequences; sequences have `causal_convolution`. Sources: LeCun et al. 1998; chapter convolution.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import initialisation
from rnnlab.nets.door import expect_floats, expect_no_nan, expect_sizes
from rnnlab.nets.windows import Pair, pair, windows, windows_backward

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights, or their gradients: W (M, C, kh, kw), b (M)."""

    W: Array
    b: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`; `patches` (B, C kh kw, H_out W_out) holds each window as a column."""

    params: Params
    patches: Array
    image_size: Pair
    output_size: Pair
    stride: Pair
    padding: Pair


def init(rng: Generator, C: int, M: int, kernel: int | Pair, dtype: DTypeLike = np.float64) -> Params:
    """Starting weights for C input and M output channels, uniform in ±1/√(C kh kw) as in torch.

    Raises: ValueError for a size below 1. Source: documentation of torch.nn.Conv2d.

    >>> [weight.shape for weight in init(np.random.default_rng(0), C=3, M=2, kernel=5)]
    [(2, 3, 5, 5), (2,)]
    """
    expect_sizes(C=C, M=M)
    kh, kw = pair("kernel", kernel)
    fan = C * kh * kw
    W = initialisation.uniform(rng, (M, C, kh, kw), fan, dtype)
    return Params(W, b=initialisation.uniform(rng, (M,), fan, dtype))


def forward(params: Params, x: Array, stride: int | Pair = 1, padding: int | Pair = 0) -> tuple[Array, Cache]:
    """The layer: y[m, p, q] = b[m] + Σ_{c,i,j} W[m, c, i, j] x[c, p sh + i, q sw + j], for every image of the batch.

    Before it, `padding` rows and columns of zeros are added on each side. Every window becomes a column, so that all
    sums of an image are one matrix product.

    Shapes: x (B, C, H, W); returns y (B, M, H_out, W_out) with H_out = ⌊(H + 2 padding − kh) / sh⌋ + 1, and the cache.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, stride or padding. Source: LeCun et al. 1998.

    >>> edge = Params(np.array([[[[-1.0, 1.0]]]]), np.array([0.0]))
    >>> y, cache = forward(edge, np.array([[[[0.0, 0.0, 7.0, 7.0]]]]))
    >>> y
    array([[[[0., 7., 0.]]]])
    """
    expect_floats("b", params.b, M=None)
    expect_floats("W", params.W, params.b.dtype, M=len(params.b), C=None, kh=None, kw=None)
    M, C, kh, kw = params.W.shape
    expect_floats("x", x, params.b.dtype, B=None, C=C, H=None, W=None)
    expect_no_nan("x", x)
    stride, padding = pair("stride", stride), pair("padding", padding, smallest=0)
    padded = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    seen = windows(padded, (kh, kw), stride)
    B, (H_out, W_out) = len(x), seen.shape[4:]
    patches = seen.reshape(B, C * kh * kw, H_out * W_out)
    y = params.W.reshape(M, C * kh * kw) @ patches
    y += params.b[:, np.newaxis]
    cache = Cache(params, patches, padded.shape[2:], (H_out, W_out), stride, padding)
    return y.reshape(B, M, H_out, W_out), cache


def backward(d_y: Array, cache: Cache) -> tuple[Array, Params]:
    """From the gradient at the outputs to the gradients at images and weights.

    d_W = Σ d_y patchesᵀ and d_b = Σ d_y, with sums over places and images; Wᵀ d_y is the gradient at every window,
    and d_x adds up the windows that overlap.

    Shapes: d_y (B, M, H_out, W_out); returns d_x (B, C, H, W) and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: LeCun et al. 1998; chapter convolution.

    >>> edge = Params(np.array([[[[-1.0, 1.0]]]]), np.array([0.0]))
    >>> _, cache = forward(edge, np.array([[[[0.0, 0.0, 7.0, 7.0]]]]))
    >>> d_x, grads = backward(np.array([[[[0.0, 1.0, 0.0]]]]), cache)
    >>> d_x, grads.W
    (array([[[[ 0., -1.,  1.,  0.]]]]), array([[[[0., 7.]]]]))
    """
    params, patches, image_size, (H_out, W_out), stride, (ph, pw) = cache
    (M, C, kh, kw), B = params.W.shape, len(patches)
    expect_floats("d_y", d_y, patches.dtype, B=B, M=M, H_out=H_out, W_out=W_out)
    d_y = d_y.reshape(B, M, H_out * W_out)
    d_W = (d_y @ patches.swapaxes(1, 2)).sum(axis=0)
    d_patches = params.W.reshape(M, C * kh * kw).T @ d_y
    d_padded = windows_backward(d_patches.reshape(B, C, kh, kw, H_out, W_out), image_size, stride)
    H, W = image_size
    grads = Params(W=d_W.reshape(params.W.shape), b=d_y.sum(axis=(0, 2)))
    return d_padded[:, :, ph : H - ph, pw : W - pw], grads
