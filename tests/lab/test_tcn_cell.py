"""The TCN as a cell: it is the network itself, also with padding, step by step and backward."""

import numpy as np
import pytest

from rnnlab.analysis.gradient_check import numerical_gradient
from rnnlab.lab.tcn_cell import blocks_for, tcn_cell
from rnnlab.nets import temporal_convolution as tcn
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import sequence_model


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_steps_and_the_whole_sequence_agree(rng):
    network = tcn_cell(blocks=2, kernel=3)
    params = network.init(rng, 3, 4)
    x = rng.normal(size=(9, 2, 3))
    h, cache = network.forward(params, x)
    np.testing.assert_array_equal(h, tcn.forward(params, x)[0])
    state = network.zero_state(params, 2)
    for t in range(9):
        state = network.step(params, x[t], state)
        np.testing.assert_allclose(network.output(state), h[t], atol=1e-12)
    last = network.last_state(cache)
    np.testing.assert_allclose(network.output(last), h[-1])
    continued, _ = network.forward(params, x, last)
    np.testing.assert_allclose(continued, tcn.forward(params, np.concatenate([x, x]))[0][9:], atol=1e-12)


def test_the_last_output_of_a_padded_sequence_is_that_at_its_end(rng):
    network = tcn_cell(blocks=2)
    params = network.init(rng, 3, 4)
    x, mask = rng.normal(size=(6, 2, 3)), np.array([[True, True]] * 4 + [[True, False]] * 2)
    _, cache = network.forward(params, x, mask=mask)
    short = network.output(network.last_state(cache))[1]
    np.testing.assert_allclose(short, tcn.forward(params, x[:4])[0][-1, 1], atol=1e-12)


def test_a_gradient_at_the_last_state_goes_all_the_way_back(rng):
    network = tcn_cell(blocks=2)
    params = network.init(rng, 2, 3)
    x = rng.normal(size=(5, 1, 2))
    last = network.last_state(network.forward(params, x)[1])
    d_last = last._replace(y=rng.normal(size=last.y.shape))
    d_last = d_last._replace(blocks=tuple(type(b)(0 * b.first, 0 * b.second) for b in last.blocks))

    def loss(x):
        return float((network.output(network.last_state(network.forward(params, x)[1])) * d_last.y).sum())

    h, cache = network.forward(params, x)
    d_x, _, _ = network.backward(np.zeros_like(h), cache, d_last)
    np.testing.assert_allclose(d_x, numerical_gradient(loss, x), atol=1e-8)


def test_it_trains_in_a_sequence_model(rng):
    model = sequence_model(tcn_cell(blocks=2), read="last")
    params = model.init(rng, D=3, H=4, K=2)
    loss, grads = model.gradient(params, Batch(rng.normal(size=(5, 2, 3)), np.array([0, 1])))
    assert np.isfinite(loss)
    assert grads.cell.blocks[0].first.W.any()


@pytest.mark.parametrize("kernel", [2, 3, 5])
def test_as_many_blocks_as_a_lag_needs_and_no_more(kernel):
    for lag in (1, 2, 17, 100):
        blocks = blocks_for(lag, kernel)
        params = tcn_cell(blocks, kernel).init(np.random.default_rng(0), 1, 1)
        assert tcn.receptive_field(params) > lag
        assert blocks == 1 or 1 + 2 * (kernel - 1) * (2 ** (blocks - 1) - 1) <= lag
