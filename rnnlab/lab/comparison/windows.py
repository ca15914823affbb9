"""What sees a fixed window alone: the last inputs side by side, for one linear layer or a multilayer perceptron, and a
stack of convolutions without dilation. Before the first input stand zeros.
"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import causal_convolution

Array = NDArray[Any]


class Layers(NamedTuple):
    """The convolutions of a stack, or their gradients, the first one first."""

    convolutions: tuple[causal_convolution.Params, ...]


class LayersCache(NamedTuple):
    """What `layers_backward` needs: every convolution's cache, and the output of every activation."""

    convolutions: tuple[causal_convolution.Cache, ...]
    outputs: tuple[Array, ...]


def features(x: Array, window: int) -> Array:
    """The last inputs at every step side by side, the latest one last: (T, B, D) → (T, B, W D).

    >>> features(np.array([[[1.0]], [[2.0]], [[3.0]]]), window=2)[:, 0].tolist()
    [[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]]
    """
    T = len(x)
    padded = np.concatenate([np.zeros((window - 1, *x.shape[1:]), x.dtype), x])
    return np.concatenate([padded[k : k + T] for k in range(window)], axis=-1)


def init_layers(rng: Generator, widths: tuple[int, ...], kernel: int, dtype: DTypeLike) -> Layers:
    """Starting weights of a stack, from the width of its input to that of its output."""
    return Layers(
        tuple(causal_convolution.init(rng, D, M, kernel, dtype) for D, M in itertools.pairwise(widths))
    )


def layers_forward(params: Layers, x: Array, mask: Array | None = None) -> tuple[Array, LayersCache]:
    """h_l = ReLU(W_l ∗ h_{l−1} + b_l): (T, B, D) → (T, B, M)."""
    caches, outputs, h = [], [], x
    for convolution in params.convolutions:
        a, cache = causal_convolution.forward(convolution, h, mask=mask)
        h = np.maximum(a, 0)
        caches.append(cache)
        outputs.append(h)
    return h, LayersCache(tuple(caches), tuple(outputs))


def layers_backward(d_h: Array, cache: LayersCache) -> tuple[Array, Layers]:
    """From the gradient at the outputs to those at inputs and weights."""
    grads = []
    for convolution, h in zip(reversed(cache.convolutions), reversed(cache.outputs), strict=True):
        d_h, _, own = causal_convolution.backward(d_h * (h > 0), convolution)
        grads.append(own)
    return d_h, Layers(tuple(reversed(grads)))
