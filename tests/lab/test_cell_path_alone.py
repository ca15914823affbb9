"""The cell path: the product of forget gates, compared with all paths."""

import numpy as np
import pytest

from rnnlab.lab import cell_path_alone as lab


def test_both_start_from_the_loss_and_have_one_norm_for_each_lag():
    every, alone = lab.paths(np.random.default_rng(0), forget_bias=1.0, T=7, H=4, D=3)
    assert every.shape == alone.shape == (8,)
    assert every[0] == 0
    assert alone[0] < 0  # on its way into the cell it meets o ⊙ (1 − tanh²(c)) < 1


def test_without_recurrent_weights_the_cell_path_is_all_there_is():
    every, alone = lab.paths(np.random.default_rng(1), forget_bias=1.0, scale=0.0, T=9, H=4, D=3)
    np.testing.assert_allclose(every[1:], alone[1:], rtol=1e-10)


@pytest.mark.parametrize("bias", [-2.0, 3.0])
def test_without_weights_the_rate_is_near_the_gate_at_its_bias(bias):
    _, alone = lab.paths(np.random.default_rng(2), forget_bias=bias, scale=0.0, T=40, H=64)
    rate = 10 ** ((alone[-1] - alone[0]) / 40)
    assert abs(rate - 1 / (1 + np.exp(-bias))) < 0.05


def test_a_scan_has_a_row_for_each_seed():
    every, alone = lab.scan(2.0, seeds=(0, 1), T=5, H=4)
    assert every.shape == alone.shape == (2, 6)
    assert not np.array_equal(every[0], every[1])
