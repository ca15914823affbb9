"""Tracking, counting and recalling: the answers are right, and a run says what it did."""

import numpy as np
import pytest

from rnnlab.lab import counting_on, recall_with_start, state_tracking
from rnnlab.training.models import sequence_model


def test_the_order_of_the_cups_follows_every_move():
    moves = np.random.default_rng(0).integers(2, size=(30, 4))
    answers = state_tracking.orders(moves)
    for b in range(4):
        order = (0, 1, 2)
        for t in range(30):
            order = tuple(order[i] for i in state_tracking.MOVES[moves[t, b]])
            assert state_tracking.ORDERS[answers[t, b]] == order


def test_the_moves_reach_all_six_orders_and_do_not_commute():
    assert set(state_tracking.orders(np.random.default_rng(0).integers(2, size=(50, 1))).ravel()) == set(
        range(6)
    )
    one, other = state_tracking.orders(np.array([[0, 1], [1, 0]]))[-1]
    assert one != other


@pytest.mark.parametrize(("task", "D"), [("parity", 1), ("shuffle", 2)])
def test_a_batch_has_an_answer_at_every_step(task, D):
    batch = state_tracking.draw(task, np.random.default_rng(0), B=5, T=7)
    assert batch.x.shape == (7, 5, D)
    assert batch.targets.shape == (7, 5)
    assert batch.targets.max() < state_tracking.LABELS[task]


def test_a_solved_run_ends_early_and_reports_every_length():
    run = state_tracking.train("parity", "signed", rate=3e-2, seed=0, T=6, updates=400, lengths=(6, 12))
    assert run.solved_after is not None
    assert run.solved_after < 400
    assert run.right >= state_tracking.SOLVED
    assert len(run.at_lengths) == 2


def test_equal_seeds_give_equal_runs():
    first, again = (
        state_tracking.train("shuffle", "mingru", rate=1e-2, seed=1, T=4, updates=50, lengths=(4,))
        for _ in range(2)
    )
    assert first == again
    assert first.solved_after is None


def test_a_network_that_always_says_end_counts_to_one():
    model = sequence_model("rnn", read="every")
    params = model.init(np.random.default_rng(0), 3, 2, 2, np.float32)
    params.readout.b_y[:] = (0, 100)
    assert counting_on.counts_to(model, params, most=5) == 1
    params.readout.b_y[:] = (100, 0)
    assert counting_on.counts_to(model, params, most=5) == 0


def test_a_run_counts_as_far_as_it_was_trained():
    run = counting_on.train("signed", rate=1e-2, seed=0, updates=200)
    assert run.solved_after is not None
    assert run.counts_to >= counting_on.TRAINED


def test_both_cells_have_about_the_same_number_of_weights_and_the_start_moves():
    runs = [
        recall_with_start.train(setting, 1e-2, seed=0, updates=50) for setting in recall_with_start.SETTINGS
    ]
    weights = [run.weights for run in runs]
    assert max(weights) / min(weights) < 1.1
    assert all(run.start_moved > 0 for run in runs)


def test_a_closed_gate_solves_recall():
    run = recall_with_start.train("minGRU, keeping", 3e-2, seed=0)
    assert run.solved_after is not None
    assert run.right >= recall_with_start.SOLVED


def test_two_layers_read_one_above_the_other():
    run = state_tracking.train(
        "parity", "mingru in 2 layers", rate=1e-2, seed=0, T=4, updates=50, lengths=(4,)
    )
    assert run.at_lengths[0] > 0.5
    assert state_tracking.cell_of("mingru in 2 layers").name == "mingru in 2 layers"
