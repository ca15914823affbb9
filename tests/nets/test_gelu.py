"""The exact GELU: equal to torch, with its slope, and the error function that it is made of."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets.gelu import erf, gelu
from tests.nets.numerics import assert_agrees, gradients, leaf, numerical_gradient, read_only


def drawn(*shape, seed=0, dtype=np.float64):
    return read_only((3 * np.random.default_rng(seed).normal(size=shape)).astype(dtype))


@given(seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_agrees_with_torch(seed):
    values = drawn(4, 3, 2, seed=seed)
    a = leaf(values)
    expected = torch.nn.functional.gelu(a)
    expected.sum().backward()
    h, slope = gelu(values)
    assert_agrees(h, expected.detach(), 1e-12)
    assert_agrees(slope, *gradients(a), 1e-12)


def test_the_slope_equals_central_differences():
    a = drawn(3, 4)
    assert_agrees(gelu(a)[1], numerical_gradient(lambda a: float(gelu(a)[0].sum()), a), 1e-8)


def test_the_error_function_is_the_one_of_python_for_each_entry():
    x = drawn(2, 3, 4)
    for place in np.ndindex(x.shape):
        assert erf(x)[place] == math.erf(x[place])


def test_far_inputs_pass_or_vanish():
    h, slope = gelu(np.array([-1e6, -40.0, 40.0, 1e6]))
    np.testing.assert_array_equal(h, [0, 0, 40, 1e6])
    np.testing.assert_array_equal(slope, [0, 0, 1, 1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept_and_views_are_taken(dtype):
    a = drawn(4, 3, dtype=dtype)
    h, slope = gelu(a)
    assert h.dtype == slope.dtype == dtype
    np.testing.assert_array_equal(gelu(np.asfortranarray(a)[::2])[0], h[::2])
