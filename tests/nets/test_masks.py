"""The masks of attention and the softmax under them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.nets.activations import softmax
from rnnlab.nets.masks import allowed_keys, causal_mask, masked_softmax, padding_mask


@given(T_q=st.integers(1, 6), prefix=st.integers(0, 4))
def test_a_causal_query_sees_all_of_the_past_and_itself_and_nothing_later(T_q, prefix):
    allowed = causal_mask(T_q, prefix + T_q)
    assert allowed.shape == (T_q, prefix + T_q)
    for i in range(T_q):
        assert allowed[i, : prefix + i + 1].all()
        assert not allowed[i, prefix + i + 1 :].any()


def test_both_masks_together_allow_what_both_allow():
    mask = np.array([[True, True], [True, True], [True, False]])
    both = allowed_keys(mask, True, 3, 3)
    np.testing.assert_array_equal(both, padding_mask(mask) & causal_mask(3))
    np.testing.assert_array_equal(both[0], np.tri(3, dtype=bool))
    np.testing.assert_array_equal(both[1], [[1, 0, 0], [1, 1, 0], [1, 1, 0]])
    assert allowed_keys(None, False, 3, 3) is None


@given(seed=st.integers(0, 10**6))
def test_the_masked_softmax_is_the_softmax_of_the_allowed(seed):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(2, 3, 5)) * 10
    allowed = rng.random((2, 1, 5)) < 0.5
    weights = masked_softmax(scores, allowed)
    for b, i in np.ndindex(2, 3):
        here = allowed[b, 0]
        assert not weights[b, i, ~here].any()
        if here.any():
            np.testing.assert_allclose(weights[b, i, here], softmax(scores[b, i, here]), rtol=1e-14)
    np.testing.assert_allclose(masked_softmax(scores), softmax(scores), rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept(dtype):
    scores = np.zeros((2, 3), dtype)
    assert masked_softmax(scores).dtype == dtype
    assert masked_softmax(scores, np.array([True, False, True])).dtype == dtype


def test_a_score_that_is_not_a_number_is_not_hidden_where_it_is_allowed():
    scores = np.array([[np.nan, 1.0], [1.0, 1.0]])
    weights = masked_softmax(scores, np.ones((2, 2), bool))
    assert np.isnan(weights[0]).all()
    assert not np.isnan(masked_softmax(scores, np.array([False, True]))).any()


def test_what_is_wrong_is_refused_by_name():
    with pytest.raises(
        ValueError, match=r"T_q = 3 queries and T_k = 2 keys\. Are queries and keys exchanged"
    ):
        causal_mask(3, 2)
    with pytest.raises(ValueError, match="T_q must be a positive whole number, but is 0"):
        causal_mask(0)
    with pytest.raises(TypeError, match="mask must be boolean, True at real steps"):
        padding_mask(np.ones((3, 2)))
    with pytest.raises(ValueError, match=r"mask must have the shape \(T, B\)"):
        padding_mask(np.ones(3, bool))
    with pytest.raises(TypeError, match="scores must hold floats"):
        masked_softmax(np.ones((2, 3), int))
    with pytest.raises(
        ValueError, match=r"allowed must broadcast to the scores' shape \(2, 3\), .* \(2, 2\)"
    ):
        masked_softmax(np.ones((2, 3)), np.ones((2, 2), bool))
    with pytest.raises(ValueError, match=r"allowed must broadcast .* shape \(4, 2, 3\)"):
        masked_softmax(np.ones((2, 3)), np.ones((4, 2, 3), bool))
    with pytest.raises(TypeError, match="allowed must be boolean"):
        masked_softmax(np.ones((2, 3)), np.ones((2, 3)))
