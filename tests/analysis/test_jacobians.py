"""Step Jacobians: the formulas equal the backward pass on unit vectors and numerical differentiation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.jacobians import gru_jacobians, lstm_jacobians, rnn_jacobians, state_jacobians
from rnnlab.analysis.trajectory import as_vector, from_vector, states_along
from rnnlab.nets import stacked
from rnnlab.nets.cells import cell
from rnnlab.nets.parameters import mapped
from tests.nets.numerics import assert_agrees

FORMULAS = {"rnn": rnn_jacobians, "lstm": lstm_jacobians, "gru": gru_jacobians}
KINDS = [
    ("rnn", {}),
    ("rnn", {"activation": "relu"}),
    ("rnn", {"activation": "sigmoid"}),
    ("rnn", {"activation": "identity"}),
    ("lstm", {}),
    ("gru", {}),
    ("gru", {"update": "replace"}),
    ("gru", {"reset": "before"}),
    ("gru", {"reset": "before", "update": "replace"}),
]


def drawn(name, T=4, B=3, D=2, H=5, seed=0, dtype=np.float64, **options):
    """A cell with random weights and initial state, a batch, and a mask with padding in the middle and at the end."""
    rng = np.random.default_rng(seed)
    kind = cell(name, **options)
    params = mapped(
        lambda each: (0.8 * rng.normal(size=each.shape)).astype(dtype), kind.init(rng, D, H, dtype)
    )
    state = mapped(lambda each: rng.normal(size=each.shape).astype(dtype), kind.zero_state(params, B))
    x = rng.normal(size=(T, B, D)).astype(dtype)
    mask = rng.random((T, B)) < 0.6
    mask[0, 0] = False
    return kind, params, x, state, mask


def sizes():
    return {"T": st.integers(1, 5), "B": st.integers(1, 4), "D": st.integers(1, 4), "H": st.integers(1, 6)}


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("name", "options"), KINDS)
@given(size=st.fixed_dictionaries(sizes()), seed=st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_formulas_equal_the_backward_pass_on_unit_vectors(name, options, masked, size, seed):
    kind, params, x, state, mask = drawn(name, **size, seed=seed, **options)
    mask = mask if masked else None
    by_formula = FORMULAS[name](params, x, state, mask, **options)
    by_backward = state_jacobians(kind, params, x, state, mask)
    assert by_formula.shape == by_backward.shape
    np.testing.assert_allclose(by_formula, by_backward, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("name", "options"), KINDS)
def test_formulas_equal_central_differences_of_the_step(name, options):
    kind, params, x, state, _ = drawn(name, **options)
    jacobians = FORMULAS[name](params, x, state, **options)
    epsilon = 1e-5
    for t, before in enumerate(states_along(kind, params, x, state)[:-1]):
        vector = as_vector(before)
        for j in range(vector.shape[-1]):
            shift = np.zeros_like(vector)
            shift[:, j] = epsilon
            above, below = (
                as_vector(kind.step(params, x[t], from_vector(vector + sign * shift, like=before)))
                for sign in (1, -1)
            )
            np.testing.assert_allclose(jacobians[t, :, :, j], (above - below) / (2 * epsilon), atol=1e-9)


@pytest.mark.parametrize("name", FORMULAS)
def test_the_transposed_product_carries_a_gradient_back_to_the_first_state(name):
    kind, params, x, state, mask = drawn(name, T=6)
    rng = np.random.default_rng(1)
    h, cache = kind.forward(params, x, state, mask)
    d_last = mapped(lambda each: rng.normal(size=each.shape), kind.last_state(cache))
    _, d_state, _ = kind.backward(np.zeros_like(h), cache, d_last)
    delta = as_vector(d_last)
    for J_t in reversed(FORMULAS[name](params, x, state, mask)):
        delta = np.einsum("bij,bi->bj", J_t, delta)
    assert_agrees(delta, as_vector(d_state), 1e-12)


@pytest.mark.parametrize("name", FORMULAS)
def test_padding_has_the_identity(name):
    _, params, x, state, mask = drawn(name)
    jacobians = FORMULAS[name](params, x, state, mask)
    eye = np.eye(jacobians.shape[-1])
    np.testing.assert_array_equal(jacobians[~mask], np.broadcast_to(eye, (np.sum(~mask), *eye.shape)))
    assert not np.any(np.all(jacobians[mask] == eye, axis=(-2, -1)))


def test_the_first_block_row_of_an_lstm_belongs_to_h_and_an_open_forget_gate_gives_c_the_identity():
    _, params, x, state, _ = drawn("lstm", H=3)
    params.W_hh[...] = 0
    params.b_h[3:6] = 100
    J = lstm_jacobians(params, x, state)
    assert not J[..., :3].any()
    np.testing.assert_array_equal(J[..., 3:, 3:], np.broadcast_to(np.eye(3), (4, 3, 3, 3)))
    assert J[..., :3, 3:].any()


@pytest.mark.parametrize("name", FORMULAS)
def test_a_missing_initial_state_is_zero(name):
    kind, params, x, state, _ = drawn(name)
    zeros = mapped(np.zeros_like, state)
    np.testing.assert_array_equal(FORMULAS[name](params, x), FORMULAS[name](params, x, zeros))
    np.testing.assert_array_equal(state_jacobians(kind, params, x), state_jacobians(kind, params, x, zeros))


@pytest.mark.parametrize("name", FORMULAS)
def test_float32_stays_float32(name):
    kind, params, x, state, mask = drawn(name, dtype=np.float32)
    for jacobians in (FORMULAS[name](params, x, state, mask), state_jacobians(kind, params, x, state, mask)):
        assert jacobians.dtype == np.float32


@pytest.mark.parametrize("name", FORMULAS)
def test_states_along_a_sequence_are_those_of_the_forward_pass(name):
    kind, params, x, state, mask = drawn(name)
    states = states_along(kind, params, x, state, mask)
    h, cache = kind.forward(params, x, state, mask)
    np.testing.assert_allclose(np.stack([kind.output(each) for each in states[1:]]), h, rtol=1e-12)
    np.testing.assert_allclose(as_vector(states[-1]), as_vector(kind.last_state(cache)), rtol=1e-12)
    back = from_vector(as_vector(state), like=state)
    mapped(np.testing.assert_array_equal, back, state)


@pytest.mark.parametrize("name", FORMULAS)
def test_the_jacobian_of_stacked_layers_has_those_of_the_layers_as_its_diagonal_and_nothing_above(name):
    network = stacked.network(cell(name), L=2)
    rng = np.random.default_rng(0)
    params, x = network.init(rng, 3, 4), rng.normal(size=(5, 2, 3))
    jacobians = state_jacobians(network, params, x)
    h, _ = cell(name).forward(params.layers[0], x)
    S = jacobians.shape[-1] // 2
    first, second = (FORMULAS[name](layer, u) for layer, u in zip(params.layers, (x, h), strict=True))
    np.testing.assert_allclose(jacobians[..., :S, :S], first, atol=1e-13)
    np.testing.assert_allclose(jacobians[..., S:, S:], second, atol=1e-13)
    assert not jacobians[..., :S, S:].any()
    assert jacobians[..., S:, :S].any()


def test_a_wrong_input_is_refused_at_the_cells_door():
    _, params, x, state, _ = drawn("rnn")
    with pytest.raises(ValueError, match="x must have the shape"):
        rnn_jacobians(params, x[0], state)
