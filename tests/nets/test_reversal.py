"""The reversal of padded sequences: its own inverse and its own gradient, and padding stays where it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets.reversal import reverse
from tests.nets.numerics import assert_agrees, numerical_gradient, read_only


@st.composite
def batches(draw):
    """Read-only sequences and their mask, in which a sequence may be all padding."""
    T, B, D = draw(st.integers(1, 6)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    lengths = rng.integers(0, T + 1, size=B)
    return read_only(rng.normal(size=(T, B, D))), read_only(np.arange(T)[:, np.newaxis] < lengths)


@given(batches())
@settings(max_examples=30, deadline=None)
def test_each_sequence_is_reversed_as_if_it_were_alone_and_its_padding_stays(batch):
    x, mask = batch
    y = reverse(x, mask)
    for b, length in enumerate(mask.sum(axis=0)):
        np.testing.assert_array_equal(y[:length, b], np.flip(x[:length, b], axis=0))
        np.testing.assert_array_equal(y[length:, b], x[length:, b])


@given(batches())
@settings(max_examples=30, deadline=None)
def test_reversing_twice_changes_nothing(batch):
    x, mask = batch
    np.testing.assert_array_equal(reverse(reverse(x, mask), mask), x)
    np.testing.assert_array_equal(reverse(reverse(x)), x)


def test_the_gradient_of_the_reversal_is_the_reversal():
    rng = np.random.default_rng(0)
    x, d_y = rng.normal(size=(2, 4, 3, 2))
    mask = np.arange(4)[:, np.newaxis] < [4, 1, 3]
    numerical = numerical_gradient(lambda x: float(np.sum(reverse(x, mask) * d_y)), x)
    assert_agrees(reverse(d_y, mask), numerical, 1e-8)


@given(batches())
@settings(max_examples=20, deadline=None)
def test_without_padding_a_mask_changes_nothing(batch):
    x, mask = batch
    np.testing.assert_array_equal(reverse(x, np.ones_like(mask)), reverse(x))


@given(batches())
@settings(max_examples=20, deadline=None)
def test_a_permuted_batch_is_permuted_alike(batch):
    x, mask = batch
    order = np.roll(np.arange(x.shape[1]), 1)
    np.testing.assert_array_equal(reverse(x[:, order], mask[:, order]), reverse(x, mask)[:, order])


@pytest.mark.parametrize("mask", [None, np.arange(3)[:, np.newaxis] < [3, 1]])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_ids_and_vectors_keep_their_type_and_the_result_is_a_new_array(dtype, mask):
    ids = np.arange(6, dtype=dtype).reshape(3, 2)
    y = reverse(ids, mask)
    assert y.dtype == dtype
    assert not np.shares_memory(y, ids)
    y += 1
    np.testing.assert_array_equal(ids, np.arange(6).reshape(3, 2))


def test_inputs_that_are_views_give_the_same_result():
    x = np.random.default_rng(0).normal(size=(2, 3, 4)).T
    mask = np.arange(4)[:, np.newaxis] < [4, 1, 3]
    assert not x.flags.c_contiguous
    np.testing.assert_array_equal(reverse(x, mask), reverse(x.copy(), mask.copy()))


X = np.ones((3, 2, 4))


@pytest.mark.parametrize(
    ("x", "mask", "error", "message"),
    [
        (
            X,
            np.array([[True, True], [True, False], [True, True]]),
            ValueError,
            "mask must be True up to each sequence's end .* at batch place 1 the step t = 2 is real after padding",
        ),
        (X, np.array([[False, True]] * 2 + [[True, True]]), ValueError, "at batch place 0 the step t = 2"),
        (
            X,
            np.ones((2, 3), bool),
            ValueError,
            r"mask must have the shape \(T, B\) with T = 3, B = 2, .* \.transpose\(1, 0\) would fit",
        ),
        (X, np.ones((3, 2)), TypeError, "mask must be boolean"),
        (X, [[True]], TypeError, "mask must be a NumPy array"),
        (X.tolist(), None, TypeError, "x must be a NumPy array, but is of type list"),
        (X[:, 0, 0], None, ValueError, "A single sequence has a batch axis too, with B = 1"),
        (X[:0], None, ValueError, r"x must have the shape \(T, B, axis 2\) .* An axis is empty"),
        (X[:, :0], None, ValueError, "An axis is empty"),
    ],
)
def test_what_cannot_be_reversed_is_refused_by_name(x, mask, error, message):
    with pytest.raises(error, match=message):
        reverse(x, mask)
