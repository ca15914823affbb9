"""A wrong shape is described by what most likely happened to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.check.shape import describe_shape

AXES = ("T", "B", "H")
WANT = (5, 2, 4)


@pytest.mark.parametrize(
    ("got", "says"),
    [
        ((2, 5, 4), "yours is (B, T, H), and the time axis comes first"),
        ((5, 4, 2), "yours is (T, H, B), transposed"),
        ((2, 4), "the time axis is missing, as if only the last step were returned"),
        ((5, 4), "the axis B is missing"),
        ((10, 4), "the axes T and B are merged into one"),
        ((5, 8), "the axes B and H are merged into one"),
        ((1, 5, 2, 4), "there is an axis of size 1 too many"),
        ((6, 2, 4), "along T there is one too many"),
        ((4, 2, 4), "along T there is one too few"),
        ((5, 2, 7), "along H there are 7 where 4 belong"),
        ((4,), "that is one axis where 3 axes belong"),
        ((), "that is a single number where 3 axes belong"),
        ((3, 3, 3), "no axis is as long as it should be"),
        ((5, 3, 3), "only T is as long as it should be"),
    ],
)
def test_shapes_in_words(got, says):
    assert describe_shape(got, WANT, AXES) == says


@given(st.lists(st.integers(0, 6), max_size=5).map(tuple))
def test_every_wrong_shape_has_words(got):
    if got != WANT:
        assert describe_shape(got, WANT, AXES)
