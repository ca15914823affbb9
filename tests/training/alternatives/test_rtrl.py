"""Real-time recurrent learning: the gradients of BPTT, found forwards in time."""

import numpy as np
import pytest
from hypothesis import given, settings

from rnnlab.nets import rnn
from rnnlab.nets.cells import cell
from rnnlab.training.alternatives import network, rtrl
from tests.nets.numerics import assert_agrees, cases, make_case
from tests.training.alternatives.problems import assert_same, problem

ACTIVATIONS = ("tanh", "relu", "sigmoid", "identity")


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_it_equals_back_propagation_through_time(activation, masked):
    case = make_case(T=6, B=3, D=2, H=5, seed=3)
    _, cache = rnn.forward(case.params, case.x, case.h_0, case.mask if masked else None, activation)
    _, d_h_0, grads = rnn.backward(case.d_h, cache, case.d_h_last)
    forwards = rtrl.gradients(case.d_h, cache, case.d_h_last)
    assert_agrees(forwards[0], d_h_0, 1e-10)
    assert_same(forwards[1], grads, 1e-10)


@given(cases())
@settings(max_examples=20, deadline=None)
def test_it_equals_back_propagation_at_every_size(case):
    _, cache = rnn.forward(case.params, case.x, case.h_0, case.mask)
    _, d_h_0, grads = rnn.backward(case.d_h, cache, case.d_h_last)
    forwards = rtrl.gradients(case.d_h, cache, case.d_h_last)
    assert_agrees(forwards[0], d_h_0, 1e-10)
    assert_same(forwards[1], grads, 1e-10)


def test_a_stream_knows_after_each_step_the_gradient_of_all_losses_so_far():
    case = make_case(T=5, B=3, D=2, H=4)
    h_t, influence = case.h_0, rtrl.zero_influence(case.params, B=3)
    so_far = rnn.Params(*map(np.zeros_like, case.params))
    for t in range(5):
        h_t, influence = rtrl.step(case.params, case.x[t], h_t, influence, case.mask[t])
        d_h_0, of_step = rtrl.gradient_of_step(case.d_h[t], influence)
        so_far = rnn.Params(*map(np.add, so_far, of_step))
        h, cache = rnn.forward(case.params, case.x[: t + 1], case.h_0, case.mask[: t + 1])
        assert_same(so_far, rnn.backward(case.d_h[: t + 1], cache)[2], 1e-10)
        only_now = np.zeros_like(case.d_h[: t + 1])
        only_now[t] = case.d_h[t]
        assert_agrees(d_h_0, rnn.backward(only_now, cache)[1], 1e-10)
        assert_agrees(h_t, h[-1], 1e-12)


def test_the_influence_of_the_start_is_the_product_of_all_jacobians():
    case = make_case(T=3, B=1, D=2, H=4)
    influence, h_t, product = rtrl.zero_influence(case.params, B=1), case.h_0, np.eye(4)
    for x_t in case.x:
        h_t, influence = rtrl.step(case.params, x_t, h_t, influence)
        product = np.diag(1 - h_t[0] ** 2) @ case.params.W_hh @ product
    assert_agrees(influence.start[0], product, 1e-12)


def test_its_size_is_that_of_its_arrays():
    influence = rtrl.zero_influence(make_case(1, 3, 2, 5).params, B=3)
    assert rtrl.influence_size(B=3, D=2, H=5) == influence.weights.size + influence.start.size


@pytest.mark.parametrize("masked", [False, True])
def test_the_network_gets_the_exact_gradient(masked):
    params, batch = problem(masked=masked)
    exact, forwards = network.gradient(params, batch), rtrl.gradient(params, batch)
    assert forwards.loss == exact.loss
    assert_same(forwards.grads, exact.grads, 1e-10)


def test_float32_stays_float32():
    params, batch = problem(dtype=np.float32)
    grads = rtrl.gradient(params, batch).grads
    assert {leaf.dtype for leaf in (*grads.recurrent, *grads.readout)} == {np.dtype(np.float32)}
    assert_same(grads, network.gradient(params, batch).grads, 1e-5)


def test_another_cell_is_refused():
    params, batch = problem(kind=cell("gru"))
    with pytest.raises(TypeError, match=r"batch\.cell must be cell\('rnn'\), but is the cell 'gru'"):
        rtrl.gradient(params, batch)


def test_a_gradient_of_another_shape_is_refused():
    case = make_case(4, 3, 2, 5)
    _, cache = rnn.forward(case.params, case.x)
    with pytest.raises(ValueError, match="d_h must have the shape"):
        rtrl.gradients(case.d_h[1:], cache)
    with pytest.raises(ValueError, match="d_h_t must have the shape"):
        rtrl.gradient_of_step(case.d_h, rtrl.zero_influence(case.params, 3))
    with pytest.raises(TypeError, match="mask_t must be boolean"):
        rtrl.step(case.params, case.x[0], case.h_0, rtrl.zero_influence(case.params, 3), np.ones(3))
