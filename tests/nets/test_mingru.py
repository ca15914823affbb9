"""The minimal GRU: equal to torch, equal to its numerical gradient, and the properties that hold for all sizes."""

from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rnnlab.nets import mingru
from tests.nets.numerics import Array, assert_agrees, gradients, leaf, numerical_gradient, read_only

NAMES = ("d_x", "d_state", "W_xh", "b_h")


class Case(NamedTuple):
    params: mingru.Params
    x: Array
    state: Array
    mask: Array | None
    d_h: Array
    d_last: Array


def make_case(T: int, B: int, D: int, H: int, seed: int = 0, dtype: Any = np.float64, masked: bool = False):
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> Array:
        return read_only(rng.normal(size=shape).astype(dtype))

    mask = read_only(rng.random((T, B)) < 0.7) if masked else None
    return Case(
        mingru.Params(draw(2 * H, D), draw(2 * H)),
        draw(T, B, D),
        draw(B, H),
        mask,
        draw(T, B, H),
        draw(B, H),
    )


@st.composite
def cases(draw: st.DrawFn, masked: bool | None = None) -> Case:
    """Cases with T ≥ 3, B ≥ 2 and D ≠ H."""
    T, B, D = draw(st.integers(3, 12)), draw(st.integers(2, 5)), draw(st.integers(1, 6))
    H = draw(st.integers(1, 6).filter(lambda H: H != D))
    masked = draw(st.booleans()) if masked is None else masked
    return make_case(T, B, D, H, seed=draw(st.integers(0, 10**6)), masked=masked)


def run(case: Case, method: str = "auto") -> dict[str, Array]:
    """All results of a forward and a backward pass, by name."""
    h, cache = mingru.forward(*case[:4], method=method)
    d_x, d_state, grads = mingru.backward(case.d_h, cache, case.d_last)
    return {"h": h, "d_x": d_x, "d_state": d_state, **grads._asdict()}


def torch_states(W_xh, b_h, x, h_t, mask):
    """The three equations, step by step, as torch would have them; a masked step keeps the state."""
    W_z, W_n = W_xh.chunk(2)
    b_z, b_n = b_h.chunk(2)
    states = []
    for t in range(len(x)):
        z = torch.sigmoid(torch.nn.functional.linear(x[t], W_z, b_z))
        n = torch.nn.functional.linear(x[t], W_n, b_n)
        moved = (1 - z) * h_t + z * n
        h_t = moved if mask is None else torch.where(torch.tensor(mask[t, :, None]), moved, h_t)
        states.append(h_t)
    return torch.stack(states)


@given(case=cases())
@settings(max_examples=20, deadline=None)
def test_values_and_gradients_equal_those_of_torch(case):
    assume(case.mask is None or case.mask.any())  # without a real step every gradient of a weight is zero
    W_xh, b_h, x, state = (leaf(each) for each in (*case.params, case.x, case.state))
    expected = torch_states(W_xh, b_h, x, state, case.mask)
    ((expected * torch.tensor(case.d_h)).sum() + (expected[-1] * torch.tensor(case.d_last)).sum()).backward()
    actual = run(case)
    assert_agrees(actual["h"], expected.detach(), 1e-10)
    for name, gradient in zip(NAMES, gradients(x, state, W_xh, b_h), strict=True):
        assert_agrees(actual[name], gradient, 1e-10)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_equals_central_differences(name, masked):
    case = make_case(T=4, B=3, D=2, H=5, seed=3, masked=masked)
    field = name.removeprefix("d_")

    def varied(value):
        if name in mingru.Params._fields:
            return case._replace(params=case.params._replace(**{name: value}))
        return case._replace(**{field: value})

    def loss(value):
        h, _ = mingru.forward(*varied(value)[:4])
        return float(np.sum(h * case.d_h) + np.sum(h[-1] * case.d_last))

    at = getattr(case.params if name in mingru.Params._fields else case, field)
    assert_agrees(run(case)[name], numerical_gradient(loss, at), 1e-8)


@pytest.mark.parametrize("method", ["hillis_steele", "chunked"])
@given(case=cases())
@settings(max_examples=20, deadline=None)
def test_the_parallel_scans_equal_the_loop(method, case):
    parallel, expected = run(case, method), run(case, "loop")
    for name in ("h", "d_state"):
        assert_agrees(parallel[name], expected[name], 1e-12)
    for name in ("d_x", "W_xh", "b_h"):
        np.testing.assert_allclose(parallel[name], expected[name], rtol=1e-10, atol=1e-12)


@given(case=cases(masked=False))
@settings(max_examples=20, deadline=None)
def test_gradients_are_linear_in_the_upstream_gradient(case):
    other = case._replace(d_h=case.d_h[::-1] - 1, d_last=2 * case.d_last)
    both = case._replace(d_h=3 * case.d_h + other.d_h, d_last=3 * case.d_last + other.d_last)
    one, two, sum_of_both = (run(each) for each in (case, other, both))
    for name in NAMES:
        assert_agrees(sum_of_both[name], 3 * one[name] + two[name], 1e-12)


@given(case=cases(masked=True))
@settings(max_examples=20, deadline=None)
def test_padding_carries_the_state_and_what_stands_there_has_no_effect(case):
    garbage = run(case._replace(x=np.where(case.mask[..., np.newaxis], case.x, 1e6)))
    for name, expected in run(case).items():
        np.testing.assert_allclose(garbage[name], expected, rtol=1e-12, atol=1e-14)
    before = np.concatenate([case.state[np.newaxis], garbage["h"][:-1]])
    carried = np.where(case.mask[..., np.newaxis], garbage["h"], before)
    assert_agrees(
        garbage["h"], carried, 1e-12
    )  # a scan brackets each step anew, so the last digits may differ
    assert not garbage["d_x"][~case.mask].any()


@given(case=cases(masked=True))
@settings(max_examples=20, deadline=None)
def test_a_padded_batch_equals_its_sequences_alone(case):
    lengths = np.random.default_rng(0).integers(1, len(case.x) + 1, size=case.x.shape[1])
    case = case._replace(mask=np.arange(len(case.x))[:, np.newaxis] < lengths)
    _, cache = mingru.forward(*case[:4])
    d_x, d_state, grads = mingru.backward(
        np.where(case.mask[..., np.newaxis], case.d_h, 0), cache, case.d_last
    )
    summed = mingru.Params(*map(np.zeros_like, case.params))
    for b, length in enumerate(lengths):
        alone_h, alone_cache = mingru.forward(case.params, case.x[:length, [b]], case.state[[b]])
        alone = mingru.backward(case.d_h[:length, [b]], alone_cache, case.d_last[[b]])
        assert_agrees(mingru.last_state(cache)[[b]], alone_h[-1], 1e-12)
        assert_agrees(d_x[:length, [b]], alone[0], 1e-12)
        assert_agrees(d_state[[b]], alone[1], 1e-12)
        summed = mingru.Params(*map(np.add, summed, alone[2]))
    for gradient, expected in zip(grads, summed, strict=True):
        assert_agrees(gradient, expected, 1e-12)


@given(case=cases(masked=False))
@settings(max_examples=20, deadline=None)
def test_a_permuted_batch_permutes_states_and_leaves_weight_gradients_alone(case):
    order = np.roll(np.arange(case.x.shape[1]), 1)
    permuted = Case(
        case.params, case.x[:, order], case.state[order], None, case.d_h[:, order], case.d_last[order]
    )
    before, after = run(case), run(permuted)
    for name, axis in (("h", 1), ("d_x", 1), ("d_state", 0)):
        assert_agrees(after[name], np.take(before[name], order, axis), 1e-12)
    for name in mingru.Params._fields:
        assert_agrees(after[name], before[name], 1e-12)


@given(case=cases(masked=False))
@settings(max_examples=20, deadline=None)
def test_stepping_through_a_stream_equals_forward(case):
    h, cache = mingru.forward(*case[:3])
    h_t = case.state
    for x_t, expected in zip(case.x, h, strict=True):
        h_t = mingru.step(case.params, x_t, h_t)
        assert_agrees(h_t, expected, 1e-12)
    assert_agrees(mingru.last_state(cache), h_t, 1e-12)


@given(case=cases(masked=False))
@settings(max_examples=20, deadline=None)
def test_a_sequence_cut_in_two_equals_the_whole(case):
    whole = run(case)
    first, first_cache = mingru.forward(case.params, case.x[:2], case.state)
    second, second_cache = mingru.forward(case.params, case.x[2:], mingru.last_state(first_cache))
    d_x_second, d_cut, grads_second = mingru.backward(case.d_h[2:], second_cache, case.d_last)
    d_x_first, d_state, grads_first = mingru.backward(case.d_h[:2], first_cache, d_cut)
    assert_agrees(np.concatenate([first, second]), whole["h"], 1e-12)
    assert_agrees(np.concatenate([d_x_first, d_x_second]), whole["d_x"], 1e-12)
    assert_agrees(d_state, whole["d_state"], 1e-12)
    for name in mingru.Params._fields:
        assert_agrees(getattr(grads_first, name) + getattr(grads_second, name), whole[name], 1e-12)


def test_one_step_of_one_sequence_equals_the_equations_written_out():
    case = make_case(T=1, B=1, D=3, H=2)
    W_z, W_n = np.split(case.params.W_xh, 2)
    b_z, b_n = np.split(case.params.b_h, 2)
    x_1, h_0 = case.x[0, 0], case.state[0]
    z, n = 1 / (1 + np.exp(-(W_z @ x_1 + b_z))), W_n @ x_1 + b_n
    delta = case.d_h[0, 0] + case.d_last[0]
    d_z, d_n = delta * (n - h_0) * z * (1 - z), delta * z
    actual = run(case)
    assert_agrees(actual["h"][0, 0], (1 - z) * h_0 + z * n, 1e-14)
    assert_agrees(actual["d_x"][0, 0], W_z.T @ d_z + W_n.T @ d_n, 1e-14)
    assert_agrees(actual["d_state"][0], delta * (1 - z), 1e-14)
    assert_agrees(actual["W_xh"], np.concatenate([np.outer(d_z, x_1), np.outer(d_n, x_1)]), 1e-14)
    assert_agrees(actual["b_h"], np.concatenate([d_z, d_n]), 1e-14)


@pytest.mark.parametrize("masked", [False, True])
def test_float32_stays_float32_and_agrees_with_float64(masked):
    double = run(make_case(5, 3, 2, 4, masked=masked))
    for name, value in run(make_case(5, 3, 2, 4, dtype=np.float32, masked=masked)).items():
        assert value.dtype == np.float32, name
        assert_agrees(value, double[name], 1e-5)


def test_inputs_that_are_views_give_the_same_result():
    case = make_case(5, 3, 2, 4, masked=True)

    def view(array):
        return np.repeat(array.T, 2, axis=0)[::2].T

    views = Case(mingru.Params(*map(view, case.params)), *map(view, case[1:]))
    assert not views.x.flags.c_contiguous
    for name, value in run(views).items():
        assert_agrees(value, run(case)[name], 1e-14)


def test_what_may_be_left_out_is_zero_or_real():
    case = make_case(4, 3, 2, 5)
    h, cache = mingru.forward(case.params, case.x)
    spelled_out, _ = mingru.forward(
        case.params, case.x, mingru.zero_state(case.params, B=3), np.ones((4, 3), bool)
    )
    np.testing.assert_array_equal(h, spelled_out)
    without, with_zeros = mingru.backward(case.d_h, cache), mingru.backward(case.d_h, cache, 0 * case.d_last)
    np.testing.assert_array_equal(without[0], with_zeros[0])
    np.testing.assert_array_equal(without[1], with_zeros[1])


def test_states_are_closed_to_writing_because_the_backward_pass_reads_them():
    h, cache = mingru.forward(*make_case(4, 3, 2, 5)[:2])
    for shared in (h, mingru.last_state(cache)):
        with pytest.raises(ValueError, match="read-only"):
            shared += 1


def test_starting_weights_have_their_shapes_dtype_and_distribution():
    params = mingru.init(np.random.default_rng(0), D=64, H=3, dtype=np.float32)
    assert [weight.shape for weight in params] == [(6, 64), (6,)]
    assert {weight.dtype for weight in params} == {np.dtype(np.float32)}
    assert 0.95 / 8 < np.abs(params.W_xh).max() <= 1 / 8
    assert 0 < np.abs(params.b_h).max() <= 1 / 8


def test_a_negative_update_bias_keeps_the_state():
    params = mingru.init(np.random.default_rng(0), D=2, H=3, update_bias=-4)
    np.testing.assert_array_equal(params.b_h[:3], -4)
    assert np.all(np.abs(params.b_h[3:]) < 1)
    h, _ = mingru.forward(params, np.zeros((10, 1, 2)), np.full((1, 3), 100.0))
    kept = (1 - 1 / (1 + np.exp(4))) ** 10
    np.testing.assert_allclose(h[-1] / 100, kept, atol=0.01)


T, B, D, H = 4, 3, 2, 5
PARAMS = mingru.Params(np.ones((2 * H, D)), np.ones(2 * H))
X, STATE, MASK, DELTA = np.ones((T, B, D)), np.ones((B, H)), np.ones((T, B), bool), np.ones((T, B, H))


def forward(x=X, state=STATE, mask=MASK, method="auto", **params):
    return mingru.forward(PARAMS._replace(**params), x, state, mask, method)


def backward(d_h=DELTA, d_last=None):
    return mingru.backward(d_h, forward()[1], d_last)


def step(x_t=X[0], h_prev=STATE):
    return mingru.step(PARAMS, x_t, h_prev)


@pytest.mark.parametrize(
    ("function", "arguments", "error", "message"),
    [
        (forward, {"x": X.swapaxes(1, 2)}, ValueError, r"x must have the shape \(T, B, D\) with D = 2"),
        (forward, {"x": X[:0]}, ValueError, "An axis is empty"),
        (forward, {"x": X[:, :0]}, ValueError, "An axis is empty"),
        (forward, {"x": X * np.nan}, ValueError, "x must hold numbers, but holds NaN at 24 places"),
        (forward, {"x": X.astype(int)}, TypeError, "x must hold floats .* holds int64"),
        (forward, {"x": X.astype(np.float16)}, TypeError, "x must hold floats .* holds float16"),
        (forward, {"x": X.tolist()}, TypeError, "x must be a NumPy array, but is of type list"),
        (forward, {"x": X.astype(np.float32)}, TypeError, "x must be float64 like the other arguments"),
        (forward, {"state": STATE[:2]}, ValueError, r"state must have the shape \(B, H\) with B = 3, H = 5"),
        (forward, {"state": STATE * np.nan}, ValueError, "state must hold numbers, but holds NaN"),
        (forward, {"mask": MASK.T}, ValueError, r"mask must have the shape \(T, B\) with T = 4, B = 3"),
        (forward, {"mask": MASK * 1.0}, TypeError, "mask must be boolean"),
        (forward, {"method": "convolution"}, ValueError, "method must be 'auto' or .* but is 'convolution'"),
        (forward, {"b_h": np.ones(9)}, ValueError, r"b_h must have the shape \(2H,\), for the rows z and n, .* \(9,\)"),
        (forward, {"W_xh": np.ones((H, D))}, ValueError, r"W_xh must have the shape \(2H, D\) with 2H = 10"),
        (forward, {"W_xh": np.ones((2 * H, D), np.float32)}, TypeError, "W_xh must be float64"),
        (step, {"x_t": X}, ValueError, "x_t .* There is an axis too many"),
        (step, {"h_prev": STATE.T}, ValueError, r"h_prev .* \.transpose\(1, 0\) would fit"),
        (backward, {"d_h": DELTA[0]}, ValueError, r"d_h must have the shape \(T, B, H\) with T = 4"),
        (backward, {"d_last": STATE.T}, ValueError, r"d_last must have the shape \(B, H\) with B = 3"),
        (mingru.init, {"rng": np.random.default_rng(0), "D": 0, "H": 2}, ValueError, "D must be a positive"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(**arguments)


def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted():
    assert forward()[0].shape == (T, B, H)
    assert backward()[0].shape == (T, B, D)
    assert step().shape == (B, H)
