"""One interface: every method trains the same network on the same batch in the same loop."""

import numpy as np
import pytest

from rnnlab.nets.cells import cell
from rnnlab.nets.parameters import mapped, named_leaves
from rnnlab.training.alternatives import network, step_losses
from rnnlab.training.alternatives.methods import METHODS, method
from rnnlab.training.alternatives.skip_connections import Skip
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import drawn
from rnnlab.training.optimizers import optimizer
from tests.training.alternatives.problems import assert_same, cosine, problem


def made(name, **more):
    """The method with what it cannot do without."""
    options = {"skip_connections": {"skip": Skip(2, 0.5)}}.get(name, {})
    if name.endswith("perturbation"):
        options = {"rng": np.random.default_rng(0)}
    return method(name, **(options | more))


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", METHODS)
def test_every_method_answers_with_the_loss_and_a_tree_like_the_parameters(name, masked):
    params, batch = problem(masked=masked)
    estimate = made(name)(params, batch)
    assert isinstance(estimate.loss, float)
    shapes = [(path, leaf.shape) for path, leaf in named_leaves(estimate.grads)]
    assert shapes == [(path, leaf.shape) for path, leaf in named_leaves(params)]
    assert all(np.isfinite(leaf).all() and leaf.any() for _, leaf in named_leaves(estimate.grads))
    if name != "skip_connections":
        assert estimate.loss == network.gradient(params, batch).loss


@pytest.mark.parametrize("name", METHODS)
def test_every_method_agrees_with_bptt_where_nothing_is_left_to_approximate(name):
    """In a single step there is no time to send a gradient through, and many draws leave little noise."""
    params, batch = problem(T=1, H=3, K=2, B=2, gain=0.3)
    more = {"samples": 1500} if name.endswith("perturbation") else {}
    estimate = made(name, **more)(params, batch)
    exact = network.gradient(params, batch).grads
    if more:
        assert cosine(estimate.grads, exact) > 0.95
    else:
        assert_same(estimate.grads, exact, 1e-12)


@pytest.mark.parametrize("name", ["bptt", "rtrl", "state_feedback", "node_perturbation", "skip_connections"])
def test_descending_along_the_estimates_lowers_the_loss(name):
    rng = np.random.default_rng(1)
    params = network.init(rng, D=2, H=8, K=1)
    x = rng.normal(size=(6, 32, 2))
    target = np.cumsum(x[..., :1], axis=0) / 3
    batch = network.Batch(x, step_losses.squared_error(target, np.full((6, 32), 1 / 192)))
    before = network.gradient(params, batch).loss
    estimate = made(name)
    for _ in range(60):
        grads = estimate(params, batch).grads
        params = mapped(lambda w, g: w - 0.05 * g, params, grads)
    assert network.gradient(params, batch).loss < 0.6 * before


@pytest.mark.parametrize("name", ["bptt", "state_feedback", "node_perturbation"])
def test_a_method_is_a_gradient_function_for_the_training_loop(name):
    def batch(rng):
        x = rng.normal(size=(4, 16, 2))
        return network.Batch(x, step_losses.squared_error(x[:, :, :1], np.full((4, 16), 1 / 64)))

    params = network.init(np.random.default_rng(1), D=2, H=8, K=1)
    adam = optimizer("adam", rate=1e-2)
    rng = np.random.default_rng(2)
    result = fit(params, made(name), drawn(batch), adam, rng=rng, steps=100, clip=1.0, progress=False)
    assert np.mean(result.history.loss[-10:]) < 0.3 * np.mean(result.history.loss[:10])


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_the_cells_own_backward_pass_is_bptt(kind):
    params, batch = problem(kind=cell(kind))
    estimate = method("bptt")(params, batch)
    h, cache = batch.cell.forward(params.recurrent, batch.x, batch.state)
    d_y = batch.loss(h @ params.readout.W_hy.T + params.readout.b_y)[1]
    _, _, grads = batch.cell.backward(d_y @ params.readout.W_hy, cache)
    assert_same(estimate.grads.recurrent, grads, 1e-12)


def test_a_network_starts_with_the_weights_of_its_cell():
    params = network.init(
        np.random.default_rng(0), D=2, H=4, K=3, dtype=np.float32, name="gru", update_bias=2.0
    )
    assert (params.recurrent.b_h[4:8] == 2).all()
    assert {leaf.dtype for _, leaf in named_leaves(params)} == {np.dtype(np.float32)}


def test_another_method_is_refused():
    with pytest.raises(ValueError, match=r"method must be 'bptt' or 'rtrl' or .* but is 'e-prop'"):
        method("e-prop")
