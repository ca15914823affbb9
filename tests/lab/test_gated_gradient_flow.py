"""Gradient flow at the start: shapes, seeds, and rates that are known."""

import numpy as np
import pytest

from rnnlab.lab import gated_gradient_flow as lab
from rnnlab.lab.gated_gradient_flow import Start


def test_norms_are_relative_to_the_end_and_one_for_each_lag():
    norms = lab.norms_by_lag(np.random.default_rng(0), Start("lstm"), T=6, H=4, D=3)
    assert norms.shape == (7,)
    assert norms[0] == 0


@pytest.mark.parametrize(
    "start", [Start("gru", {"update_bias": 1.0}, {"reset": "before"}), Start("lstm", {"chrono": 9})]
)
def test_any_cell_with_any_options_is_measured_once_a_seed(start):
    norms = lab.scan({"it": start}, seeds=(0, 1), T=12, H=4)["it"]
    assert norms.shape == (2, 13)
    assert not np.array_equal(norms[0], norms[1])
    assert lab.rates(norms).shape == (2,)


def test_an_equal_seed_gives_equal_norms():
    first, again = (lab.scan({"it": Start("rnn")}, (3,), T=5)["it"] for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_a_steady_factor_is_read_off_as_it_is():
    norms = np.log10(0.9) * np.arange(31) * np.ones((2, 1))
    np.testing.assert_allclose(lab.rates(norms), 0.9)


def test_open_forget_gates_keep_more_than_closed_ones():
    starts = {bias: Start("lstm", {"forget_bias": bias}) for bias in (0.0, 2.0)}
    rates = {bias: lab.rates(norms) for bias, norms in lab.scan(starts, (0, 1), T=40, H=16).items()}
    assert rates[0.0].max() < rates[2.0].min()
