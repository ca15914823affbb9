"""The text experiment: windows follow the text, training helps, and norms by lag are the gradient's own."""

import numpy as np
import pytest

from rnnlab.lab import gradients_in_text as lab
from rnnlab.nets import rnn


@pytest.fixture(scope="module")
def reader():
    return lab.train(0, "uniform", updates=40, H=16, rate=1e-2)


def test_each_target_is_the_next_letter_and_windows_go_on_where_the_last_one_ended():
    first, second = lab.windows(np.random.default_rng(0), 2)
    np.testing.assert_array_equal(first.x[1:].argmax(axis=-1), first.targets[:-1])
    np.testing.assert_array_equal(first.targets[-1], second.x[0].argmax(axis=-1))


def test_training_lowers_the_bits_from_those_of_guessing(reader):
    before, after = reader.bits
    assert before == pytest.approx(np.log2(lab.V), abs=0.3)
    assert after < before - 0.8


def test_norms_by_lag_start_at_one_and_agree_with_backpropagation(reader):
    norms = lab.norms_by_lag(reader.after, T=6, pieces=1)
    assert norms.shape == (7, lab.SEQUENCES)
    assert np.all(norms[0] == 0)
    ids = lab.texts()[1]
    h, cache = rnn.forward(reader.after.cell, lab.one_hot(ids[:6], lab.V))
    _, d_y = lab.cross_entropy(rnn.readout(reader.after.readout, h[-1]), ids[6])
    d_last, _ = rnn.readout_backward(d_y, h[-1], reader.after.readout)
    _, d_first, _ = rnn.backward(np.zeros_like(h), cache, d_last)
    left = np.linalg.norm(d_first, axis=1) / np.linalg.norm(d_last, axis=1)
    np.testing.assert_allclose(10.0 ** norms[-1], left, rtol=1e-9)


def test_an_orthogonal_start_reaches_further_back_than_the_default_one():
    starts = {start: lab.train(0, start, updates=1, H=16).before for start in ("uniform", "orthogonal")}
    assert np.allclose(starts["orthogonal"].cell.W_hh.T @ starts["orthogonal"].cell.W_hh, np.eye(16))
    reach = {start: np.median(lab.norms_by_lag(params, T=20)[-1]) for start, params in starts.items()}
    assert reach["orthogonal"] > reach["uniform"] + 2


def test_slopes_lie_between_zero_and_one_and_fall_with_training(reader):
    assert 0 < lab.mean_slope(reader.after) < lab.mean_slope(reader.before) < 1


def test_the_gradient_has_the_shape_of_the_weights(reader):
    gradient = lab.a_gradient(reader.before, seed=0)
    assert gradient.cell.W_hh.shape == (16, 16)
    assert np.any(gradient.cell.W_hh)
