"""The cost of causal convolutions over a batch: T steps, B sequences, D inputs, M outputs, kernel k. See `record`."""

from __future__ import annotations

from collections.abc import Sequence

from rnnlab.analysis.cost.parts import dense
from rnnlab.analysis.cost.record import Cost, Flops
from rnnlab.nets.door import expect_sizes


def causal_convolution(
    T: int, B: int, D: int, M: int, kernel: int, dilation: int = 1, itemsize: int = 8
) -> Cost:
    """One causal convolution: M (k D + 1) parameters, 2 k D M of products a step; it keeps its own copy of the inputs.

    The copy starts with the (k − 1) d inputs before the first one, which are multiplied too. Pointwise: the bias.

    Shapes: x (T, B, D) of `itemsize` bytes a number. Raises: ValueError for a size below 1.
    Source: chapter convolution.

    >>> causal_convolution(T=100, B=1, D=32, M=64, kernel=3, dilation=4).cache_bytes == 8 * (100 + 8) * 32
    True
    """
    expect_sizes(T=T, B=B, D=D, M=M, kernel=kernel, dilation=dilation, itemsize=itemsize)
    products = 2 * kernel * D * M
    return Cost(
        parameters=M * (kernel * D + 1),
        forward=Flops(products, M).times(T * B),
        backward=Flops(2 * products, M).times(T * B),
        cache_bytes=itemsize * (T + (kernel - 1) * dilation) * B * D,
    )


def temporal_block(T: int, B: int, D: int, M: int, kernel: int, dilation: int = 1, itemsize: int = 8) -> Cost:
    """The residual block with ReLU: two convolutions, and a dense layer past them where D ≠ M.

    It keeps the outputs of its three activations beside what the convolutions keep. Pointwise, for each output and
    step: forward three activations and the sum, backward three slopes and their products; and one sum for each entry
    of d_x.

    Raises: ValueError for a size below 1. Source: Bai, Kolter and Koltun 2018; chapter convolution.

    >>> temporal_block(T=100, B=1, D=32, M=64, kernel=3).parameters
    20672
    """
    first = causal_convolution(T, B, D, M, kernel, dilation, itemsize)
    second = causal_convolution(T, B, M, M, kernel, dilation, itemsize)
    around = Cost(
        forward=Flops(pointwise=4 * M).times(T * B),
        backward=Flops(pointwise=6 * M + D).times(T * B),
        cache_bytes=itemsize * 3 * T * B * M,
    )
    # the projection reads the first convolution's copy of the inputs
    projection = Cost() if D == M else dense(T * B, D, M, itemsize).on_kept_input()
    return first + second + around + projection


def temporal_convolution(
    T: int, B: int, D: int, widths: Sequence[int], kernel: int, itemsize: int = 8
) -> Cost:
    """A temporal convolutional network: a block for each of `widths`, each with twice the dilation of the one before.

    Raises: ValueError for a size below 1, or no widths. Source: Bai, Kolter and Koltun 2018; chapter convolution.

    >>> temporal_convolution(T=100, B=1, D=1, widths=[8, 8, 8], kernel=3).parameters
    1048
    """
    if not widths:
        raise ValueError("widths must hold the width of one block at least, but is empty.")
    total, width_in = Cost(), D
    for depth, width in enumerate(widths):
        total += temporal_block(T, B, width_in, width, kernel, 2**depth, itemsize)
        width_in = width
    return total
