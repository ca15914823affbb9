"""The cost of what works on each place by itself, for a number of places: T · B in a batch. See `record`."""

from __future__ import annotations

from rnnlab.analysis.cost.record import Cost, Flops
from rnnlab.nets.door import expect_sizes


def dense(places: int, N: int, M: int, itemsize: int = 8) -> Cost:
    """A dense layer, or a readout, N → M: M (N + 1) parameters; its input is kept. Pointwise: the bias.

    Raises: ValueError for a size below 1. Source: chapter perceptron.

    >>> dense(places=10, N=3, M=2).forward
    Flops(products=120, pointwise=20)
    """
    expect_sizes(places=places, N=N, M=M, itemsize=itemsize)
    return Cost(
        parameters=M * (N + 1),
        forward=Flops(2 * M * N, M).times(places),
        backward=Flops(2 * 2 * M * N, M).times(places),
        input_bytes=itemsize * places * N,
    )


def layer_norm(places: int, H: int, itemsize: int = 8) -> Cost:
    """Layer normalization of H units: 2 H parameters; it keeps the normalized units and one deviation a place.

    Pointwise, for each place: forward 7 H + 4 (mean, difference, square, mean, quotient, gain and bias; two quotients,
    ε and the root), backward 11 H + 2 (8 H + 2 in d_x, 3 H in gain and bias).

    Raises: ValueError for a size below 1. Source: Ba, Kiros and Hinton 2016.

    >>> layer_norm(places=10, H=4).forward.pointwise
    320
    """
    expect_sizes(places=places, H=H, itemsize=itemsize)
    return Cost(
        parameters=2 * H,
        forward=Flops(pointwise=7 * H + 4).times(places),
        backward=Flops(pointwise=11 * H + 2).times(places),
        cache_bytes=itemsize * places * (H + 1),
    )


def feed_forward(places: int, H: int, F: int, itemsize: int = 8) -> Cost:
    """The network of a transformer block with ReLU, H → F → H: it keeps its input, F units and F slopes a place.

    Pointwise, for each place: forward the two biases, ReLU and its slope; backward the slope and the two biases.

    Raises: ValueError for a size below 1. Source: chapter transformer.

    >>> feed_forward(places=10, H=2, F=8).parameters
    42
    """
    expect_sizes(F=F)
    expand, contract = dense(places, H, F, itemsize), dense(places, F, H, itemsize).on_own_input()
    activation = Cost(
        forward=Flops(pointwise=2 * F).times(places),
        backward=Flops(pointwise=F).times(places),
        cache_bytes=itemsize * places * F,
    )
    return expand + activation + contract
