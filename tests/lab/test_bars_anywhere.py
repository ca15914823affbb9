"""Bars: they lie where they should, the gradient is right, and a convolution knows them in the other corner."""

import numpy as np
import pytest

from rnnlab.lab import bars_anywhere as lab
from rnnlab.nets.parameters import leaves


def test_bars_lie_inside_their_range(monkeypatch):
    monkeypatch.setattr(lab, "NOISE", 0.0)
    x, upright = lab.bars(np.random.default_rng(0), 50, (2, 8), (3, 12), size=(10, 14))
    assert x.shape == (50, 1, 10, 14)
    np.testing.assert_array_equal(x.sum(axis=(1, 2, 3)), lab.LENGTH)
    assert not x[:, :, :2].any()
    assert not x[:, :, 8:].any()
    assert not x[..., :3].any()
    assert not x[..., 12:].any()
    longest = x.sum(axis=2).max(axis=(1, 2))
    np.testing.assert_array_equal(longest == lab.LENGTH, upright == 1)


@pytest.mark.parametrize("make", [lab.convolutional, lab.dense_network])
def test_the_gradient_goes_down(make):
    rng = np.random.default_rng(0)
    params = make(rng)
    batch = lab.in_corner(rng, 64)
    loss, grads = lab.gradient(params, batch)
    size = sum(float((g**2).sum()) for g in leaves(grads))
    small = 1e-3
    lower = type(params)(
        *(
            type(part)(*(w - small * g for w, g in zip(part, d, strict=True)))
            for part, d in zip(params, grads, strict=True)
        )
    )
    assert lab.gradient(lower, batch)[0] - loss == pytest.approx(-small * size, rel=0.05)


def test_a_convolution_knows_bars_in_the_other_corner():
    rng = np.random.default_rng(0)
    params = lab.train(lab.convolutional(rng), rng)
    assert lab.right(params, lab.in_opposite_corner(rng, 200)) > 0.85
