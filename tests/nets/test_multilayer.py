"""The multilayer perceptron: equal to torch, to its numerical gradient, and it learns what no perceptron can."""

from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import dense, losses, multilayer
from rnnlab.nets.multilayer import Params
from rnnlab.nets.parameters import leaves, mapped
from tests.nets.numerics import assert_agrees, gradients, leaf, numerical_gradient, read_only
from tests.nets.streams import assert_trees_agree

EXAMPLES = settings(max_examples=25, deadline=None)
ACTIVATIONS = ("tanh", "sigmoid", "relu", "identity")


class Case(NamedTuple):
    params: Params
    x: np.ndarray
    d_y: np.ndarray


def make_case(sizes=(3, 5, 4, 2), leading=(4, 3), seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)

    def draw(*shape):
        return read_only(rng.normal(size=shape).astype(dtype))

    params = mapped(lambda weight: draw(*weight.shape), multilayer.init(rng, sizes))
    return Case(params, draw(*leading, sizes[0]), draw(*leading, sizes[-1]))


cases = st.builds(
    make_case,
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=5),
    leading=st.sampled_from([(4,), (2, 3), (2, 1, 3), ()]),
    seed=st.integers(0, 10**6),
)


def run(case, activation="tanh"):
    y, cache = multilayer.forward(case.params, case.x, activation)
    return (y, *multilayer.backward(case.d_y, cache))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@given(case=cases)
@EXAMPLES
def test_values_and_gradients_agree_with_torch(activation, case):
    x, weights = leaf(case.x), list(map(leaf, leaves(case.params)))
    f = getattr(torch, activation, lambda a: a)
    h = x
    for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        h = f(torch.nn.functional.linear(h, W, b))
    expected = torch.nn.functional.linear(h, *weights[-2:])
    expected.backward(torch.tensor(case.d_y))
    y, d_x, grads = run(case, activation)
    assert_agrees(y, expected.detach(), 1e-10)
    for actual, gradient in zip([d_x, *leaves(grads)], gradients(x, *weights), strict=True):
        if np.any(gradient):
            assert_agrees(actual, gradient, 1e-10)
        else:  # few ReLUs may all be dead
            assert not actual.any()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", [(3, 2), (3, 5, 2), (2, 4, 3, 4, 1)])
def test_every_gradient_equals_central_differences(activation, sizes):
    case = make_case(sizes, leading=(5,), seed=1)
    inputs = [case.x, *leaves(case.params)]
    _, d_x, grads = run(case, activation)
    for place, (at, gradient) in enumerate(zip(inputs, [d_x, *leaves(grads)], strict=True)):

        def loss(value, place=place):
            x, *weights = (value if each == place else old for each, old in enumerate(inputs))
            layers = tuple(map(dense.Params, weights[::2], weights[1::2]))
            return float(np.sum(case.d_y * multilayer.forward(Params(layers), x, activation)[0]))

        assert gradient.any()
        assert_agrees(gradient, numerical_gradient(loss, at), 1e-8)


@given(case=cases)
@EXAMPLES
def test_gradients_are_linear_in_the_upstream_gradient(case):
    other = case._replace(d_y=np.asarray(case.d_y**2))
    both = case._replace(d_y=np.asarray(3 * case.d_y + other.d_y))
    one, two, sum_of_both = (run(each)[1:] for each in (case, other, both))
    assert_trees_agree(sum_of_both, mapped(lambda a, b: 3 * a + b, one, two), 1e-10)


def test_without_an_activation_depth_is_one_linear_layer():
    case = make_case()
    (W_1, b_1), (W_2, b_2), (W_3, b_3) = case.params.layers
    W, b = W_3 @ W_2 @ W_1, W_3 @ (W_2 @ b_1 + b_2) + b_3
    assert_agrees(run(case, "identity")[0], case.x @ W.T + b, 1e-12)


def test_a_permuted_batch_permutes_the_results():
    case = make_case()
    y, d_x, grads = run(case)
    permuted = run(case._replace(x=case.x[:, ::-1], d_y=case.d_y[:, ::-1]))
    assert_trees_agree(permuted, (y[:, ::-1], d_x[:, ::-1], grads), 1e-12)


def test_float32_stays_float32_and_agrees_with_float64():
    single, double = run(make_case(dtype=np.float32)), run(make_case())
    assert {array.dtype for array in leaves(single)} == {np.dtype(np.float32)}
    assert_trees_agree(single, double, 1e-5)


def test_inputs_that_are_views_give_the_same_result():
    def spread_out(array):
        return np.repeat(array.T, 2, axis=0)[::2].T

    case = make_case()
    views = Case(*(mapped(spread_out, each) for each in case))
    assert not views.x.flags.c_contiguous
    assert_trees_agree(run(views), run(case), 1e-13)


@pytest.mark.parametrize("seed", range(3))
def test_plain_gradient_descent_learns_xor(seed):
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    target = np.array([0, 1, 1, 0])
    params = multilayer.init(np.random.default_rng(seed), sizes=(2, 8, 2))
    for _ in range(1000):
        logits, cache = multilayer.forward(params, x)
        _, d_logits = losses.cross_entropy(logits, target)
        _, grads = multilayer.backward(d_logits, cache)
        params = mapped(lambda weight, gradient: weight - 0.5 * gradient, params, grads)
    logits, _ = multilayer.forward(params, x)
    assert losses.cross_entropy(logits, target)[0] < 0.05
    np.testing.assert_array_equal(logits.argmax(axis=1), target)


def test_one_layer_cannot_learn_xor():
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    target = np.array([0, 1, 1, 0])
    params = multilayer.init(np.random.default_rng(0), sizes=(2, 2))
    for _ in range(1000):
        logits, cache = multilayer.forward(params, x)
        _, d_logits = losses.cross_entropy(logits, target)
        _, grads = multilayer.backward(d_logits, cache)
        params = mapped(lambda weight, gradient: weight - 0.5 * gradient, params, grads)
    assert losses.cross_entropy(multilayer.forward(params, x)[0], target)[0] == pytest.approx(
        np.log(2), abs=1e-6
    )


PARAMS = multilayer.init(np.random.default_rng(0), sizes=(3, 5, 2))
X = np.ones((4, 3))


def forward(x=X, activation="tanh", params=PARAMS):
    return multilayer.forward(params, x, activation)


def backward(d_y):
    return multilayer.backward(d_y, forward()[1])


def with_second_layer(**weights):
    return Params((PARAMS.layers[0], PARAMS.layers[1]._replace(**weights)))


REFUSED = [
    (forward, {"x": X[:, :2]}, ValueError, "x must have .* N = 3"),
    (forward, {"x": X.T}, ValueError, r"\.transpose\(1, 0\) would fit"),
    (forward, {"x": X[:0]}, ValueError, "An axis is empty"),
    (forward, {"x": X * np.nan}, ValueError, "x must hold numbers"),
    (forward, {"x": X.astype(int)}, TypeError, "x must hold floats"),
    (forward, {"x": X.astype(np.float32)}, TypeError, "x must be float64"),
    (forward, {"activation": "softmax"}, ValueError, "activation must be 'tanh'"),
    (forward, {"params": Params(())}, ValueError, "params must have at least one layer"),
    (forward, {"params": with_second_layer(W=np.ones((2, 4)))}, ValueError, r"layers\[1\].W .* N = 5"),
    (
        forward,
        {"params": with_second_layer(b=np.ones(2, np.float32))},
        TypeError,
        r"layers\[1\].b must be float64",
    ),
    (backward, {"d_y": X}, ValueError, "d_y must have .* M = 2"),
    (backward, {"d_y": np.ones((4, 2), np.float32)}, TypeError, "d_y must be float64"),
]


@pytest.mark.parametrize(("function", "arguments", "error", "message"), REFUSED)
def test_a_wrong_argument_is_refused_by_name(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(**arguments)


@pytest.mark.parametrize(("sizes", "message"), [((3,), "sizes must name"), ((3, 0, 2), "must be a positive")])
def test_sizes_that_are_no_network_are_refused(sizes, message):
    with pytest.raises(ValueError, match=message):
        multilayer.init(np.random.default_rng(0), sizes)


def test_starting_weights_have_their_dtype_and_distribution():
    params = multilayer.init(np.random.default_rng(0), sizes=(64, 16, 4), dtype=np.float32)
    assert [weight.shape for weight in leaves(params)] == [(16, 64), (16,), (4, 16), (4,)]
    assert {weight.dtype for weight in leaves(params)} == {np.dtype(np.float32)}
    for layer, bound in zip(params.layers, (1 / 8, 1 / 4), strict=True):
        assert 0.9 * bound < np.abs(layer.W).max() <= bound


def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted():
    assert forward()[0].shape == (4, 2)
    assert backward(np.ones((4, 2)))[0].shape == X.shape
