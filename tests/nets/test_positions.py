"""Positions: their equations, and that rotated queries and keys know nothing but their distance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets.positions import rotary, rotary_backward, sinusoidal
from tests.nets.numerics import assert_agrees, numerical_gradient, read_only

even = st.integers(1, 5).map(lambda half: 2 * half)
steps = st.integers(0, 500)
seeds = st.integers(0, 10**6)


def drawn(*shape, seed=0, dtype=np.float64):
    return read_only(np.random.default_rng(seed).normal(size=shape).astype(dtype))


@given(T=st.integers(1, 6), D=even, start=steps)
@settings(max_examples=20, deadline=None)
def test_sinusoids_equal_the_equation_written_out(T, D, start):
    positions = sinusoidal(T, D, start)
    for t, k in np.ndindex(T, D // 2):
        angle = (start + t) / 10000 ** (2 * k / D)
        assert positions[t, 2 * k] == pytest.approx(np.sin(angle), abs=1e-12)
        assert positions[t, 2 * k + 1] == pytest.approx(np.cos(angle), abs=1e-12)


@given(T=st.integers(2, 6), D=even, start=steps)
@settings(max_examples=20, deadline=None)
def test_sinusoids_of_a_later_start_are_the_rest_of_longer_ones(T, D, start):
    np.testing.assert_array_equal(sinusoidal(T, D, start), sinusoidal(start + T, D)[start:])


@given(D=even, shift=st.integers(1, 50))
@settings(max_examples=20, deadline=None)
def test_a_shift_of_sinusoids_is_one_linear_map_for_all_steps(D, shift):
    """Vaswani et al. chose them for this: p_t+s = R_s p_t, with a rotation R_s that t has no part in."""
    positions = sinusoidal(60 + shift, D)
    angles = shift * 10000.0 ** (-np.arange(0, D, 2) / D)
    sines, cosines = positions[:60, 0::2], positions[:60, 1::2]
    moved = np.empty((60, D))
    moved[:, 0::2] = sines * np.cos(angles) + cosines * np.sin(angles)
    moved[:, 1::2] = cosines * np.cos(angles) - sines * np.sin(angles)
    assert_agrees(moved, positions[shift:], 1e-12)


def test_no_two_of_many_sinusoidal_positions_are_alike():
    positions = sinusoidal(300, 32)
    distances = np.linalg.norm(positions[:, np.newaxis] - positions, axis=2)
    np.fill_diagonal(distances, np.inf)
    assert distances.min() > 0.5


def test_the_dtype_is_the_one_asked_for():
    assert sinusoidal(3, 4, dtype=np.float32).dtype == np.float32
    np.testing.assert_array_equal(
        sinusoidal(3, 4, 10**6, np.float32), sinusoidal(3, 4, 10**6).astype(np.float32)
    )


@given(D=even, m=steps, n=steps, shift=steps, seed=seeds)
@settings(max_examples=50, deadline=None)
def test_scores_of_rotated_queries_and_keys_depend_on_their_distance_only(D, m, n, shift, seed):
    query, key = drawn(2, 1, 1, D, seed=seed)

    def score(m, n):
        return float(np.sum(rotary(query, m) * rotary(key, n)))

    assert score(m + shift, n + shift) == pytest.approx(score(m, n), abs=1e-10)


def test_scores_of_rotated_queries_and_keys_do_depend_on_their_distance():
    query, key = drawn(2, 1, 1, 4)
    scores = [float(np.sum(rotary(query, m) * rotary(key, 0))) for m in range(5)]
    assert np.min(np.abs(np.diff(scores))) > 0.01


@given(D=even, T=st.integers(1, 5), start=steps, seed=seeds)
@settings(max_examples=20, deadline=None)
def test_rotation_equals_multiplication_by_a_complex_phase(D, T, start, seed):
    x = drawn(T, 2, D, seed=seed)
    phases = np.exp(1j * np.outer(start + np.arange(T), 10000.0 ** (-np.arange(0, D, 2) / D)))
    turned = (x[..., 0::2] + 1j * x[..., 1::2]) * phases[:, np.newaxis]
    y = rotary(x, start)
    assert_agrees(y[..., 0::2], turned.real, 1e-12)
    assert_agrees(y[..., 1::2], turned.imag, 1e-12)


@given(D=even, T=st.integers(1, 5), start=steps, seed=seeds)
@settings(max_examples=20, deadline=None)
def test_rotation_keeps_lengths_and_the_backward_pass_undoes_it(D, T, start, seed):
    x = drawn(T, 2, D, seed=seed)
    y = rotary(x, start)
    np.testing.assert_allclose(np.linalg.norm(y, axis=2), np.linalg.norm(x, axis=2), rtol=1e-13)
    np.testing.assert_allclose(rotary_backward(y, start), x, rtol=1e-12, atol=1e-13)


def test_the_first_step_is_not_rotated():
    x = drawn(1, 2, 4)
    np.testing.assert_array_equal(rotary(x), x)


@given(T=st.integers(2, 6), cut=st.integers(1, 5), seed=seeds)
@settings(max_examples=20, deadline=None)
def test_a_sequence_rotated_in_two_parts_equals_the_whole(T, cut, seed):
    x = drawn(T + cut, 2, 6, seed=seed)
    parts = np.concatenate([rotary(x[:cut]), rotary(x[cut:], start=cut)])
    np.testing.assert_array_equal(parts, rotary(x))


def test_the_gradient_equals_central_differences():
    x, d_y = drawn(3, 2, 4), drawn(3, 2, 4, seed=1)
    numerical = numerical_gradient(lambda x: float(np.sum(d_y * rotary(x, 5))), x)
    assert_agrees(rotary_backward(d_y, 5), numerical, 1e-8)


def test_float32_stays_float32_and_views_are_taken():
    x = drawn(3, 2, 4, dtype=np.float32)
    assert rotary(x).dtype == rotary_backward(x).dtype == np.float32
    view = np.repeat(x, 2, axis=2)[..., ::2]
    np.testing.assert_array_equal(rotary(view), rotary(x))


def test_what_is_wrong_is_refused_by_name():
    with pytest.raises(ValueError, match="D must be even, because positions turn units in pairs, but is 3"):
        sinusoidal(2, 3)
    with pytest.raises(ValueError, match="D must be even"):
        rotary(np.ones((2, 2, 3)))
    with pytest.raises(ValueError, match="T must be a positive whole number, but is 0"):
        sinusoidal(0, 4)
    with pytest.raises(ValueError, match="start must be a whole number of steps from 0 on, but is -1"):
        sinusoidal(2, 4, start=-1)
    with pytest.raises(ValueError, match=r"start must be a whole number of steps from 0 on, but is 0\.5"):
        rotary(np.ones((2, 2, 4)), start=0.5)
    with pytest.raises(ValueError, match=r"x must have the shape \(T, B, D\)"):
        rotary(np.ones((2, 4)))
    with pytest.raises(TypeError, match="x must hold floats"):
        rotary(np.ones((2, 2, 4), int))
