"""The loss with a cliff: its gradient is right, and clipping decides what becomes of a descent."""

import numpy as np
import pytest

from rnnlab.analysis.gradient_check import numerical_gradient
from rnnlab.lab import loss_cliff as lab


@pytest.mark.parametrize("place", [(0.5, 0.3), (4.0, -2.0), (6.0, -2.6)])
def test_the_gradient_agrees_with_central_differences(place):
    _, *gradient = lab.loss_and_gradient(*place)
    numerical = numerical_gradient(lambda at: float(lab.loss_and_gradient(*at)[0]), np.array(place))
    np.testing.assert_allclose(gradient, numerical, rtol=1e-5, atol=1e-9)


def test_arrays_of_places_give_what_each_place_gives():
    ws, bs = np.meshgrid([1.0, 5.0], [-2.0, 0.0, 1.0])
    loss, d_w, d_b = lab.loss_and_gradient(ws, bs)
    assert loss.shape == (3, 2)
    for place in np.ndindex(loss.shape):
        alone = lab.loss_and_gradient(ws[place], bs[place])
        np.testing.assert_allclose((loss[place], d_w[place], d_b[place]), alone)


def test_a_descent_records_its_places_losses_and_norms():
    walk = lab.descend((1.0, 0.0), rate=0.1, steps=5)
    assert walk.places.shape == (6, 2)
    _, d_w, d_b = lab.loss_and_gradient(1.0, 0.0)
    np.testing.assert_allclose(walk.places[1], [1.0 - 0.1 * d_w, -0.1 * d_b])
    assert walk.norms[0] == pytest.approx(np.hypot(d_w, d_b))
    assert np.all(np.diff(walk.losses) < 0)


def test_no_clipped_step_is_longer_than_rate_times_clip():
    walk = lab.descend((6.0, -2.6), rate=0.2, steps=300, clip=0.3)
    steps = np.linalg.norm(np.diff(walk.places, axis=0), axis=1)
    assert walk.norms.max() > 10
    assert steps.max() == pytest.approx(0.06)
    assert walk.losses[-1] < 0.01


def test_without_clipping_the_same_descent_is_thrown_far_away():
    walk = lab.descend((6.0, -2.6), rate=0.2, steps=300)
    leap = walk.places[walk.widest_step + 1] - walk.places[walk.widest_step]
    assert np.linalg.norm(leap) > 10
    assert walk.losses[-1] > 0.05
