"""Activations: numerical derivatives, no overflow, the dtype kept, the input untouched."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.nets import activations
from rnnlab.nets.activations import ACTIVATIONS, activation
from tests.nets.numerics import assert_agrees, numerical_gradient, read_only

SOFTMAXES = ("softmax", "log_softmax")
finite = st.floats(-1e4, 1e4)


def values(*shape, dtype=np.float64, seed=0):
    """Normal numbers, none of them near the kink of the rectifier."""
    drawn = np.random.default_rng(seed).normal(size=shape)
    return read_only((drawn + np.sign(drawn) * 0.1).astype(dtype))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative_from_the_output_equals_central_differences(name):
    f = activation(name)
    a = values(3, 4)
    numerical = numerical_gradient(lambda a: float(f.function(a).sum()), a)
    assert_agrees(f.derivative_from_output(f.function(a)), numerical, 1e-8)


@pytest.mark.parametrize("name", SOFTMAXES)
def test_backward_equals_central_differences(name):
    function = getattr(activations, name)
    z, d_output = values(2, 3, 4), values(2, 3, 4, seed=1)
    numerical = numerical_gradient(lambda z: float(np.sum(d_output * function(z))), z)
    assert_agrees(getattr(activations, f"{name}_backward")(d_output, function(z)), numerical, 1e-8)


@pytest.mark.parametrize("name", SOFTMAXES)
def test_backward_is_linear_in_the_upstream_gradient(name):
    output = getattr(activations, name)(values(3, 4))
    backward = getattr(activations, f"{name}_backward")
    one, two = values(3, 4, seed=1), values(3, 4, seed=2)
    assert_agrees(backward(3 * one + two, output), 3 * backward(one, output) + backward(two, output), 1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [*ACTIVATIONS, *SOFTMAXES])
def test_dtype_is_kept(name, dtype):
    output = getattr(activations, name)(values(3, 4, dtype=dtype))
    assert output.dtype == dtype
    if name in ACTIVATIONS:
        assert activation(name).derivative_from_output(output).dtype == dtype
    else:
        assert getattr(activations, f"{name}_backward")(output, output).dtype == dtype


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_result_may_overwrite_the_input(name):
    a = values(3, 4).copy()
    expected = activation(name).function(a)
    returned = activation(name).function(a, out=a)
    assert returned is a
    np.testing.assert_array_equal(a, expected)


def test_identity_copies():
    a = values(3)
    assert not np.shares_memory(activations.identity(a), a)


def test_relu_has_no_slope_at_its_kink():
    assert activations.relu_derivative(activations.relu(np.array([0.0])))[0] == 0


@given(st.floats(-1e300, 1e300))
def test_sigmoid_is_a_probability_and_symmetric(a):
    h = activations.sigmoid(np.array([a, -a]))
    assert np.all((h >= 0) & (h <= 1))
    assert h.sum() == pytest.approx(1, rel=1e-15)


def test_sigmoid_keeps_its_relative_precision_far_out():
    np.testing.assert_allclose(activations.sigmoid(np.array([-700.0])), np.exp(-700), rtol=1e-14)


@given(st.lists(finite, min_size=1, max_size=6), finite)
def test_softmax_sums_to_one_and_ignores_a_common_shift(logits, shift):
    z = np.array(logits)
    p = activations.softmax(z)
    assert p.sum() == pytest.approx(1, rel=1e-12)
    np.testing.assert_allclose(activations.softmax(z + shift), p, rtol=1e-8, atol=1e-12)


@given(st.lists(finite, min_size=1, max_size=6))
def test_log_softmax_is_finite_and_the_logarithm_of_softmax(logits):
    log_p = activations.log_softmax(np.array(logits))
    assert np.all(np.isfinite(log_p))
    np.testing.assert_allclose(np.exp(log_p), activations.softmax(np.array(logits)), rtol=1e-8, atol=1e-300)


def test_an_unknown_name_lists_the_known_ones():
    message = r"activation must be 'tanh' or 'relu' or 'sigmoid' or 'identity', but is 'Tanh'\."
    with pytest.raises(ValueError, match=message):
        activation("Tanh")


@pytest.mark.parametrize("name", SOFTMAXES)
def test_integer_logits_are_refused(name):
    with pytest.raises(TypeError, match=r"z must hold floats \(float32 or float64\), but holds int64"):
        getattr(activations, name)(np.array([1, 2]))


@pytest.mark.parametrize("name", SOFTMAXES)
def test_a_single_number_is_refused_as_logits(name):
    with pytest.raises(
        ValueError, match=r"z must have the shape \(K,\), but has the shape \(\). An axis is missing"
    ):
        getattr(activations, name)(np.array(1.0))
