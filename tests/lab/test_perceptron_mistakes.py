"""The convergence theorem, on every drawn set of points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.lab import perceptron_mistakes as lab
from rnnlab.nets import perceptron


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000), margin=st.sampled_from([0.3, 0.1, 0.03]), D=st.integers(1, 4))
def test_mistakes_stay_below_the_bound(seed, margin, D):
    race = lab.race(np.random.default_rng(seed), 30, margin, D)
    assert race.mistakes <= race.bound


@pytest.mark.parametrize("margin", [0.05, 0.3])
def test_no_point_is_closer_to_the_line_than_the_margin(margin):
    points = lab.separable(np.random.default_rng(0), 50, margin)
    w, b = points.separator
    distance = points.y * (points.x @ w + b) / np.sqrt(w @ w + b * b)
    assert distance.min() >= margin
    assert np.abs(points.x).max() <= 1


def test_the_path_has_one_step_for_each_mistake_and_ends_without_one():
    points = lab.separable(np.random.default_rng(1), 40, 0.1)
    path = lab.path(points)
    training = perceptron.train(perceptron.init(2), points.x, points.y)
    assert len(path) - 1 == training.mistakes
    np.testing.assert_array_equal(path[-1].w, training.params.w)
    assert (perceptron.predict(path[-1], points.x) == points.y).all()


def test_a_margin_without_room_is_refused():
    with pytest.raises(ValueError, match="must lie between"):
        lab.separable(np.random.default_rng(0), 5, 0.9)
