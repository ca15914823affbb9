"""Optimizers: equal to torch.optim step by step, pure, plain in their state, and strict about what they are given."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import rnn
from rnnlab.nets.parameters import leaves, mapped
from rnnlab.training import optimizers
from rnnlab.training.optimizers import OptimizerState, optimizer
from tests.nets.numerics import assert_agrees, read_only
from tests.training.trees import drawn_tree

SETTINGS = [
    ("sgd", {}, torch.optim.SGD, {}),
    ("sgd", {"momentum": 0.9}, torch.optim.SGD, {"momentum": 0.9}),
    ("sgd", {"momentum": 0.8, "nesterov": True}, torch.optim.SGD, {"momentum": 0.8, "nesterov": True}),
    ("adagrad", {}, torch.optim.Adagrad, {}),
    ("adagrad", {"epsilon": 0.1}, torch.optim.Adagrad, {"eps": 0.1}),
    ("rmsprop", {}, torch.optim.RMSprop, {}),
    ("rmsprop", {"decay": 0.8, "epsilon": 0.1}, torch.optim.RMSprop, {"alpha": 0.8, "eps": 0.1}),
    ("rmsprop", {"momentum": 0.7}, torch.optim.RMSprop, {"momentum": 0.7}),
    ("adam", {}, torch.optim.Adam, {}),
    (
        "adam",
        {"beta_1": 0.8, "beta_2": 0.95, "epsilon": 0.1},
        torch.optim.Adam,
        {"betas": (0.8, 0.95), "eps": 0.1},
    ),
    ("adam", {"weight_decay": 0.3}, torch.optim.AdamW, {"weight_decay": 0.3}),
]
NAMES = ("sgd", "adagrad", "rmsprop", "adam")


@pytest.mark.parametrize(("name", "options", "theirs", "their_options"), SETTINGS)
@given(seed=st.integers(0, 10**6), rate=st.floats(1e-4, 0.5))
@settings(max_examples=5, deadline=None)
def test_every_step_equals_torch(name, options, theirs, their_options, seed, rate):
    rng = np.random.default_rng(seed)
    params = drawn_tree(rng)
    tensors = [torch.tensor(leaf) for leaf in leaves(params)]
    reference = theirs(tensors, lr=rate, **their_options)
    ours = optimizer(name, rate, **options)
    state = ours.init(params)
    for _ in range(12):
        grads = mapped(lambda leaf: rng.normal(size=leaf.shape) * 10 ** rng.uniform(-6, 3), params)
        for tensor, gradient in zip(tensors, leaves(grads), strict=True):
            tensor.grad = torch.tensor(gradient)
        reference.step()
        params, state = ours.update(params, grads, state)
        for leaf, tensor in zip(leaves(params), tensors, strict=True):
            assert_agrees(leaf, tensor.numpy(), 1e-12)
    assert state.step == 12


@pytest.mark.parametrize("name", NAMES)
def test_a_rate_given_to_a_step_takes_the_place_of_the_optimizer_s_own(name):
    rng = np.random.default_rng(0)
    params, grads = drawn_tree(rng), drawn_tree(rng)
    slow, fast = optimizer(name, rate=0.01), optimizer(name, rate=0.5)
    expected, _ = fast.update(params, grads, fast.init(params))
    actual, _ = slow.update(params, grads, slow.init(params), rate=0.5)
    for ours, theirs in zip(leaves(actual), leaves(expected), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_step_of_each_optimizer_goes_downhill(name):
    params = (np.array([3.0, -2.0]),)
    ours = optimizer(name, rate=0.1)
    (after,), _ = ours.update(params, (np.array([6.0, -4.0]),), ours.init(params))
    assert np.all(np.abs(after) < np.abs(params[0]))


@pytest.mark.parametrize(("name", "options", "theirs", "their_options"), SETTINGS)
def test_nothing_that_came_in_is_written_to(name, options, theirs, their_options):
    rng = np.random.default_rng(0)
    params, grads = (mapped(read_only, drawn_tree(rng)) for _ in range(2))
    ours = optimizer(name, rate=0.1, **options)
    state = ours.init(params)
    frozen = OptimizerState(0, mapped(read_only, state.direction), mapped(read_only, state.squares))
    first, _ = ours.update(params, grads, frozen)
    again, _ = ours.update(params, grads, frozen)
    for one, two in zip(leaves(first), leaves(again), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("name", NAMES)
def test_float32_stays_float32_even_with_numpy_s_own_numbers_as_settings(name):
    rng = np.random.default_rng(0)
    params, grads = drawn_tree(rng, np.float32), drawn_tree(rng, np.float32)
    epsilon = {} if name == "sgd" else {"epsilon": np.float64(1e-8)}
    ours = optimizer(name, rate=np.float64(0.1), **epsilon)
    params, state = ours.update(params, grads, ours.init(params), rate=np.float64(0.2))
    kinds = {leaf.dtype for tree in (params, state.direction, state.squares) for leaf in leaves(tree)}
    assert kinds == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", NAMES)
def test_a_quadratic_bowl_is_descended_to_its_bottom(name):
    rate = {"sgd": 0.1, "adagrad": 1.0, "rmsprop": 0.01, "adam": 0.1}[name]
    ours = optimizer(name, rate)
    params = (np.array([3.0, -2.0]), np.array([[1.0]]))
    state = ours.init(params)
    for _ in range(600):
        params, state = ours.update(params, mapped(lambda theta: 2 * theta, params), state)
    assert max(np.abs(leaf).max() for leaf in params) < 0.02


def test_weight_decay_shrinks_a_weight_that_has_no_gradient_by_rate_times_decay():
    params = (np.array([2.0]),)
    (after,), _ = optimizers.adam(params, (np.zeros(1),), optimizers.init(params), rate=0.1, weight_decay=0.5)
    assert_agrees(after, np.array([2.0 * (1 - 0.05)]), 1e-15)


class TestRefusals:
    params = rnn.Params(np.ones((2, 3)), np.ones((2, 2)), np.ones(2))

    def update(self, grads, rate=0.1, **options):
        return optimizers.adam(self.params, grads, optimizers.init(self.params), rate, **options)

    def test_a_gradient_that_would_be_broadcast(self):
        with pytest.raises(
            ValueError, match=r"grads.b_h must have the shape \(2,\) like params.b_h, but .* \(1,\)"
        ):
            self.update(self.params._replace(b_h=np.ones(1)))

    def test_a_gradient_of_another_network(self):
        readout = rnn.ReadoutParams(np.ones((1, 2)), np.ones(1))
        with pytest.raises(
            ValueError, match="grads must have the branches of params, W_xh, W_hh, b_h, but has"
        ):
            self.update(readout)

    def test_a_gradient_of_another_precision(self):
        with pytest.raises(TypeError, match=r"grads.W_hh must be float64 like params.W_hh, but is float32"):
            self.update(self.params._replace(W_hh=np.ones((2, 2), np.float32)))

    def test_parameters_that_are_whole_numbers(self):
        with pytest.raises(TypeError, match=r"params.0 must hold floats .* but holds int64"):
            optimizers.init((np.arange(3),))

    def test_an_empty_tree(self):
        with pytest.raises(ValueError, match=r"params must hold arrays, but is \(\)"):
            optimizers.init(())

    @pytest.mark.parametrize("rate", [-0.1, float("nan"), float("inf")])
    def test_a_rate_that_is_no_rate(self, rate):
        with pytest.raises(ValueError, match="rate must be a finite number and not negative"):
            self.update(self.params, rate=rate)
        with pytest.raises(ValueError, match="rate must be a finite number and not negative"):
            optimizer("sgd", rate)

    @pytest.mark.parametrize("beta", [1.0, 1.5])
    def test_a_mean_that_would_never_move(self, beta):
        with pytest.raises(ValueError, match="beta_2 must lie between 0 and 1, without 1"):
            self.update(self.params, beta_2=beta)

    def test_nesterov_without_momentum(self):
        with pytest.raises(ValueError, match="nesterov needs a momentum above 0"):
            optimizer("sgd", 0.1, nesterov=True)

    def test_another_name(self):
        with pytest.raises(ValueError, match=r"optimizer must be 'sgd' or .* but is 'lbfgs'"):
            optimizer("lbfgs", 0.1)

    def test_an_option_of_another_optimizer(self):
        with pytest.raises(TypeError, match="sgd has the options momentum, nesterov, but beta_1 came"):
            optimizer("sgd", 0.1, beta_1=0.9)
