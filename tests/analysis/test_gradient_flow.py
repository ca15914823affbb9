"""Gradient flow: the measured norms are those of a backward pass, and large random networks follow the theory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.gradient_flow import fixed_point, log10_gradient_norms, mean_field_rate, mean_rate
from rnnlab.analysis.trajectory import as_vector, states_along
from rnnlab.nets import lstm, rnn
from rnnlab.nets.activations import activation as named
from rnnlab.nets.cells import cell

CELLS = ["rnn", "lstm", "gru"]
GAUSS_HERMITE = np.polynomial.hermite_e.hermegauss(180)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", CELLS)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None)
def test_norms_by_lag_are_those_of_backward_passes_that_start_at_each_state(name, masked, seed):
    rng = np.random.default_rng(seed)
    T, B, D, H = 5, 3, 2, 4
    kind = cell(name)
    params, x, d_h_last = kind.init(rng, D, H), rng.normal(size=(T, B, D)), rng.normal(size=(B, H))
    mask = rng.random((T, B)) < 0.7 if masked else None
    states = states_along(kind, params, x, mask=mask)
    norms = log10_gradient_norms(kind, params, x, d_h_last, mask=mask)
    assert norms.shape == (T + 1, B)
    np.testing.assert_allclose(norms[0], np.log10(np.linalg.norm(d_h_last, axis=-1)))
    for lag in range(1, T + 1):
        t = T - lag
        h, cache = kind.forward(params, x[t:], states[t], mask if mask is None else mask[t:])
        d_h = np.zeros_like(h)
        d_h[-1] = d_h_last
        _, d_state, _ = kind.backward(d_h, cache)
        expected = np.log10(np.linalg.norm(as_vector(d_state), axis=-1))
        np.testing.assert_allclose(norms[lag], expected, atol=1e-10)


@pytest.mark.parametrize("weight", [1e-4, 1e3])
def test_a_thousand_steps_neither_underflow_nor_overflow(weight):
    params = rnn.Params(np.zeros((2, 1)), weight * np.eye(2), np.zeros(2))
    linear = cell("rnn", activation="identity")
    norms = log10_gradient_norms(linear, params, np.zeros((1000, 1, 1)), np.array([[1.0, 0.0]]))
    np.testing.assert_allclose(norms[:, 0], np.log10(weight) * np.arange(1001), rtol=1e-9)


def test_a_gradient_of_zero_has_the_logarithm_of_zero_and_no_warning():
    params = rnn.Params(np.zeros((2, 1)), np.zeros((2, 2)), np.zeros(2))
    norms = log10_gradient_norms(cell("rnn"), params, np.zeros((2, 1, 1)), np.ones((1, 2)))
    np.testing.assert_array_equal(np.isneginf(norms[:, 0]), [False, True, True])


def test_an_open_forget_gate_carries_the_gradient_of_an_lstm():
    rng = np.random.default_rng(0)
    x, d_h_last = rng.normal(size=(60, 4, 3)), rng.normal(size=(4, 32))
    rates = [
        mean_rate(
            log10_gradient_norms(
                cell("lstm"), lstm.init(np.random.default_rng(1), 3, 32, forget_bias=bias), x, d_h_last
            ),
            skip=20,
        ).mean()
        for bias in (0.0, 1.0, 2.0, 4.0)
    ]
    # the cell state alone would give σ(b_f); the way through the gates adds to it
    floors = 1 / (1 + np.exp(-np.array([0.0, 1.0, 2.0, 4.0])))
    assert np.all(np.diff(rates) > 0)
    assert np.all(rates > floors)
    assert rates[3] == pytest.approx(1, abs=0.05)


def measured_rate(gain, activation, input_sd, seed, H=256, T=100):
    rng = np.random.default_rng(seed)
    params = rnn.Params(np.eye(H), gain * rng.normal(size=(H, H)) / np.sqrt(H), np.zeros(H))
    x = input_sd * rng.normal(size=(T, 2, H))
    kind = cell("rnn", activation=activation)
    norms = log10_gradient_norms(kind, params, x, rng.normal(size=(2, H)), state=rng.normal(size=(2, H)))
    return mean_rate(norms[:60]).mean()  # the first 40 steps let the activity settle


def gauss_hermite_mean(function, q):
    nodes, weights = GAUSS_HERMITE
    return weights @ function(np.sqrt(q) * nodes) / weights.sum()


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
@given(gain=st.floats(0.05, 2), input_sd=st.floats(0, 1))
@settings(max_examples=15, deadline=None)
def test_the_theory_agrees_with_gauss_hermite_quadrature(activation, gain, input_sd):
    f = named(activation)
    q = fixed_point(gain, activation, input_sd)
    assert gain**2 * gauss_hermite_mean(lambda a: f.function(a) ** 2, q) + input_sd**2 == pytest.approx(
        q, abs=1e-5
    )
    slope = np.sqrt(gauss_hermite_mean(lambda a: f.derivative_from_output(f.function(a)) ** 2, q))
    assert mean_field_rate(gain, activation, input_sd) == pytest.approx(gain * slope, rel=1e-4)


@pytest.mark.parametrize(
    ("input_sd", "gain", "expected"),
    [(0.1, 0.5, 0.494), (0.1, 1.5, 1.063), (1, 1.5, 0.868), (1, 2, 1.047), (3, 1.5, 0.600), (3, 3, 1.084)],
)
def test_the_rate_of_tanh_has_its_known_values(input_sd, gain, expected):
    assert mean_field_rate(gain, "tanh", input_sd) == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize(
    ("activation", "input_sd", "gain"),
    [
        ("tanh", 0.1, 0.9),
        ("tanh", 1.0, 1.5),
        ("tanh", 3.0, 2.0),
        ("relu", 1.0, 1.0),
        ("sigmoid", 1.0, 3.0),
        ("identity", 1.0, 0.8),
    ],
)
def test_large_random_networks_follow_the_theory(activation, input_sd, gain):
    rates = [measured_rate(gain, activation, input_sd, seed) for seed in range(3)]
    assert np.mean(rates) == pytest.approx(mean_field_rate(gain, activation, input_sd), rel=0.04)


def test_tanh_without_input_is_silent_up_to_a_gain_of_one_and_active_beyond():
    assert fixed_point(0.99, "tanh") < 1e-12
    assert fixed_point(1.2, "tanh") > 0.1
    assert mean_field_rate(0.9, "tanh") == pytest.approx(0.9)
    assert mean_field_rate(1.2, "tanh") > 1


@given(st.floats(0.1, 5))
@settings(max_examples=20, deadline=None)
def test_the_rate_of_unbounded_activations_is_known_in_closed_form(gain):
    for input_sd in (0.0, 1.0):
        assert mean_field_rate(gain, "identity", input_sd) == pytest.approx(gain, rel=1e-12)
        assert mean_field_rate(gain, "relu", input_sd) == pytest.approx(gain / np.sqrt(2), rel=1e-12)


def test_the_variance_of_unbounded_activations_is_known_in_closed_form():
    assert fixed_point(1.0, "relu", 1.0) == pytest.approx(2)
    assert fixed_point(0.5, "identity", 1.0) == pytest.approx(4 / 3)
    assert fixed_point(2.0, "relu", 1.0) == np.inf
    assert fixed_point(0.5, "relu") == 0
    assert fixed_point(1.0, "identity") == 1
    assert fixed_point(2.0, "relu") == np.inf


@given(gain=st.floats(0.2, 3), smaller=st.floats(0, 1), more=st.floats(0.1, 2))
@settings(max_examples=20, deadline=None)
def test_stronger_input_saturates_tanh_and_slows_the_gradient(gain, smaller, more):
    assert mean_field_rate(gain, "tanh", smaller + more) < mean_field_rate(gain, "tanh", smaller)


def test_the_mean_rate_leaves_out_the_first_lags():
    log_norms = np.concatenate([[5.0, -3.0], -0.1 * np.arange(10)])
    assert mean_rate(log_norms, skip=2) == pytest.approx(10**-0.1)
    assert mean_rate(np.stack([log_norms, 2 * log_norms], axis=1), skip=2).shape == (2,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_rate(np.zeros(5), skip=4), "two lags must be left, but 1 of 5"),
        (lambda: mean_field_rate(-1.0), "gain must not be negative"),
        (lambda: mean_field_rate(1.0, input_sd=-1.0), "input_sd must not be negative"),
        (lambda: mean_field_rate(1.0, "softmax"), "activation must be"),
        (
            lambda: log10_gradient_norms(
                cell("rnn"), rnn.init(np.random.default_rng(0), 2, 3), np.ones((4, 1, 2)), np.ones((1, 2))
            ),
            "d_h_last must have the shape .*H = 3",
        ),
    ],
)
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
