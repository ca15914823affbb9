"""Training by depth: the two tasks, and that one layer learns the easier one."""

import numpy as np

from rnnlab.lab import training_by_depth as lab
from rnnlab.lab.lag_by_depth import Shape


def test_the_target_is_the_token_of_two_steps_ago():
    x, targets, scored = lab.tokens(np.random.default_rng(0), R=2)
    ids = x.argmax(axis=-1)
    np.testing.assert_array_equal(targets[:, lab.BACK :], ids[:, : -lab.BACK])
    assert not scored[:, : lab.BACK].any()
    assert scored[:, lab.BACK :].all()


def test_brackets_are_balanced_in_every_run():
    x, _, scored = lab.brackets(np.random.default_rng(0), R=3)
    opens = x.argmax(axis=-1) < 2
    assert x.shape == (3, 16, lab.SEQUENCES, 4)
    assert (opens.sum(axis=1) == 8).all()
    np.testing.assert_array_equal(scored, ~opens)


def test_one_layer_learns_and_one_that_stands_still_guesses():
    scores = lab.train(Shape(1, 16), lab.tokens, rates=(1e-9, 1e-2), seeds=(0, 1), updates=100)
    assert scores.right.shape == (2, 2)
    assert scores.right[0].max() < 0.45
    assert scores.best.min() > 0.9
