"""The transformer as a cell: the same numbers step by step, and every gradient, as the training loop asks for them."""

import numpy as np
import pytest

from rnnlab.lab.attention_cell import attention_cell
from rnnlab.nets.parameters import count
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import sequence_model

D, H, T, B = 3, 4, 5, 2


@pytest.mark.parametrize("positions", ["none", "sinusoidal", "rotary"])
def test_step_by_step_is_the_same_as_at_once(positions):
    cell = attention_cell(L=2, heads=2, positions=positions)
    rng = np.random.default_rng(0)
    params, x = cell.init(rng, D, H, np.float64), rng.normal(size=(T, B, D))
    at_once, cache = cell.forward(params, x)
    state = cell.zero_state(params, B)
    for t in range(T):
        y_t, state = cell.step(params, x[t], state)
        np.testing.assert_allclose(y_t, at_once[t], atol=1e-12)
    np.testing.assert_allclose(cell.last_state(cache).keys, state.keys, atol=1e-12)


@pytest.mark.parametrize("norm_first", [True, False])
def test_the_gradient_at_the_inputs_is_numerical(norm_first):
    cell = attention_cell(L=1, heads=1, norm_first=norm_first)
    rng = np.random.default_rng(1)
    params, x, d_y = cell.init(rng, D, H, np.float64), rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H))
    _, cache = cell.forward(params, x)
    d_x, _, grads = cell.backward(d_y, cache)
    assert count(grads) == count(params)
    direction = rng.normal(size=x.shape)
    later, sooner = ((cell.forward(params, x + e * direction)[0] * d_y).sum() for e in (1e-6, -1e-6))
    assert (d_x * direction).sum() == pytest.approx((later - sooner) / 2e-6, rel=1e-6)


def test_the_sequence_model_trains_it_where_answers_are_scored():
    model = sequence_model(attention_cell(L=1, heads=1), read="every")
    rng = np.random.default_rng(2)
    params = model.init(rng, D, H, 2, np.float32)
    scored = np.zeros((T, B), bool)
    scored[-1] = True
    batch = Batch(rng.normal(size=(T, B, D)).astype(np.float32), np.zeros((T, B), int), None, scored)
    loss, grads = model.gradient(params, batch)
    assert np.isfinite(loss)
    assert grads.cell.entry.W.dtype == np.float32
