"""Spectra: known matrices, the inequalities between them, and bounds that hold for every network."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis import spectra
from rnnlab.analysis.jacobian_products import log10_norms_to_end
from rnnlab.analysis.jacobians import rnn_jacobians
from rnnlab.nets import rnn
from rnnlab.nets.activations import activation as named
from rnnlab.nets.initialisation import orthogonal


def non_normal(H=64):
    """Spectral radius 0.9, and yet its powers grow for hundreds of steps."""
    return 0.9 * np.eye(H) + np.diag(0.6 * np.ones(H - 1), k=1)


@st.composite
def matrices(draw):
    H = draw(st.integers(1, 8))
    return np.random.default_rng(draw(st.integers(0, 10**6))).normal(size=(H, H))


@given(matrices())
@settings(max_examples=20, deadline=None)
def test_radius_numerical_radius_and_norm_stand_in_their_order(W):
    rho, w, sigma = spectra.spectral_radius(W), spectra.numerical_radius(W), spectra.spectral_norm(W)
    assert rho <= w * (1 + 1e-4)
    assert w <= sigma * (1 + 1e-9)
    assert sigma <= 2 * w * (1 + 1e-4)


@given(matrices())
@settings(max_examples=20, deadline=None)
def test_the_numerical_range_is_convex_and_holds_every_eigenvalue_and_every_quotient(W):
    points = spectra.numerical_range(W, angles=90)
    directions = np.exp(-1j * np.arange(90) * (2 * np.pi / 90))
    furthest = np.real(directions * points)
    rng = np.random.default_rng(0)
    v = rng.normal(size=(50, len(W))) + 1j * rng.normal(size=(50, len(W)))
    quotients = np.einsum("ki,ij,kj->k", v.conj(), W, v) / np.sum(np.abs(v) ** 2, axis=1)
    for inside in (np.linalg.eigvals(W), quotients, points):
        assert np.all(np.real(directions[:, np.newaxis] * inside) <= furthest[:, np.newaxis] + 1e-9)


@given(matrices())
@settings(max_examples=20, deadline=None)
def test_powers_stay_below_twice_the_power_of_the_numerical_radius(W):
    norms = spectra.log10_power_norms(W, 30)
    k = np.arange(1, 31)
    assert np.all(norms <= np.log10(2) + k * np.log10(spectra.numerical_radius(W)) + 1e-3)
    assert np.all(norms <= k * np.log10(spectra.spectral_norm(W)) + 1e-9)
    assert np.all(norms >= k * np.log10(spectra.spectral_radius(W)) - 1e-9)


@given(matrices(), st.floats(0.01, 100))
@settings(max_examples=20, deadline=None)
def test_a_rescaled_matrix_has_the_spectral_radius_asked_for_and_its_eigenvectors(W, radius):
    scaled = spectra.with_spectral_radius(W, radius)
    assert spectra.spectral_radius(scaled) == pytest.approx(radius, rel=1e-9)
    np.testing.assert_allclose(scaled * spectra.spectral_radius(W) / radius, W, rtol=1e-9)


@given(H=st.integers(2, 8), seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_a_normal_matrix_has_one_size_and_no_departure(H, seed):
    W = 0.7 * orthogonal(np.random.default_rng(seed), H, H)
    assert spectra.spectral_radius(W) == pytest.approx(0.7)
    assert spectra.spectral_norm(W) == pytest.approx(0.7)
    assert spectra.numerical_radius(W) == pytest.approx(0.7, rel=1e-4)
    assert spectra.departure_from_normality(W) < 1e-6
    np.testing.assert_allclose(spectra.log10_power_norms(W, 9), np.arange(1, 10) * np.log10(0.7), rtol=1e-9)


@given(matrices())
@settings(max_examples=20, deadline=None)
def test_the_departure_from_normality_is_that_of_the_schur_form(W):
    Q = orthogonal(np.random.default_rng(0), len(W), len(W))
    triangle = np.triu(W)
    strictly = np.linalg.norm(np.triu(W, k=1))
    assert spectra.departure_from_normality(Q @ triangle @ Q.T) == pytest.approx(strictly, abs=1e-5)


def test_the_non_normal_matrix_has_its_known_sizes():
    W = non_normal(H=12)
    assert spectra.spectral_radius(W) == 0.9
    assert spectra.departure_from_normality(W) == pytest.approx(0.6 * np.sqrt(11), rel=1e-12)
    # its numerical range is a disk about 0.9, whose radius is that of a shift of length 12
    disk = 0.6 * np.cos(np.pi / 13)
    np.testing.assert_allclose(np.abs(spectra.numerical_range(W, angles=12) - 0.9), disk, rtol=1e-9)
    assert spectra.numerical_radius(W) == pytest.approx(0.9 + disk, rel=1e-9)
    assert spectra.spectral_norm(non_normal(H=64)) == pytest.approx(1.5, abs=2e-3)


def test_a_spectral_radius_below_one_does_not_keep_powers_from_growing():
    norms = spectra.log10_power_norms(non_normal(), 1500)
    for k in (20, 60, 400):
        power = np.linalg.matrix_power(non_normal(), k)
        assert norms[k - 1] == pytest.approx(np.log10(np.linalg.norm(power, 2)), rel=1e-9)
    np.testing.assert_allclose(norms[[19, 59, 399]], [3.5, 10.6, 45], atol=0.2)
    assert np.argmax(norms) < 1000
    assert norms[-1] < norms[999]  # in the end it does vanish


def test_the_numerical_range_of_a_normal_matrix_is_the_hull_of_its_eigenvalues():
    points = spectra.numerical_range(np.diag([1.0, -2.0, 0.5]), angles=8)
    np.testing.assert_allclose(points[[0, 1, 7]], 1, atol=1e-12)
    np.testing.assert_allclose(points[[3, 4, 5]], -2, atol=1e-12)


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "identity"])
def test_no_slope_is_steeper_than_the_steepest_and_some_input_has_it(activation):
    f = named(activation)
    slopes = f.derivative_from_output(f.function(np.linspace(-5, 5, 1001)))
    assert slopes.max() == pytest.approx(spectra.steepest_slope(activation), rel=1e-12)


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "identity"])
@given(seed=st.integers(0, 10**6), scale=st.floats(0.1, 4))
@settings(max_examples=10, deadline=None)
def test_the_bound_holds_for_every_network_and_input(activation, seed, scale):
    rng = np.random.default_rng(seed)
    params = rnn.Params(rng.normal(size=(5, 2)), scale * rng.normal(size=(5, 5)) / 5, rng.normal(size=5))
    norms = log10_norms_to_end(rnn_jacobians(params, rng.normal(size=(20, 3, 2)), activation=activation))
    for lag in (1, 7, 20):
        assert np.all(norms[20 - lag] <= spectra.log10_gradient_bound(params.W_hh, activation, lag) + 1e-9)
    if spectra.vanishing_is_certain(params.W_hh, activation):
        assert np.all(norms[0] < 0)
    assert not (
        spectra.vanishing_is_certain(params.W_hh, activation)
        and spectra.explosion_is_possible(params.W_hh, activation)
    )


def test_the_linear_bound_is_reached():
    Q = orthogonal(np.random.default_rng(0), 4, 4)
    params = rnn.Params(np.ones((4, 1)), 1.1 * Q, np.zeros(4))
    norms = log10_norms_to_end(rnn_jacobians(params, np.ones((50, 1, 1)), activation="identity"))
    assert norms[0, 0] == pytest.approx(spectra.log10_gradient_bound(params.W_hh, "identity", 50), rel=1e-9)


def test_the_sufficient_condition_is_far_from_necessary_for_a_gaussian_matrix():
    W = np.random.default_rng(0).normal(size=(64, 64)) / 8
    assert 1.6 < spectra.spectral_norm(W) / spectra.spectral_radius(W) < 2.1


def test_float32_stays_float32():
    W = np.random.default_rng(0).normal(size=(4, 4)).astype(np.float32)
    assert spectra.with_spectral_radius(W, 0.5).dtype == np.float32
    assert spectra.departure_from_normality(W) == pytest.approx(
        spectra.departure_from_normality(W.astype(float)), rel=1e-5
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: spectra.spectral_radius(np.ones((2, 3))), "W must have the shape .*H_out = 3, H_in = 3"),
        (lambda: spectra.numerical_range(np.eye(2), angles=0), "angles must be a positive whole number"),
        (lambda: spectra.log10_power_norms(np.eye(2), 0), "steps must be a positive whole number"),
        (lambda: spectra.with_spectral_radius(np.eye(2), -1), "radius must not be negative"),
        (
            lambda: spectra.with_spectral_radius(np.eye(2, k=1), 1),
            "W must have an eigenvalue that is not zero",
        ),
        (lambda: spectra.steepest_slope("softmax"), "activation must be"),
        (lambda: spectra.log10_gradient_bound(np.eye(2), "tanh", lag=0), "lag must be a positive"),
        (lambda: spectra.spectral_radius(np.diag([1, np.nan])), "W must be finite"),
    ],
)
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
