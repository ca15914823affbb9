"""The map of gradient flow: measured rates follow the theory, and the starts rank as their Jacobians say."""

import numpy as np
import pytest

from rnnlab.analysis.gradient_flow import mean_field_rate
from rnnlab.lab import gradient_flow_map as lab


@pytest.mark.parametrize(
    ("activation", "input_sd", "gain"),
    [("tanh", 1.0, 1.5), ("tanh", 0.1, 2.0), ("relu", 1.0, 1.0), ("sigmoid", 1.0, 2.0)],
)
def test_the_measured_rate_is_near_the_mean_field_rate(activation, input_sd, gain):
    flow = lab.flow(np.random.default_rng(0), gain, activation, input_sd, H=100, T=40)
    assert flow.rate == pytest.approx(mean_field_rate(gain, activation, input_sd), rel=0.15)


def test_a_large_random_matrix_has_a_radius_near_its_gain_and_twice_the_norm():
    flow = lab.flow(np.random.default_rng(0), gain=1.5, H=200, T=25)
    assert flow.radius == pytest.approx(1.5, rel=0.1)
    assert flow.norm == pytest.approx(3.0, rel=0.1)


def test_a_spectral_radius_above_one_does_not_explode_where_inputs_saturate():
    flow = lab.flow(np.random.default_rng(0), gain=1.5, activation="tanh", input_sd=1.0)
    assert flow.radius > 1.3
    assert flow.rate < 0.95


def test_every_gain_has_every_seed():
    flows = lab.flows("tanh", 1.0, gains=(0.5, 1.0), seeds=(0, 1), H=8, T=20)
    assert [flow.gain for flow in flows] == [0.5, 0.5, 1.0, 1.0]
    assert len({flow.rate for flow in flows}) == 4


def test_starts_rank_as_their_jacobians_say():
    left = {
        start: lab.start_norms(np.random.default_rng(0), start, T=40)[-1]
        for start in ("identity", "orthogonal", "default", "default ReLU")
    }
    assert sorted(left, key=lambda start: -left[start]) == list(left)
    assert left["orthogonal"] < 0


def test_norms_by_lag_start_at_one_and_follow_the_scale_of_the_matrix():
    whole = lab.start_norms(np.random.default_rng(0), "identity", T=10)
    assert whole[0] == 0
    assert len(whole) == 11
    assert lab.start_norms(np.random.default_rng(0), "default", T=20, scale=0.5)[-1] < -6
