"""Training without BPTT: fair starts, right answers, and runs that say what they are."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import learning_without_bptt as lab
from rnnlab.nets.parameters import leaves
from rnnlab.training.alternatives import network

ALL = [*lab.PLAIN, "SCTT", *lab.NOISY]


def test_recall_asks_for_the_first_token_at_the_last_step_alone():
    x, targets, weights = lab.recall(6).draw(np.random.default_rng(0), 5)
    assert x.shape == (6, 5, 8)
    assert np.array_equal(targets[-1], x[0].argmax(axis=-1))
    assert weights[:-1].sum() == 0
    assert weights.sum() == pytest.approx(1)


def test_delayed_copy_asks_for_the_bit_of_so_many_steps_before():
    x, targets, weights = lab.delayed_copy(T=9, lag=4).draw(np.random.default_rng(0), 5)
    assert np.array_equal(targets[4:], (x[:-4, :, 0] > 0).astype(int))
    assert np.all(weights[:4] == 0)
    assert weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("name", ALL)
def test_one_seed_gives_every_method_the_same_start_and_the_same_run_again(name):
    task = lab.recall(4)
    first, again = (lab.train(task, name, 1e-2, seed=3, most=25) for _ in range(2))
    assert first == again
    assert first.accuracy[0] == lab.train(task, "BPTT", 1e-1, seed=3, most=25).accuracy[0]


def test_bptt_solves_an_easy_recall_and_stops_there():
    run = lab.train(lab.recall(3), "BPTT", 3e-2, seed=0, most=200)
    assert run.solved == run.updates[-1] < 200
    assert run.accuracy[-1] >= lab.ENOUGH > max(run.accuracy[:-1])
    assert str(run) == str(run.solved)


def test_the_readout_alone_leaves_the_recurrent_weights_as_they_are():
    task, rng = lab.recall(4), np.random.default_rng(0)
    params, batch = network.init(rng, task.D, 5, task.K), task.draw(rng, 3).batch()
    estimate, exact = lab.readout_alone(params, batch), network.gradient(params, batch)
    assert not any(leaf.any() for leaf in leaves(estimate.grads.recurrent))
    assert np.array_equal(estimate.grads.readout.W_hy, exact.grads.readout.W_hy)


def test_a_scan_holds_every_rate_and_seed_and_the_best_rate_is_the_quickest():
    runs = lab.scan(lab.recall(3), ["BPTT"], rates=(1e-4, 3e-2), seeds=(0, 1), most=100)["BPTT"]
    assert [(run.rate, run.seed) for run in runs] == [(1e-4, 0), (1e-4, 1), (3e-2, 0), (3e-2, 1)]
    assert lab.best_rate(runs, most=100) == 3e-2
    assert str(runs[0]).startswith("–")
