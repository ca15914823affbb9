"""One-hot vectors and embeddings: the same product, numerical gradients, clear errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnnlab.nets.embedding import embed, embed_backward, one_hot
from tests.nets.numerics import assert_agrees, numerical_gradient, read_only

K, D = 5, 3
ids_of_any_shape = hnp.arrays(
    np.int64, hnp.array_shapes(min_dims=0, max_dims=3, max_side=4), elements=st.integers(0, 4)
)


def table(dtype=np.float64):
    return read_only(np.random.default_rng(0).normal(size=(K, D)).astype(dtype))


@given(ids_of_any_shape)
def test_one_hot_has_a_single_one_at_the_id(ids):
    vectors = one_hot(ids, K)
    assert vectors.shape == (*ids.shape, K)
    np.testing.assert_array_equal(vectors.argmax(axis=-1), ids)
    np.testing.assert_array_equal(np.sort(vectors, axis=-1), np.broadcast_to([0, 0, 0, 0, 1], vectors.shape))


@given(ids_of_any_shape)
def test_embedding_is_the_product_with_the_one_hot_vector(ids):
    np.testing.assert_array_equal(embed(ids, table()), one_hot(ids, K) @ table())


@given(ids_of_any_shape)
def test_the_backward_pass_is_the_product_with_the_transposed_one_hot_vectors(ids):
    d_x = np.random.default_rng(1).normal(size=(*ids.shape, D))
    expected = one_hot(ids, K).reshape(-1, K).T @ d_x.reshape(-1, D)
    np.testing.assert_allclose(embed_backward(d_x, ids, K), expected, rtol=1e-12, atol=1e-12)


def test_the_gradient_of_a_row_used_twice_equals_central_differences():
    ids, d_x = np.array([[1, 4], [1, 0]]), np.random.default_rng(1).normal(size=(2, 2, D))
    numerical = numerical_gradient(lambda E: float(np.sum(d_x * embed(ids, E))), table())
    assert_agrees(embed_backward(d_x, ids, K), numerical, 1e-8)


def test_the_embedded_vectors_are_a_copy():
    E = table().copy()
    x = embed(np.array([0, 1]), E)
    assert not np.shares_memory(x, E)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(dtype):
    ids = np.array([1, 2])
    assert one_hot(ids, K, dtype).dtype == dtype
    assert embed(ids, table(dtype)).dtype == dtype
    assert embed_backward(np.ones((2, D), dtype), ids, K).dtype == dtype


IDS = np.array([[0, 1]])
REFUSED = [
    (one_hot, ([0, 1], K), TypeError, "ids must be a NumPy array, but is of type list"),
    (one_hot, (IDS * 1.0, K), TypeError, "ids must hold whole numbers .* but holds float64"),
    (one_hot, (IDS + 4, K), ValueError, "ids must lie between 0 and K - 1 = 4, but 5 occurs"),
    (one_hot, (IDS - 1, K), ValueError, "but -1 occurs. Are ids counted from 1, or is K too small"),
    (embed, (IDS, table()[0]), ValueError, r"E must have the shape \(K, D\), but has the shape \(3,\)"),
    (embed, (IDS + 4, table()), ValueError, "ids must lie between 0 and K - 1 = 4"),
    (embed_backward, (np.ones((2, 1, D)), IDS, K), ValueError, r"\.transpose\(1, 0, 2\) would fit"),
    (embed_backward, (np.ones((1, 2)), IDS, K), ValueError, "d_x must have the shape .* An axis is missing"),
    (embed_backward, (np.ones((1, 2, D), int), IDS, K), TypeError, "d_x must hold floats"),
    (
        embed_backward,
        (np.ones((1, 2, D)), IDS, 1),
        ValueError,
        "ids must lie between 0 and K - 1 = 0, but 1 occurs",
    ),
]


@pytest.mark.parametrize(("function", "arguments", "error", "message"), REFUSED)
def test_wrong_arguments_are_refused_by_name(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(*arguments)
