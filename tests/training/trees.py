"""What the tests of training share: parameter trees of several depths, drawn at random."""

from typing import NamedTuple

import numpy as np

from rnnlab.nets import lstm, rnn


class Nested(NamedTuple):
    """A network in a network, with a branch that it does not have."""

    cell: lstm.Params
    missing: None
    readout: rnn.ReadoutParams


def drawn_tree(rng, dtype=np.float64):
    def array(*shape):
        return rng.normal(size=shape).astype(dtype)

    return Nested(
        lstm.Params(array(8, 3), array(8, 2), array(8)), None, rnn.ReadoutParams(array(4, 2), array(4))
    )
