"""The cost of recurrent networks over a batch: T steps, B sequences, D inputs, H units. See `record`.

In all of them the products are, for G gates, 2 G H (D + H) in each step forward, and twice as many backward: once for
the gradients at x_t and h_{t−1}, once for those at the weights.
"""

from __future__ import annotations

from collections.abc import Callable

from rnnlab.analysis.cost.parts import layer_norm
from rnnlab.analysis.cost.record import Cost, Flops
from rnnlab.nets.door import expect_one_of, expect_sizes


def rnn(T: int, B: int, D: int, H: int, itemsize: int = 8) -> Cost:
    """The simple network with tanh: H (D + H + 1) parameters, and x and h_0 … h_T to keep.

    Pointwise, for each unit and step: forward the sum of both products, the bias and tanh, 3; backward the two
    gradients that meet at h_t, 1 − h², its product with them, and the bias, 5.

    Shapes: x (T, B, D) and h (T, B, H) of `itemsize` bytes a number. Raises: ValueError for a size below 1.
    Source: chapter bptt.

    >>> rnn(T=100, B=1, D=32, H=64).parameters
    6208
    """
    expect_sizes(T=T, B=B, D=D, H=H, itemsize=itemsize)
    products = 2 * H * (D + H)
    return Cost(
        parameters=H * (D + H + 1),
        forward=Flops(products, 3 * H).times(T * B),
        backward=Flops(2 * products, 5 * H).times(T * B),
        cache_bytes=itemsize * (T + 1) * B * H,
        input_bytes=itemsize * T * B * D,
    )


def lstm(T: int, B: int, D: int, H: int, itemsize: int = 8) -> Cost:
    """The LSTM: 4 H (D + H + 1) parameters; for each step it keeps h, x, a one, four gates and c: 6H + D + 1 numbers.

    Pointwise, for each unit and step: forward 12 in the four gates (two sums and an activation each), 3 in c_t and 2 in
    h_t; backward 1 where gradients meet at h_t, 6 in ε_t with tanh(c_t) anew, 4 in each gate's d_a, 1 in d_c_{t−1}, and
    4 in the bias.

    Shapes: x (T, B, D) and h (T, B, H) of `itemsize` bytes a number. Raises: ValueError for a size below 1.
    Source: chapter lstm.

    >>> lstm(T=100, B=1, D=32, H=64).parameters / rnn(T=100, B=1, D=32, H=64).parameters
    4.0
    """
    expect_sizes(T=T, B=B, D=D, H=H, itemsize=itemsize)
    products = 2 * 4 * H * (D + H)
    return Cost(
        parameters=4 * H * (D + H + 1),
        forward=Flops(products, 17 * H).times(T * B),
        backward=Flops(2 * products, 28 * H).times(T * B),
        cache_bytes=itemsize * (T + 1) * (6 * H + D + 1) * B,
    )


def gru(T: int, B: int, D: int, H: int, itemsize: int = 8) -> Cost:
    """The GRU with torch's conventions: 3 H (D + H + 1) + H parameters; a step keeps h, x, a one, m, r, z and n.

    Pointwise, for each unit and step: forward 6 in the gates r and z, 1 in m_t = W_hn h_{t−1} + b_hn, 4 in n_t and 4 in
    h_t; backward 1 where gradients meet at h_t, 1 in 1 − z, 4 in each d_a, 1 in d_m, 2 in δ_{t−1}, and 4 in the biases.

    Shapes: x (T, B, D) and h (T, B, H) of `itemsize` bytes a number. Raises: ValueError for a size below 1.
    Source: chapter gru.

    >>> gru(T=100, B=1, D=32, H=64).forward.products / lstm(T=100, B=1, D=32, H=64).forward.products
    0.75
    """
    expect_sizes(T=T, B=B, D=D, H=H, itemsize=itemsize)
    products = 2 * 3 * H * (D + H)
    return Cost(
        parameters=3 * H * (D + H + 1) + H,
        forward=Flops(products, 15 * H).times(T * B),
        backward=Flops(2 * products, 21 * H).times(T * B),
        cache_bytes=itemsize * (T + 1) * (5 * H + D + 1) * B,
    )


def mingru(T: int, B: int, D: int, H: int, itemsize: int = 8) -> Cost:
    """The minimal GRU: 2 H (D + 1) parameters and no product with the state; a step keeps x, z, 1 − z, n, a_z and h.

    Pointwise, for each unit and step: forward 3 in z_t and n_t, 4 in h_t; backward 2 in δ_t, 4 in d_a_z, 1 in d_n and 2
    in the biases. That is the scan step by step: the parallel ones do more work in less time.

    Shapes: x (T, B, D) and h (T, B, H) of `itemsize` bytes a number. Raises: ValueError for a size below 1.
    Source: chapter scan.

    >>> mingru(T=100, B=1, D=32, H=64).forward.products / gru(T=100, B=1, D=32, H=64).forward.products
    0.2222222222222222
    """
    expect_sizes(T=T, B=B, D=D, H=H, itemsize=itemsize)
    products = 2 * 2 * H * D
    return Cost(
        parameters=2 * H * (D + 1),
        forward=Flops(products, 7 * H).times(T * B),
        backward=Flops(2 * products, 9 * H).times(T * B),
        cache_bytes=itemsize * (4 * T + T + 1) * B * H,
        input_bytes=itemsize * T * B * D,
    )


CELLS: dict[str, Callable[..., Cost]] = {"rnn": rnn, "lstm": lstm, "gru": gru}


def bidirectional(T: int, B: int, D: int, H: int, itemsize: int = 8, cell: str = "rnn") -> Cost:
    """Two networks of H units each, one of which reads backwards: twice the cost, and one sum for each entry of d_x.

    Raises: ValueError for a size below 1 or another cell. Source: chapter bidirectional.

    >>> bidirectional(T=100, B=1, D=32, H=64, cell="gru").parameters / gru(T=100, B=1, D=32, H=64).parameters
    2.0
    """
    expect_one_of("cell", cell, tuple(CELLS))
    one = CELLS[cell](T, B, D, H, itemsize)
    meeting = Cost(backward=Flops(pointwise=D).times(T * B))
    return one + one.on_kept_input() + meeting


def stacked(
    T: int,
    B: int,
    D: int,
    H: int,
    L: int,
    itemsize: int = 8,
    cell: str = "rnn",
    norm: bool = False,
    residual: bool = False,
) -> Cost:
    """L layers of H units, the first on D inputs, the others on H, without dropout.

    A residual connection adds one sum for each unit, forward and backward.

    Raises: ValueError for a size below 1 or another cell. Source: chapter stacked.

    >>> stacked(T=100, B=1, D=64, H=64, L=3).flops / rnn(T=100, B=1, D=64, H=64).flops
    3.0
    """
    expect_one_of("cell", cell, tuple(CELLS))
    expect_sizes(L=L)
    total = CELLS[cell](T, B, D, H, itemsize)
    added = Flops(pointwise=H).times(T * B)
    for layer in range(1, L):
        above = CELLS[cell](T, B, H, H, itemsize)
        # the states below are in their own layer's cache, but a sum or a normalized input is kept for this layer alone
        made_for_it = norm or (residual and layer > 1)
        total += above.on_own_input() if made_for_it else above.on_kept_input()
        if norm:
            total += layer_norm(T * B, H, itemsize)
        if residual:
            total += Cost(forward=added, backward=added)
    return total
