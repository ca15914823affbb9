"""Learning by gate bias: what counts as solved, what a run reports, and that every kind of task can be learned."""

import numpy as np
import pytest

from rnnlab.lab import recall_by_gate_bias as lab
from rnnlab.lab.gated_gradient_flow import Start

LSTM = Start("lstm", {"forget_bias": 2.0})


def test_a_short_lag_is_solved_and_the_run_ends_there():
    run = lab.train(lab.Setting("recall", T=4, steps=300), "open", LSTM, rate=1e-2, seed=0)
    assert run.solved
    assert run.score >= lab.RIGHT
    assert run.solved_after % lab.EVERY == 0
    assert run.solved_after < 300


def test_a_run_without_learning_is_not_solved_and_stays_near_guessing():
    run = lab.train(lab.Setting("recall", T=6, steps=20), "still", LSTM, rate=1e-9, seed=0)
    assert not run.solved
    assert abs(run.score - 0.25) < 0.1


def test_an_untrained_sum_is_scored_by_its_squared_error():
    run = lab.train(lab.Setting("adding", T=6, steps=1), "still", LSTM, rate=1e-9, seed=0)
    assert not run.solved
    assert 1 / 6 < run.score < 3


@pytest.mark.parametrize(("name", "T", "options"), [("copy", 5, {"S": 2, "K": 2}), ("parity", 4, {})])
def test_tasks_with_several_answers_are_read_where_they_ask(name, T, options):
    run = lab.train(lab.Setting(name, T, steps=60, options=options), "it", Start("gru"), rate=2e-2, seed=0)
    assert run.score > 0.6


def test_an_equal_seed_gives_an_equal_run():
    setting = lab.Setting("recall", T=5, steps=50)
    first, again, other = (lab.train(setting, "it", Start("rnn"), 1e-3, seed) for seed in (0, 0, 1))
    assert first == again
    assert first.score != other.score


def test_a_scan_runs_every_start_at_every_rate_with_every_seed():
    starts = {"a": Start("rnn"), "b": LSTM}
    runs = lab.scan(lab.Setting("recall", T=2, steps=1), starts, rates=(0.1, 0.2), seeds=(3, 4))
    assert [(run.start, run.rate, run.seed) for run in runs[:4]] == [
        ("a", 0.1, 3), ("a", 0.1, 4), ("a", 0.2, 3), ("a", 0.2, 4),
    ]  # fmt: skip
    assert len(runs) == 8


def test_solved_runs_are_counted_by_start_and_rate():
    runs = [lab.Run("a", 0.1, 0, 1.0, 50), lab.Run("a", 0.2, 0, 1.0, 50), lab.Run("b", 0.1, 0, np.nan, None)]
    assert lab.solved(runs, "a") == 2
    assert lab.solved(runs, "a", 0.1) == 1
    assert lab.solved(runs, "b") == 0
