"""The rows of the comparison: every architecture with its name, and the width that gives it a number of parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from rnnlab.analysis.cost import parts
from rnnlab.lab.comparison import networks
from rnnlab.lab.comparison.networks import Network
from rnnlab.nets import parameters, rnn
from rnnlab.nets.door import expect_one_of

WITHIN = 0.10  # how far from the wanted number of parameters a network may be


class Architecture(NamedTuple):
    """What a row is called on the page, how its network is made, and whether it sees the past alone.

    make(width, D, T) → Network, or make(width, D, T, window=…) where `windowed`.
    """

    label: str
    make: Callable[..., Network]
    causal: bool = True
    windowed: bool = False
    sized: bool = True


ARCHITECTURES: dict[str, Architecture] = {
    "linear": Architecture("linear (window)", networks.linear, windowed=True, sized=False),
    "mlp": Architecture("MLP (window)", networks.perceptron, windowed=True),
    "cnn": Architecture("CNN", networks.cnn),
    "tcn": Architecture("TCN", networks.tcn),
    "rnn": Architecture("RNN", partial(networks.simple, "rnn")),
    "rnn-orthogonal": Architecture(
        "RNN (orthogonal)", partial(networks.simple, "rnn", recurrent="orthogonal")
    ),
    "lstm": Architecture("LSTM", partial(networks.simple, "lstm")),
    "lstm-1": Architecture("LSTM ($b_f = 1$)", partial(networks.simple, "lstm", forget_bias=1.0)),
    "lstm-4": Architecture("LSTM ($b_f = 4$)", partial(networks.simple, "lstm", forget_bias=4.0)),
    "gru": Architecture("GRU", partial(networks.simple, "gru")),
    "gru-4": Architecture("GRU ($b_z = 4$)", partial(networks.simple, "gru", update_bias=4.0)),
    "mingru": Architecture("minGRU", networks.minimal),
    "mingru-4": Architecture("minGRU ($b_z = -4$)", partial(networks.minimal, update_bias=-4.0)),
    "bidirectional": Architecture("bidirectional GRU", networks.both_ways, causal=False),
    "hybrid": Architecture("CNN + GRU", networks.hybrid),
    "transformer": Architecture("Transformer", networks.attention),
}
# The other starts are run where memory is the question.
STARTS = ("rnn-orthogonal", "lstm-1", "lstm-4", "gru-4", "mingru-4")
PLAIN = tuple(name for name in ARCHITECTURES if name not in STARTS)


class Sized(NamedTuple):
    """A network of the right size: its width, itself, and all its parameters with those of the readout."""

    width: int
    network: Network
    parameters: int


@cache
def sized(name: str, D: int, K: int, T: int, wanted: int, window: int) -> Sized:
    """The network whose number of parameters, with the readout's K outputs, comes nearest to the wanted one.

    Raises: ValueError for another name, or where no width comes within 10 %.

    >>> sized("lstm", D=8, K=4, T=30, wanted=5000, window=16).parameters
    5088
    """
    expect_one_of("architecture", name, tuple(ARCHITECTURES))
    architecture = ARCHITECTURES[name]
    make = partial(architecture.make, window=window) if architecture.windowed else architecture.make

    def of(width: int) -> Sized:
        network = make(width, D, T)
        count = network.cost(1, 1).parameters + parts.dense(1, network.outputs, K).parameters
        return Sized(width, network, count)

    if not architecture.sized:
        return of(1)
    low, high = 1, 2
    while of(high).parameters < wanted:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if of(middle).parameters < wanted else (low, middle)
    found = min((of(low), of(high)), key=lambda each: abs(each.parameters - wanted))
    if abs(found.parameters - wanted) > WITHIN * wanted:
        raise ValueError(
            f"{name} has {found.parameters} parameters at its best width, {found.width}, which is not within "
            f"{WITHIN:.0%} of {wanted}. Ask for more parameters, so that one more unit counts for less."
        )
    return found


def draw(rng: Generator, of: Sized, K: int) -> tuple:
    """Starting weights: of the network, and of its readout."""
    return of.network.init(rng), rnn.init_readout(rng, of.network.outputs, K, np.float32)


def counted(params: tuple) -> int:
    """How many parameters there really are."""
    return parameters.count(params)
