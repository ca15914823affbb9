"""Text by depth: windows, what a run reports, and the trace of a changed letter."""

import numpy as np

from rnnlab.lab import text_by_depth as lab
from rnnlab.lab.lag_by_depth import Shape


def test_targets_are_the_next_letters_and_the_first_are_not_scored():
    text = np.arange(30) % lab.V
    x, targets, scored = lab.windows(np.random.default_rng(0), text, R=2, B=3)
    assert x.shape == (2, lab.WINDOW, 3, lab.V)
    np.testing.assert_array_equal(targets[:, :-1], x.argmax(axis=-1)[:, 1:])
    assert not scored[:, : lab.WARM].any()


def test_a_run_gets_better_and_reports_every_point():
    curves = lab.train(Shape(2, 8), [1e-2, 1e-2], [0, 1], updates=30, letters=500, drops=[0.0, 0.3], every=10)
    assert curves.updates == (10, 20, 30)
    assert curves.learned.shape == curves.held_out.shape == (3, 2)
    assert (curves.learned[-1] < np.log2(lab.V)).all()


def test_a_changed_letter_is_felt_at_once_and_less_and_less():
    curves = lab.train(Shape(2, 8), [1e-2], [0], updates=1)
    apart = lab.distances(curves.params, residual=False, T=20)
    assert apart.shape == (2, 20 - lab.WARM, 1)
    assert (apart[:, 0] > 0).all()
    assert (apart[:, -1] < apart[:, 0]).all()
