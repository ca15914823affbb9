"""Products through time: their norms never under- or overflow, and their rates are the known ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.jacobian_products import (
    log10_norms_from_start,
    log10_norms_to_end,
    lyapunov_exponents,
    rate_per_step,
)
from rnnlab.nets.initialisation import orthogonal

ORDERS = {"spectral": 2, "frobenius": "fro"}


@st.composite
def sequences(draw):
    shape = (draw(st.integers(1, 6)), draw(st.integers(1, 3)), S := draw(st.integers(1, 5)), S)
    return np.random.default_rng(draw(st.integers(0, 10**6))).normal(size=shape)


def repeated(matrix, T):
    return np.broadcast_to(matrix, (T, 1, *matrix.shape))


@pytest.mark.parametrize("norm", ORDERS)
@given(sequences())
@settings(max_examples=20, deadline=None)
def test_norms_equal_those_of_the_products_written_out(norm, jacobians):
    T, B, S, _ = jacobians.shape
    for b in range(B):
        product = np.eye(S)
        for t in range(T):
            product = jacobians[t, b] @ product
            expected = np.log10(np.linalg.norm(product, ORDERS[norm]))
            assert log10_norms_from_start(jacobians, norm)[t, b] == pytest.approx(expected, abs=1e-9)
        product = np.eye(S)
        for t in reversed(range(T)):
            product = product @ jacobians[t, b]
            expected = np.log10(np.linalg.norm(product, ORDERS[norm]))
            assert log10_norms_to_end(jacobians, norm)[t, b] == pytest.approx(expected, abs=1e-9)


@given(jacobians=sequences(), exponent=st.integers(-140, 140))
@settings(max_examples=20, deadline=None)
def test_a_factor_in_every_step_adds_its_logarithm_at_every_step_however_large(jacobians, exponent):
    T = len(jacobians)
    scaled = log10_norms_from_start(jacobians * 10.0**exponent)
    shift = exponent * np.arange(1, T + 1)[:, np.newaxis]
    np.testing.assert_allclose(scaled, log10_norms_from_start(jacobians) + shift, atol=1e-8)


@pytest.mark.parametrize("rate", [1e-300, 1e-3, 0.5, 1.0, 3.0, 1e300])
def test_thousand_steps_neither_underflow_nor_overflow(rate):
    Q = orthogonal(np.random.default_rng(0), 4, 4)
    norms = log10_norms_from_start(repeated(rate * Q, 1000))
    np.testing.assert_allclose(norms[:, 0], np.arange(1, 1001) * np.log10(rate), rtol=1e-9, atol=1e-9)
    assert rate_per_step(norms).item() == pytest.approx(rate, rel=1e-9)


def test_float32_jacobians_do_not_underflow_either():
    norms = log10_norms_from_start(repeated(np.diag([1e-30, 1e-35]).astype(np.float32), 50))
    np.testing.assert_allclose(norms[:, 0], -30.0 * np.arange(1, 51), rtol=1e-5)


@pytest.mark.parametrize("norm", ORDERS)
def test_a_lost_product_has_the_logarithm_of_zero(norm):
    jacobians = np.stack([np.eye(2), np.array([[0.0, 1.0], [0.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 0.0]])])
    norms = log10_norms_from_start(np.repeat(jacobians, 2, axis=0)[:, np.newaxis], norm)
    assert np.isfinite(norms[:3]).all()
    assert (norms[3:] == -np.inf).all()


@given(sequences())
@settings(max_examples=20, deadline=None)
def test_the_spectral_norm_lies_below_the_frobenius_norm_and_above_its_share(jacobians):
    spectral, frobenius = (log10_norms_from_start(jacobians, norm) for norm in ORDERS)
    assert np.all(spectral <= frobenius + 1e-9)
    assert np.all(spectral >= frobenius - np.log10(jacobians.shape[-1]) / 2 - 1e-9)


@given(sequences())
@settings(max_examples=20, deadline=None)
def test_lyapunov_exponents_sum_to_the_mean_logarithm_of_the_determinant(jacobians):
    exponents = lyapunov_exponents(jacobians)
    expected = np.log(np.abs(np.linalg.det(jacobians))).mean(axis=0)
    np.testing.assert_allclose(exponents.sum(axis=-1), expected, atol=1e-8)
    assert np.all(np.diff(exponents, axis=-1) <= 0)


def test_lyapunov_exponents_of_one_matrix_are_the_logarithms_of_its_eigenvalues():
    rng = np.random.default_rng(0)
    V = rng.normal(size=(4, 4))
    W = V @ np.diag([2.0, -1.0, 0.5, 0.1]) @ np.linalg.inv(V)
    exponents = lyapunov_exponents(repeated(W, 400), skip=100)
    np.testing.assert_allclose(exponents[0], np.log([2.0, 1.0, 0.5, 0.1]), atol=1e-9)


def test_steps_that_only_turn_the_frame_are_not_counted():
    turning = repeated(np.diag([4.0, 1.0]), 5)
    counted = repeated(np.diag([2.0, 3.0]), 5)
    exponents = lyapunov_exponents(np.concatenate([turning, counted]), skip=5)
    np.testing.assert_allclose(exponents[0], np.log([3.0, 2.0]), rtol=1e-12)


def test_a_dead_direction_has_the_exponent_of_zero():
    exponents = lyapunov_exponents(repeated(np.diag([0.5, 0.0]), 3))
    np.testing.assert_allclose(exponents[0], [np.log(0.5), -np.inf])


@pytest.mark.parametrize(
    ("jacobians", "message"),
    [
        (np.ones((3, 1, 2, 3)), "jacobians must have the shape"),
        (np.ones((3, 2, 2)), r"jacobians must have the shape \(T, B, S_out, S_in\)"),
        (np.full((3, 1, 2, 2), np.inf), "jacobians must be finite.*Did the forward pass overflow"),
    ],
)
@pytest.mark.parametrize("function", [log10_norms_from_start, log10_norms_to_end, lyapunov_exponents])
def test_wrong_jacobians_are_refused(function, jacobians, message):
    with pytest.raises(ValueError, match=message):
        function(jacobians)


def test_an_unknown_norm_and_a_skip_of_everything_are_refused():
    with pytest.raises(ValueError, match="norm must be 'spectral' or 'frobenius'"):
        log10_norms_from_start(np.ones((1, 1, 1, 1)), norm="nuclear")
    with pytest.raises(ValueError, match="skip must be at least 0 and less than T = 3"):
        lyapunov_exponents(np.ones((3, 1, 1, 1)), skip=3)
