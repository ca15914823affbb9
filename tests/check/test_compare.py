"""Answers are the same only in shape, kind and finiteness, and then in their numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rnnlab.check.compare import Tolerance, agree_array

WITHIN = Tolerance(rtol=1e-7, atol=1e-9)
FLOATS = arrays.arrays(np.float64, arrays.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6))


@given(FLOATS)
def test_an_array_agrees_with_itself_in_any_memory_order(want):
    assert agree_array(np.asfortranarray(want), want, WITHIN)


@given(FLOATS)
def test_a_change_beyond_the_tolerance_is_seen_wherever_it_is(want):
    for index in np.ndindex(want.shape):
        got = want.copy()
        got[index] += 1e-6 + 1e-5 * abs(got[index])
        assert not agree_array(got, want, WITHIN)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (np.empty((0, 10)), np.ones((1, 10))),
        (np.array(1.0), np.ones((5, 5))),
        (np.ones((1, 5)), np.ones((5, 5))),
        (np.full(3, 1e300), np.ones(3)),
        (np.full(3, np.nan), np.ones(3)),
        (np.full(3, np.inf), np.full(3, -np.inf)),
        (np.ones(3, int), np.ones(3)),
        (np.ones(3), np.ones(3, int)),
        (np.ones(3, bool), np.ones(3)),
        (np.ones(3, complex), np.ones(3)),
        (np.ones(3, object), np.ones(3)),
    ],
)
def test_what_allclose_alone_might_let_through_is_refused(got, want):
    assert not agree_array(got, want, Tolerance(rtol=1.0, atol=1e-9))


def test_integers_of_any_width_and_sign_are_integers():
    assert agree_array(np.uint8([1, 2]), np.int64([1, 2]), WITHIN)
