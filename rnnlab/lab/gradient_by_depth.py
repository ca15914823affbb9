"""Experiment: how large is the gradient at each block of an untrained transformer: norm first, norm last, or neither
norm nor residual sum?

Prediction: with neither, the gradient shrinks block by block toward the input; with both it does not. The norm's place
decides how large the gradient is near the output of a deep stack (Xiong et al. 2020): of one size with the norm last,
smaller and smaller with the norm first. Budget: about 1 s. Result: the norm of the gradient at each block.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets import feed_forward, self_attention, transformer, transformer_block
from rnnlab.nets.door import expect_one_of
from rnnlab.nets.transformer_block import Options
from rnnlab.training.clipping import global_norm

Array = NDArray[Any]

KINDS = ("norm first", "norm last", "neither norm nor sum")
T, B, H, HEADS = 16, 4, 32, 2


def at_blocks(kind: str, L: int, seed: int) -> Array:
    """‖∂L/∂θ_l‖ for the weights θ_l of each block l, from the first to the last: (L).

    The loss is the product of the outputs with a random direction of norm 1; the inputs have variance 1.

    Raises: ValueError for another kind or L below 1.
    """
    expect_one_of("kind", kind, KINDS)
    rng = np.random.default_rng(seed)
    params = transformer.init(rng, H, L, norm_first=kind == "norm first")
    x, d_y = rng.normal(size=(2, T, B, H))
    d_y /= np.linalg.norm(d_y)
    if kind == "neither norm nor sum":
        return _plain(params.blocks, x, d_y)
    _, cache = transformer.forward(
        params, x, options=Options(heads=HEADS, norm_first=params.norm is not None)
    )
    _, _, grads = transformer.backward(d_y, cache)
    return np.array([global_norm(block) for block in grads.blocks])


def _plain(blocks: tuple[transformer_block.Params, ...], x: Array, d_y: Array) -> Array:
    """y = feed_forward(attention(x)) in every block, and the gradients at their weights."""
    caches, norms = [], []
    for block in blocks:
        x, attention = self_attention.forward(block.attention, x, HEADS, causal=True)
        x, network = feed_forward.forward(block.feed_forward, x)
        caches.append((attention, network))
    for attention, network in reversed(caches):
        d_attended, fed = feed_forward.backward(d_y, network)
        d_y, _, attended = self_attention.backward(d_attended, attention)
        norms.append(global_norm((attended, fed)))
    return np.array(norms[::-1])
