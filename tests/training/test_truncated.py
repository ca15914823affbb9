"""Truncated BPTT: one window is the whole gradient, states are carried, and the reach ends with the window."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets.parameters import leaves, mapped
from rnnlab.training import truncated
from rnnlab.training.clipping import clip_by_norm
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import sequence_model
from rnnlab.training.optimizers import optimizer
from tests.nets.numerics import assert_agrees

T, B, D, H, K = 7, 3, 2, 4, 3
KINDS = ("rnn", "lstm", "gru")


def make(kind, masked=False, seed=0):
    rng = np.random.default_rng(seed)
    model = sequence_model(kind, read="every")
    params = model.init(rng, D, H, K)
    mask = np.arange(T)[:, np.newaxis] < np.array([7, 2, 5]) if masked else None
    return model, params, Batch(rng.normal(size=(T, B, D)), rng.integers(0, K, (T, B)), mask)


@pytest.mark.parametrize("window", [T, T + 5])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_one_window_is_the_whole_gradient(kind, masked, window):
    model, params, batch = make(kind, masked)
    loss, grads = model.gradient(params, batch)
    loss_truncated, grads_truncated, _ = truncated.gradient(model, params, batch, window)
    assert_agrees(loss_truncated, loss, 1e-15)
    for one, two in zip(leaves(grads_truncated), leaves(grads), strict=True):
        assert_agrees(one, two, 1e-14)


@pytest.mark.parametrize("kind", KINDS)
@given(window=st.integers(1, T), masked=st.booleans(), seed=st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_carried_states_make_the_loss_and_the_last_state_those_of_the_whole(kind, window, masked, seed):
    model, params, batch = make(kind, masked, seed)
    _, _, expected = model.gradient_from(params, batch, None)
    loss, _, state = truncated.gradient(model, params, batch, window)
    assert_agrees(loss, model.loss_of(params, batch), 1e-12)
    assert_agrees(model.cell.output(state), model.cell.output(expected), 1e-12)


def test_the_gradient_is_that_of_each_window_from_a_constant_state():
    model, params, batch = make("rnn")
    _, grads, _ = truncated.gradient(model, params, batch, window=3)
    h, _ = model.cell.forward(params.cell, batch.x)
    summed = mapped(np.zeros_like, params)
    for start, length in ((0, 3), (3, 3), (6, 1)):
        part = mapped(lambda array, s=start, n=length: array[s : s + n], batch)
        state = h[start - 1] if start else None
        _, part_grads, _ = model.gradient_from(params, part, state)
        summed = mapped(lambda total, g, n=length: total + n / T * g, summed, part_grads)
    for one, two in zip(leaves(grads), leaves(summed), strict=True):
        assert_agrees(one, two, 1e-13)


def test_a_loss_reaches_back_to_the_first_step_of_its_window_and_no_further():
    """The gradient at the table row of an id that occurs once, at t = 2, with one scored step at t."""
    model = sequence_model("rnn", read="every")
    params = model.init(np.random.default_rng(0), D, H, K, vocabulary=2)
    ids = np.zeros((T, 1), int)
    ids[2] = 1

    def influence(t, window):
        scored = np.zeros((T, 1), bool)
        scored[t] = True
        batch = Batch(ids, np.zeros((T, 1), int), scored=scored)
        return np.abs(truncated.gradient(model, params, batch, window)[1].E[1]).max()

    assert influence(t=3, window=4) > 1e-6
    assert influence(t=4, window=4) == 0
    assert influence(t=5, window=6) > 1e-6
    assert influence(t=6, window=6) == 0


def test_windows_without_a_scored_step_still_move_the_state():
    model, params, batch = make("lstm")
    scored = np.zeros((T, B), bool)
    scored[-1] = True
    loss, _, _ = truncated.gradient(model, params, batch._replace(scored=scored), window=2)
    assert_agrees(loss, model.loss_of(params, batch._replace(scored=scored)), 1e-12)


def delayed(rng, lag, steps, streams):
    """Random bits x (N, B, 1), and at each step the bit `lag` steps before it."""
    bits = rng.integers(0, 2, (lag + steps, streams))
    return Batch(bits[lag:, :, np.newaxis] * 2.0 - 1, bits[:steps])


def accuracy_after_training(window, carried, lag=4, steps=8000, seed=0):
    rng = np.random.default_rng(seed)
    model = sequence_model("rnn", read="every")
    params = model.init(rng, D=1, H=16, K=2)
    ours = optimizer("adam", 1e-2)
    memory, zero = ours.init(params), model.cell.zero_state(params.cell, 16)
    state = zero
    for part in truncated.cut(delayed(rng, lag, steps, 16), window):
        _, grads, after = model.gradient_from(params, part, state)
        params, memory = ours.update(params, clip_by_norm(grads, 1.0)[0], memory)
        state = after if carried else zero
    right, state = [], zero
    for part in truncated.cut(delayed(rng, lag, 600, 16), window):
        right.append(model.predict(params, part.x, state=state).argmax(axis=-1) == part.targets)
        _, _, after = model.gradient_from(params, part, state)
        state = after if carried else zero
    return float(np.concatenate(right)[lag:].mean())


def test_a_lag_is_learned_if_and_only_if_the_window_reaches_over_it():
    """The threshold is sharp. Three seeds gave 0.57, 0.50, 0.57 with window = lag and 1.0 each with lag + 1."""
    assert accuracy_after_training(window=4, carried=True) < 0.65
    assert accuracy_after_training(window=5, carried=True) > 0.98


def test_without_carried_states_the_first_steps_of_each_window_are_guessed():
    """Of 8 steps the first 4 ask for bits before the window, which are right by chance: (4 + 4 · 0.5) / 8."""
    assert accuracy_after_training(window=8, carried=False) == pytest.approx(6 / 8, abs=0.015)
    assert accuracy_after_training(window=8, carried=True) > 0.98


class TestRefusals:
    def test_a_model_that_reads_one_state(self):
        model = sequence_model("rnn", read="last")
        params = model.init(np.random.default_rng(0), D, H, K)
        with pytest.raises(ValueError, match=r"model must read every state .* but reads the last one"):
            truncated.gradient(model, params, Batch(np.ones((T, B, D)), np.zeros(B, int)), window=2)

    def test_targets_without_a_time_axis(self):
        with pytest.raises(
            ValueError, match=r"targets must have one entry for each step, \(7, 3\), but has .* \(3,\)"
        ):
            truncated.cut(Batch(np.ones((T, B, D)), np.zeros(B, int)), window=2)

    def test_a_window_below_one(self):
        model, params, batch = make("rnn")
        with pytest.raises(ValueError, match="window must be a positive whole number"):
            truncated.gradient(model, params, batch, window=0)

    def test_a_batch_that_is_all_padding(self):
        model, params, batch = make("rnn")
        with pytest.raises(ValueError, match="batch must have a scored step"):
            truncated.gradient(model, params, batch._replace(mask=np.zeros((T, B), bool)), window=2)
