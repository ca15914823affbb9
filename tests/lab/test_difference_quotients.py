"""The numerical gradients: the loss written out is the network's, and the errors form a V with its bottom near 1e-5."""

from __future__ import annotations

import numpy as np

from rnnlab.lab import difference_quotients as lab
from rnnlab.nets import rnn


def test_the_loss_written_out_is_that_of_the_network():
    rng = np.random.default_rng(0)
    params, x, r = rnn.init(rng, lab.D, lab.H), rng.normal(size=(4, lab.D)), rng.normal(size=(4, lab.H))
    h, _ = rnn.forward(params, x[:, np.newaxis])
    np.testing.assert_allclose(lab.loss_written_out(params.W_hh, params, x, r), np.sum(h[:, 0] * r))


def test_too_large_and_too_small_steps_are_both_wrong_and_the_complex_step_is_not():
    (large, good, small), complex_step = lab.errors(np.random.default_rng(0), np.array([1e-1, 1e-5, 1e-11]))
    assert good < 1e-8 < min(large, small)
    assert complex_step < 1e-14


def test_the_error_of_the_bend_falls_with_the_square():
    (one, two), _ = lab.errors(np.random.default_rng(1), np.array([1e-2, 1e-3]))
    np.testing.assert_allclose(one / two, 100, rtol=0.05)
