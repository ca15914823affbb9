"""Derivatives by lag: they are the last row of the connectivity, and they end where the receptive field does."""

from functools import partial
from itertools import product

import numpy as np
import pytest

from rnnlab.analysis.connectivity import connectivity
from rnnlab.lab import reach_of_networks as lab
from rnnlab.nets import rnn


@pytest.fixture
def x():
    return np.random.default_rng(1).normal(size=(12, 1, 3))


def test_it_is_the_last_row_of_the_connectivity_turned_round(x):
    params = rnn.init(np.random.default_rng(0), 3, 4)
    whole = connectivity(partial(rnn.forward, params), rnn.backward, x)[0]
    np.testing.assert_allclose(lab.of_rnn(np.random.default_rng(0), x, 4, "uniform"), whole[-1][::-1])


@pytest.mark.parametrize("of_network", [lab.of_tcn, lab.of_plain_stack])
def test_it_is_zero_outside_the_receptive_field_alone(of_network, x):
    sizes = of_network(np.random.default_rng(0), x, 32, 2)  # wide enough that no ReLU cuts a lag off
    assert (sizes[:7] > 0).all()
    assert not sizes[7:].any()


def test_the_fewest_blocks_are_the_fewest_of_all_paths():
    fewest = {}
    for taps in product(range(3), repeat=4):
        lag = sum(count * 2**block for block, count in enumerate(taps))
        fewest[lag] = min(fewest.get(lag, 99), sum(count > 0 for count in taps))
    assert sorted(fewest) == list(range(31))
    assert all(lab.fewest_blocks(lag, blocks=4) == through for lag, through in fewest.items())


@pytest.mark.parametrize("lag", [-1, 31])
def test_a_lag_outside_is_refused(lag):
    with pytest.raises(ValueError, match="lag must lie inside"):
        lab.fewest_blocks(lag, blocks=4)
