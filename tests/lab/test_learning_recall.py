"""Recall: what counts as solved, what a run reports, and that equal seeds give equal runs."""

import numpy as np

from rnnlab.lab import learning_recall as lab


def test_a_short_lag_is_solved_and_the_run_ends_there():
    run = lab.train(lab.Setting("orthogonal", T=3, rate=1e-2, steps=400), seed=1)
    assert run.solved
    assert run.right >= lab.SOLVED
    assert run.solved_after % lab.EVERY == 0
    assert run.solved_after < 400


def test_a_run_without_learning_stays_at_guessing_and_is_not_solved():
    run = lab.train(lab.Setting("default", T=10, rate=1e-9, steps=50), seed=0)
    assert not run.solved
    assert run.solved_after is None
    assert abs(run.right - 0.25) < 0.1


def test_one_seed_gives_one_run_and_another_seed_another():
    setting = lab.Setting("default", T=5, rate=1e-3, steps=50)
    first, again, other = (lab.train(setting, seed) for seed in (0, 0, 1))
    assert first == again
    assert first.largest_norm != other.largest_norm


def test_an_exploding_run_ends_with_an_infinite_norm():
    setting = lab.Setting("identity", T=200, rate=1e3, optimizer="sgd", clip=None, steps=50)
    with np.errstate(all="ignore"):
        run = lab.train(setting, seed=0)
    assert not run.solved
    assert run.largest_norm == np.inf


def test_a_scan_runs_every_setting_with_every_seed():
    settings = [lab.Setting("default", T=2, rate=rate, steps=1) for rate in (0.1, 0.2)]
    runs = lab.scan(settings, seeds=(3, 4))
    assert [(run.setting.rate, run.seed) for run in runs] == [(0.1, 3), (0.1, 4), (0.2, 3), (0.2, 4)]


def test_the_answer_is_the_first_token():
    batch = lab.draw(np.random.default_rng(0), B=6, T=5)
    assert batch.x.shape == (5, 6, 8)
    np.testing.assert_array_equal(batch.x[0].argmax(axis=-1), batch.targets)
