"""Starting weights: their distribution, their geometry, and that only the passed generator decides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.nets import initialisation

DRAWN = {
    "uniform": lambda rng, dtype=np.float64: initialisation.uniform(rng, (40, 60), fan=25, dtype=dtype),
    "glorot": lambda rng, dtype=np.float64: initialisation.glorot(rng, 40, 60, dtype=dtype),
    "orthogonal": lambda rng, dtype=np.float64: initialisation.orthogonal(rng, 40, 60, dtype=dtype),
}


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_generator_gives_the_same_weights_and_another_one_others(name):
    one, same, other = (DRAWN[name](np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.all(one != other)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", DRAWN)
def test_shape_and_dtype_are_those_asked_for(name, dtype):
    weights = DRAWN[name](np.random.default_rng(0), dtype)
    assert weights.shape == (40, 60)
    assert weights.dtype == dtype


@pytest.mark.parametrize(("name", "bound"), [("uniform", 1 / 5), ("glorot", np.sqrt(6 / 100))])
def test_uniform_weights_fill_their_interval_evenly(name, bound):
    weights = DRAWN[name](np.random.default_rng(0))
    assert 0.99 * bound < np.abs(weights).max() <= bound
    assert weights.mean() == pytest.approx(0, abs=0.03 * bound)
    assert weights.var() == pytest.approx(bound**2 / 3, rel=0.05)


@given(st.integers(1, 8), st.integers(1, 8), st.floats(0.1, 3))
def test_orthogonal_rows_or_columns_have_the_length_of_the_gain(rows, columns, gain):
    W = initialisation.orthogonal(np.random.default_rng(0), rows, columns, gain)
    product = W @ W.T if rows <= columns else W.T @ W
    np.testing.assert_allclose(product, gain**2 * np.eye(min(rows, columns)), atol=1e-12)


def test_orthogonal_matrices_rotate_and_reflect_equally_often():
    rng = np.random.default_rng(0)
    signs = [np.sign(np.linalg.det(initialisation.orthogonal(rng, 3, 3))) for _ in range(400)]
    assert np.mean(signs) == pytest.approx(0, abs=0.15)


def test_orthogonal_matrices_have_no_preferred_diagonal():
    rng = np.random.default_rng(0)
    traces = [np.trace(initialisation.orthogonal(rng, 3, 3)) for _ in range(400)]
    assert np.mean(traces) == pytest.approx(0, abs=0.15)


def test_identity_is_scaled():
    np.testing.assert_array_equal(
        initialisation.identity(2, scale=0.5, dtype=np.float32), [[0.5, 0], [0, 0.5]]
    )
    assert initialisation.identity(2, scale=0.5, dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize(
    ("draw", "name"),
    [
        (lambda rng: initialisation.uniform(rng, (2, 2), fan=0), "fan"),
        (lambda rng: initialisation.glorot(rng, 0, 3), "rows"),
        (lambda rng: initialisation.glorot(rng, 3, 0), "columns"),
        (lambda rng: initialisation.orthogonal(rng, 2.0, 3), "rows"),
        (lambda rng: initialisation.identity(-1), "H"),
    ],
)
def test_a_size_that_is_not_positive_is_refused_by_name(draw, name):
    with pytest.raises(ValueError, match=f"{name} must be a positive whole number, but is"):
        draw(np.random.default_rng(0))
