"""Truncated gradients: those of a numerical differentiation that holds the earlier states fixed."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.gradient_check import check_gradient
from rnnlab.analysis.trajectory import states_along
from rnnlab.analysis.truncation import cosine, cosines_by_window, truncated_gradient
from rnnlab.nets import rnn
from rnnlab.nets.cells import cell
from rnnlab.nets.initialisation import orthogonal
from rnnlab.nets.losses import squared_error
from rnnlab.nets.parameters import leaves, mapped
from rnnlab.training import truncated
from rnnlab.training.minibatches import Batch
from rnnlab.training.models import sequence_model
from tests.nets.numerics import assert_agrees

CELLS = ["rnn", "lstm", "gru"]
DEFINITIONS = ["chunked", "sliding"]


def drawn(name, T=7, B=2, D=3, H=4, seed=0):
    rng = np.random.default_rng(seed)
    kind = cell(name)
    params = kind.init(rng, D, H)
    state = mapped(lambda each: rng.normal(size=each.shape), kind.zero_state(params, B))
    x, d_h = rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H))
    mask = np.arange(T)[:, np.newaxis] < np.array([T, T - 2])
    return kind, params, x, d_h, state, mask


def first_step(t, window, definition):
    """The first step that the loss term of step t reaches."""
    return t - t % window if definition == "chunked" else max(0, t - window + 1)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("window", [1, 3, 7])
@pytest.mark.parametrize("definition", DEFINITIONS)
@pytest.mark.parametrize("name", CELLS)
def test_it_is_the_numerical_gradient_with_the_states_before_the_window_held_fixed(
    name, definition, window, masked
):
    kind, params, x, d_h, state, mask = drawn(name)
    mask = mask if masked else None
    fixed = states_along(kind, params, x, state, mask)

    def loss(params):
        total = 0.0
        for t in range(len(x)):
            start = first_step(t, window, definition)
            real = mask if mask is None else mask[start : t + 1]
            h, _ = kind.forward(params, x[start : t + 1], fixed[start], real)
            total += float(np.sum(d_h[t] * h[-1]))
        return total

    grads = truncated_gradient(kind, params, x, d_h, window, definition, state, mask)
    assert type(grads) is type(params)
    report = check_gradient(loss, params, grads, samples=8, rng=np.random.default_rng(0))
    assert {leaf.verdict for leaf in report.leaves} == {"agrees"}, report


@pytest.mark.parametrize("definition", DEFINITIONS)
@pytest.mark.parametrize("name", CELLS)
@given(extra=st.integers(0, 5), seed=st.integers(0, 10**6))
@settings(max_examples=5, deadline=None)
def test_a_window_as_long_as_the_sequence_gives_the_whole_gradient(name, definition, extra, seed):
    kind, params, x, d_h, state, mask = drawn(name, seed=seed)
    _, cache = kind.forward(params, x, state, mask)
    whole = kind.backward(d_h, cache)[-1]
    truncated = truncated_gradient(kind, params, x, d_h, len(x) + extra, definition, state, mask)
    for actual, expected in zip(leaves(truncated), leaves(whole), strict=True):
        assert_agrees(actual, expected, 1e-12)


@pytest.mark.parametrize("name", CELLS)
def test_a_window_of_one_step_is_the_same_in_both_definitions(name):
    kind, params, x, d_h, state, _ = drawn(name)
    one, other = (truncated_gradient(kind, params, x, d_h, 1, each, state) for each in DEFINITIONS)
    for actual, expected in zip(leaves(one), leaves(other), strict=True):
        assert_agrees(actual, expected, 1e-12)


@pytest.mark.parametrize("definition", DEFINITIONS)
@given(window=st.integers(1, 8), seed=st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_it_is_linear_in_the_upstream_gradient(definition, window, seed):
    kind, params, x, d_h, state, _ = drawn("gru", seed=seed)
    other = d_h[::-1] - 1
    one, two, both = (
        truncated_gradient(kind, params, x, each, window, definition, state)
        for each in (d_h, other, 3 * d_h + other)
    )
    for a, b, actual in zip(leaves(one), leaves(two), leaves(both), strict=True):
        assert_agrees(actual, 3 * a + b, 1e-12)


@pytest.mark.parametrize("window", [1, 3, 7])
@pytest.mark.parametrize("name", CELLS)
def test_the_chunked_gradient_is_the_one_that_training_follows(name, window):
    kind, params, x, _, _, _ = drawn(name)
    model = sequence_model(name, read="every", loss="squared_error")
    whole = model.init(np.random.default_rng(0), D=3, H=4, K=2)._replace(cell=params)
    targets = np.random.default_rng(1).normal(size=(7, 2, 2))
    _, trained, _ = truncated.gradient(model, whole, Batch(x, targets), window)

    h, _ = kind.forward(params, x)
    _, d_y = squared_error(rnn.readout(whole.readout, h), targets)
    d_h, _ = rnn.readout_backward(d_y, h, whole.readout)
    ours = truncated_gradient(kind, params, x, d_h, window)
    for actual, expected in zip(leaves(ours), leaves(trained.cell), strict=True):
        assert_agrees(actual, expected, 1e-12)


@pytest.mark.parametrize(
    ("definition", "window", "reached"), [("chunked", 2, 1 + 2 + 1 + 2 + 1), ("sliding", 2, 1 + 4 * 2)]
)
def test_each_term_reaches_as_many_steps_as_defined(definition, window, reached):
    params = rnn.Params(np.ones((1, 1)), np.ones((1, 1)), np.zeros(1))
    linear = cell("rnn", activation="identity")
    grads = truncated_gradient(linear, params, np.zeros((5, 1, 1)), np.ones((5, 1, 1)), window, definition)
    assert grads.b_h.item() == reached  # with W_hh = 1 every step that is reached adds 1


@pytest.mark.parametrize(("definition", "at_least"), [("chunked", 0.96), ("sliding", 0.999)])
def test_short_windows_suffice_where_gradients_vanish_and_mislead_where_they_do_not(definition, at_least):
    rng = np.random.default_rng(0)
    T, B, H = 40, 8, 32
    x, d_h = rng.normal(size=(T, B, H)), rng.normal(size=(T, B, H))
    cosines = {}
    for radius in (0.5, 0.95, 1.2):
        params = rnn.Params(0.1 * np.eye(H), radius * orthogonal(rng, H, H), np.zeros(H))
        cosines[radius] = cosines_by_window(cell("rnn"), params, x, d_h, [1, 5, 40], definition)
        assert np.all(np.diff(cosines[radius]) > 0)
        assert cosines[radius][-1] == pytest.approx(1, abs=1e-12)
    assert cosines[0.5][1] > at_least
    assert cosines[0.5][1] > cosines[0.95][1] > cosines[1.2][1]
    assert cosines[1.2][1] < 0.8


class Pair(NamedTuple):
    W: np.ndarray
    inner: tuple
    missing: None = None


@given(seed=st.integers(0, 10**6), scale=st.floats(1e-3, 1e3))
@settings(max_examples=20, deadline=None)
def test_the_cosine_sees_directions_alone(seed, scale):
    rng = np.random.default_rng(seed)
    one, other = (Pair(rng.normal(size=(2, 3)), (rng.normal(size=2),)) for _ in range(2))
    assert cosine(one, mapped(lambda each: scale * each, one)) == pytest.approx(1)
    assert cosine(one, mapped(lambda each: -scale * each, one)) == pytest.approx(-1)
    assert cosine(one, other) == pytest.approx(cosine(other, one))
    flat_one, flat_other = (np.concatenate([each.W.ravel(), each.inner[0]]) for each in (one, other))
    expected = flat_one @ flat_other / np.linalg.norm(flat_one) / np.linalg.norm(flat_other)
    assert cosine(one, other) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"window": 0}, "window must be a positive whole number"),
        ({"window": 2, "definition": "random"}, "definition must be 'chunked' or 'sliding'"),
        ({"window": 2, "d_h": np.ones((7, 2, 3))}, "d_h must have the shape .*H = 4"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    kind, params, x, d_h, _, _ = drawn("lstm")
    with pytest.raises(ValueError, match=message):
        truncated_gradient(kind, params, x, **({"d_h": d_h} | arguments))


def test_a_gradient_without_direction_or_of_another_network_is_refused():
    with pytest.raises(ValueError, match="a zero gradient has no direction"):
        cosine((np.zeros(2),), (np.ones(2),))
    with pytest.raises(ValueError, match=r"others\.0 must have the shape \(2,\)"):
        cosine((np.ones(2),), (np.ones(3),))
