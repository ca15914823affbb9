"""Stacks side by side: each run equals the stacked network of the package, also with dropout in the recurrence."""

import numpy as np
import pytest

from rnnlab.lab import stacks_side_by_side as side
from rnnlab.nets import rnn, stacked
from rnnlab.nets.losses import masked_sequence_loss
from rnnlab.nets.parameters import leaves, mapped

R, T, B, D, H, K, L = 3, 5, 4, 2, 6, 3, 3


def case(norm=False):
    rng = np.random.default_rng(0)
    params = side.init(range(R), D, H, K, L, norm=norm, dtype=np.float64)
    params = mapped(lambda array: array + 0.1 * rng.normal(size=array.shape), params)
    x, targets = rng.normal(size=(R, T, B, D)), rng.integers(K, size=(R, T, B))
    return rng, params, x, targets, rng.random((R, T, B)) < 0.6


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("residual", [False, True])
def test_each_run_equals_the_stacked_network(norm, residual):
    rng, params, x, targets, scored = case(norm)
    keep = [(rng.random((R, 1, B, H)) < 0.5) * 2.0 for _ in range(L - 1)]
    losses, grads = side.loss_and_gradient(params, x, targets, scored, residual, side.Kept(entry=keep))
    for run in range(R):
        one = mapped(lambda array, run=run: array[run], params)
        kept = tuple(m[run] for m in keep)
        h, cache = stacked.forward(one.stack, x[run], keep=kept, cell=side.CELL, residual=residual)
        loss, d_y = masked_sequence_loss(rnn.readout(one.readout, h), targets[run], scored[run])
        d_h, d_readout = rnn.readout_backward(d_y, h, one.readout)
        expected = side.Params(stacked.backward(d_h, cache)[2], d_readout)
        np.testing.assert_allclose(losses[run], loss, rtol=1e-12)
        for theirs, ours in zip(leaves(expected), leaves(grads), strict=True):
            np.testing.assert_allclose(ours[run], theirs, atol=1e-14)


@pytest.mark.parametrize("length", [1, T])
def test_the_gradient_with_dropout_in_the_recurrence_equals_central_differences(length):
    rng, params, x, targets, scored = case()
    kept = side.Kept(recurrent=[(rng.random((R, length, B, H)) < 0.7) / 0.7 for _ in range(L)])
    _, grads = side.loss_and_gradient(params, x, targets, scored, kept=kept)
    direction = mapped(lambda array: rng.normal(size=array.shape), params)

    def shifted(size):
        moved = mapped(lambda array, along: array + size * along, params, direction)
        return side.loss_and_gradient(moved, x, targets, scored, kept=kept)[0]

    slope = (shifted(1e-5) - shifted(-1e-5)) / 2e-5
    inner = sum(
        (g * d).reshape(R, -1).sum(axis=1) for g, d in zip(leaves(grads), leaves(direction), strict=True)
    )
    np.testing.assert_allclose(slope, inner, atol=1e-8)


def test_losses_are_those_without_dropout():
    _, params, x, targets, scored = case()
    np.testing.assert_array_equal(
        side.losses(params, x, targets, scored), side.loss_and_gradient(params, x, targets, scored)[0]
    )


def test_runs_share_nothing_and_a_rate_of_zero_leaves_a_run_as_it_is():
    _, params, x, targets, scored = case()
    adam = side.Adam(params, np.array([0.0, 0.1, 0.1]))
    _, grads = side.loss_and_gradient(params, x, targets, scored)
    moved = adam.update(params, grads)
    for before, after in zip(leaves(params), leaves(moved), strict=True):
        np.testing.assert_array_equal(after[0], before[0])
    assert not np.array_equal(moved.readout.b_y[1], params.readout.b_y[1])


def test_adam_is_that_of_the_package_where_nothing_is_clipped():
    from rnnlab.training.optimizers import optimizer

    _, params, x, targets, scored = case()
    ours, theirs = side.Adam(params, np.full(R, 0.01)), optimizer("adam", 0.01)
    state, other = theirs.init(params), params
    for _ in range(3):
        _, grads = side.loss_and_gradient(params, x, targets, scored)
        grads = mapped(lambda g: 0.1 * g, grads)
        params = ours.update(params, grads)
        other, state = theirs.update(other, grads, state)
    for mine, expected in zip(leaves(params), leaves(other), strict=True):
        np.testing.assert_allclose(mine, expected, atol=1e-6)
