"""The exclusive or by a window: it is right inside the window, and blind outside it."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import xor_by_window as lab


@pytest.mark.parametrize("lag", [1, 3])
def test_inside_the_window_the_answer_is_among_the_inputs(lag):
    x, y = lab.windows(np.random.default_rng(0), lag, 50)
    assert x.shape == (50, lab.WINDOW)
    assert ((x[:, -1] != x[:, -1 - lag]) == y).all()


def test_outside_the_window_the_answer_is_independent_of_the_inputs():
    x, y = lab.windows(np.random.default_rng(0), 4, 20_000)
    codes = ((x + 1) / 2) @ (2 ** np.arange(lab.WINDOW))
    assert all(abs(y[codes == code].mean() - 0.5) < 0.06 for code in range(16))


def test_each_model_does_what_it_can():
    rng = np.random.default_rng(0)
    assert lab.multilayer_accuracy(rng, 2) > 0.99
    assert lab.multilayer_accuracy(rng, 4, steps=50) < 0.55
    assert lab.perceptron_accuracy(rng, 1, examples=200, epochs=3) < 0.78
    assert lab.recurrent_accuracy(rng, 1, steps=200) > 0.99
