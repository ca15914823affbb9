"""Lags by depth: the task, how a lag grows, and what a result holds."""

import numpy as np

from rnnlab.lab import lag_by_depth as lab
from rnnlab.lab.lag_by_depth import Limits, Shape


def test_the_answer_is_the_token_that_stands_lag_steps_before_the_end_of_each_run():
    lags = np.array([2, 5])
    x, targets, scored = lab.draw([np.random.default_rng(seed) for seed in (0, 1)], lags)
    assert x.shape == (2, 6, lab.SEQUENCES, 2 * lab.TOKENS)
    ids = x.argmax(axis=-1)
    for run, lag in enumerate(lags):
        np.testing.assert_array_equal(ids[run, 5 - lag], targets[run, -1])
        assert (ids[run] < lab.TOKENS).sum() == lab.SEQUENCES
    assert scored[:, -1].all()
    assert not scored[:, :-1].any()


def test_a_run_that_learns_reaches_the_first_lag_and_one_that_cannot_stays_at_zero():
    limits = lab.limits(Shape(1, 16), rates=(1e-9, 1e-2), seeds=(0, 1), updates=120)
    assert limits.lags.shape == (2, 2)
    assert limits.lags[0].tolist() == [0, 0]
    assert limits.best.max() >= lab.FIRST
    assert limits.parameters == 16 * (8 + 16 + 1) + 4 * 17


def test_equal_arguments_give_equal_limits_also_with_dropout():
    first, again = (lab.limits(Shape(2, 8), (1e-2,), (0,), 20, drop=0.2, over="step").lags for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_the_best_rate_is_that_with_the_largest_mean():
    limits = Limits(Shape(1, 1), 1, (0.1, 0.2), np.array([[1, 2], [0, 9]]))
    assert limits.best.tolist() == [0, 9]
