"""The cost of self-attention and transformers over a batch: T steps, B sequences, H units, N heads. See `record`.

The scores of all pairs of steps are computed and kept, causal or not: that part, and that part alone, grows with T².
"""

from __future__ import annotations

from rnnlab.analysis.cost.parts import feed_forward, layer_norm
from rnnlab.analysis.cost.record import Cost, Flops
from rnnlab.nets.door import expect_sizes


def self_attention(T: int, B: int, H: int, heads: int = 1, itemsize: int = 8) -> Cost:
    """Multi-head self-attention: 4 H (H + 1) parameters, 8 H² + 4 T H of products for each step forward.

    It keeps x, q, k, v, the heads' contexts and N T² weights for each sequence. Pointwise, for each step: forward 5 H
    (biases and the scale of q) and 5 for each weight (softmax); backward 6 H and 4 for each weight.

    Shapes: x (T, B, H) of `itemsize` bytes a number. Raises: ValueError for a size below 1.
    Source: chapter transformer.

    >>> [self_attention(T, B=1, H=64).held_bytes // 1024 for T in (64, 1024)]
    [192, 10752]
    """
    expect_sizes(T=T, B=B, H=H, heads=heads, itemsize=itemsize)
    products = 8 * H * H + 4 * T * H
    return Cost(
        parameters=4 * H * (H + 1),
        forward=Flops(products, 5 * H + 5 * heads * T).times(T * B),
        backward=Flops(2 * products, 6 * H + 4 * heads * T).times(T * B),
        cache_bytes=itemsize * B * T * (4 * H + heads * T),
        input_bytes=itemsize * T * B * H,
    )


def transformer_block(
    T: int, B: int, H: int, F: int, heads: int = 1, itemsize: int = 8, norm_first: bool = True
) -> Cost:
    """Attention, a network of F hidden units with ReLU, two norms and two residual sums, without rotary positions.

    With the norms first, attention and network read what the norms made, and the block's own input need not be kept.

    Raises: ValueError for a size below 1. Source: chapter transformer.

    >>> transformer_block(T=100, B=1, H=64, F=256).parameters
    49984
    """
    attention = self_attention(T, B, H, heads, itemsize)
    network = feed_forward(T * B, H, F, itemsize).on_own_input()
    norm = layer_norm(T * B, H, itemsize)
    sums = Flops(pointwise=2 * H).times(T * B)
    if norm_first:
        attention = attention.on_own_input()
    return attention + network + norm + norm + Cost(forward=sums, backward=sums)


def transformer(
    T: int,
    B: int,
    H: int,
    L: int,
    F: int | None = None,
    heads: int = 1,
    itemsize: int = 8,
    norm_first: bool = True,
) -> Cost:
    """L blocks with F hidden units (4 H if left out), and with the norms first a last norm; positions "none".

    Raises: ValueError for a size below 1. Source: chapter transformer.

    >>> transformer(T=100, B=1, H=64, L=2).parameters
    100096
    """
    expect_sizes(L=L, H=H)
    block = transformer_block(T, B, H, 4 * H if F is None else F, heads, itemsize, norm_first)
    total = block
    for _ in range(1, L):
        total += block.on_own_input()
    return total + layer_norm(T * B, H, itemsize) if norm_first else total
