"""The linear recurrent unit: equal to torch's complex autograd, to central differences, and its properties."""

from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rnnlab.nets import lru, parameters, scan
from tests.nets.numerics import Array, assert_agrees, gradients, leaf, numerical_gradient, read_only

FIELDS = lru.Params._fields
NAMES = ("d_x", "d_state", *FIELDS)


class Case(NamedTuple):
    params: lru.Params
    x: Array
    state: Array
    mask: Array | None
    d_y: Array
    d_last: Array


def make_case(
    T: int, B: int, D: int, H: int, K: int = 3, seed: int = 0, dtype: Any = np.float64, masked: bool = False
) -> Case:
    """Every weight, gamma included, is random and not zero; so is the complex initial state."""
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> Array:
        return read_only(rng.normal(size=shape).astype(dtype))

    def draw_complex(*shape: int) -> Array:
        return read_only(draw(*shape) + 1j * draw(*shape))

    shapes = ((H, D), (H, D), (K, H), (K, H), (K, D))
    mask = read_only(rng.random((T, B)) < 0.7) if masked else None
    return Case(
        # phases of a few radians a step, so that third derivatives do not blur the central differences
        lru.Params(*(read_only(draw(H) / 2) for _ in range(3)), *(draw(*shape) for shape in shapes)),
        draw(T, B, D),
        draw_complex(B, H),
        mask,
        draw(T, B, K),
        draw_complex(B, H),
    )


@st.composite
def cases(draw: st.DrawFn, masked: bool | None = None) -> Case:
    """Cases with T ≥ 3, B ≥ 2 and D ≠ H."""
    T, B, D = draw(st.integers(3, 12)), draw(st.integers(2, 5)), draw(st.integers(1, 6))
    H = draw(st.integers(1, 6).filter(lambda H: H != D))
    masked = draw(st.booleans()) if masked is None else masked
    return make_case(T, B, D, H, K=draw(st.integers(1, 4)), seed=draw(st.integers(0, 10**6)), masked=masked)


def run(case: Case, method: str = "auto") -> dict[str, Array]:
    """All results of a forward and a backward pass, by name."""
    y, cache = lru.forward(*case[:4], method=method)
    d_x, d_state, grads = lru.backward(case.d_y, cache, case.d_last)
    return {"y": y, "last": lru.last_state(cache), "d_x": d_x, "d_state": d_state, **grads._asdict()}


def torch_outputs(params, x, h_t, mask):
    """The equations with torch's complex numbers, step by step; at padding the state stays and x counts as zero."""
    nu, theta, gamma, W_xh_re, W_xh_im, W_hy_re, W_hy_im, W_xy = params
    eigenvalues = torch.exp(torch.complex(-torch.exp(nu), torch.exp(theta)))
    W_xh, W_hy = torch.complex(W_xh_re, W_xh_im), torch.complex(W_hy_re, W_hy_im)
    outputs = []
    for t in range(len(x)):
        real = torch.ones(x.shape[1], 1, dtype=torch.bool) if mask is None else torch.tensor(mask[t, :, None])
        x_t = torch.where(real, x[t], 0)
        moved = eigenvalues * h_t + torch.exp(gamma) * (x_t.to(W_xh.dtype) @ W_xh.T)
        h_t = torch.where(real, moved, h_t)
        outputs.append((h_t @ W_hy.T).real + x_t @ W_xy.T)
    return torch.stack(outputs), h_t


@given(case=cases())
@settings(max_examples=20, deadline=None)
def test_values_and_gradients_equal_those_of_torch(case):
    assume(case.mask is None or case.mask.any())  # without a real step every gradient of a weight is zero
    params, (x, state) = [leaf(each) for each in case.params], (leaf(each) for each in (case.x, case.state))
    expected, last = torch_outputs(params, x, state, case.mask)
    # the loss with gradient g = ∂L/∂Re h + i ∂L/∂Im h at h is Re Σ ḡ h
    from_last = (last * torch.tensor(case.d_last.conj())).sum().real
    ((expected * torch.tensor(case.d_y)).sum() + from_last).backward()

    actual = run(case)
    assert_agrees(actual["y"], expected.detach(), 1e-10)
    assert_agrees(actual["last"], last.detach(), 1e-10)
    for name, gradient in zip(NAMES, gradients(x, state, *params), strict=True):
        assert_agrees(actual[name], gradient, 1e-10)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_equals_central_differences(name, masked):
    case = make_case(T=4, B=3, D=2, H=5, seed=3, masked=masked)
    field = name.removeprefix("d_")

    def loss(value):
        if name in FIELDS:
            now = case._replace(params=case.params._replace(**{name: value}))
        else:
            now = case._replace(**{field: value})
        y, cache = lru.forward(*now[:4])
        return float(np.sum(y * case.d_y) + np.vdot(case.d_last, lru.last_state(cache)).real)

    at = getattr(case.params if name in FIELDS else case, field)
    numerical = numerical_gradient(loss, at)
    if np.iscomplexobj(at):
        numerical = numerical + 1j * numerical_gradient(
            lambda value: loss(at + 1j * value), np.zeros(at.shape)
        )
    assert_agrees(run(case)[name], numerical, 1e-8)


@pytest.mark.parametrize("method", [method for method in scan.METHODS if method != "loop"])
@given(case=cases(masked=False))
@settings(max_examples=20, deadline=None)
def test_every_way_to_scan_equals_the_loop(method, case):
    actual, expected = run(case, method), run(case, "loop")
    for name, value in expected.items():
        assert_agrees(actual[name], value, 1e-10)


@given(case=cases(masked=False))
@settings(max_examples=20, deadline=None)
def test_gradients_are_linear_in_the_upstream_gradient(case):
    other = case._replace(d_y=case.d_y[::-1] - 1, d_last=2j * case.d_last)
    both = case._replace(d_y=3 * case.d_y + other.d_y, d_last=3 * case.d_last + other.d_last)
    one, two, sum_of_both = (run(each) for each in (case, other, both))
    for name in NAMES:
        assert_agrees(sum_of_both[name], 3 * one[name] + two[name], 1e-12)


@given(case=cases(masked=False))
@settings(max_examples=20, deadline=None)
def test_outputs_are_linear_in_the_inputs_which_is_what_the_unit_gives_up(case):
    start = np.zeros_like(case.state)
    one, two, both = (
        lru.forward(case.params, x, start)[0] for x in (case.x, case.x[::-1], 2 * case.x - case.x[::-1])
    )
    np.testing.assert_allclose(both, 2 * one - two, rtol=1e-10, atol=1e-12)


@given(case=cases(masked=True))
@settings(max_examples=20, deadline=None)
def test_padding_carries_the_state_and_what_stands_there_has_no_effect(case):
    actual = run(case._replace(x=np.where(case.mask[..., np.newaxis], case.x, np.inf)))
    for name, expected in run(case).items():
        np.testing.assert_array_equal(actual[name], expected)
    assert not actual["d_x"][~case.mask].any()
    states = lru.forward(*case[:4])[1].scanned.states
    carried = np.where(case.mask[..., np.newaxis], states[1:], states[:-1])
    assert_agrees(states[1:], carried, 1e-12)  # a scan brackets each step anew, so the last digits may differ


@given(case=cases(masked=False))
@settings(max_examples=20, deadline=None)
def test_a_padded_batch_equals_its_sequences_alone(case):
    lengths = np.random.default_rng(0).integers(1, len(case.x) + 1, size=case.x.shape[1])
    mask = np.arange(len(case.x))[:, np.newaxis] < lengths
    y, cache = lru.forward(case.params, case.x, case.state, mask)
    d_x, d_state, grads = lru.backward(np.where(mask[..., np.newaxis], case.d_y, 0), cache, case.d_last)
    summed = lru.Params(*map(np.zeros_like, case.params))
    for b, length in enumerate(lengths):
        alone_y, alone_cache = lru.forward(case.params, case.x[:length, [b]], case.state[[b]])
        alone = lru.backward(case.d_y[:length, [b]], alone_cache, case.d_last[[b]])
        assert_agrees(y[:length, [b]], alone_y, 1e-12)
        assert_agrees(lru.last_state(cache)[[b]], lru.last_state(alone_cache), 1e-12)
        assert_agrees(d_x[:length, [b]], alone[0], 1e-12)
        assert_agrees(d_state[[b]], alone[1], 1e-12)
        summed = lru.Params(*map(np.add, summed, alone[2]))
    for gradient, expected in zip(grads, summed, strict=True):
        assert_agrees(gradient, expected, 1e-12)


@given(case=cases(masked=False))
@settings(max_examples=20, deadline=None)
def test_a_permuted_batch_permutes_outputs_and_leaves_weight_gradients_alone(case):
    order = np.roll(np.arange(case.x.shape[1]), 1)
    permuted = Case(
        case.params, case.x[:, order], case.state[order], None, case.d_y[:, order], case.d_last[order]
    )
    before, after = run(case), run(permuted)
    for name, axis in (("y", 1), ("d_x", 1), ("d_state", 0)):
        assert_agrees(after[name], np.take(before[name], order, axis), 1e-12)
    for name in FIELDS:
        assert_agrees(after[name], before[name], 1e-12)


@given(case=cases(masked=False))
@settings(max_examples=20, deadline=None)
def test_stepping_through_a_stream_and_reading_out_equals_forward(case):
    y, cache = lru.forward(*case[:3])
    h_t = case.state
    for x_t, expected in zip(case.x, y, strict=True):
        h_t = lru.step(case.params, x_t, h_t)
        assert_agrees(lru.readout(case.params, h_t, x_t), expected, 1e-11)
    assert_agrees(lru.last_state(cache), h_t, 1e-12)


@given(case=cases(masked=False))
@settings(max_examples=20, deadline=None)
def test_a_sequence_cut_in_two_equals_the_whole(case):
    whole = run(case)
    first, first_cache = lru.forward(case.params, case.x[:2], case.state)
    second, second_cache = lru.forward(case.params, case.x[2:], lru.last_state(first_cache))
    d_x_second, d_cut, grads_second = lru.backward(case.d_y[2:], second_cache, case.d_last)
    d_x_first, d_state, grads_first = lru.backward(case.d_y[:2], first_cache, d_cut)
    assert_agrees(np.concatenate([first, second]), whole["y"], 1e-12)
    assert_agrees(np.concatenate([d_x_first, d_x_second]), whole["d_x"], 1e-12)
    assert_agrees(d_state, whole["d_state"], 1e-12)
    for name in FIELDS:
        np.testing.assert_allclose(
            getattr(grads_first, name) + getattr(grads_second, name), whole[name], rtol=1e-10, atol=1e-12
        )


def test_one_step_of_one_sequence_equals_the_equations_written_out():
    case = make_case(T=1, B=1, D=3, H=2)
    p, x_1, h_0 = case.params, case.x[0, 0], case.state[0]
    factor = np.exp(-np.exp(p.nu)) * (np.cos(np.exp(p.theta)) + 1j * np.sin(np.exp(p.theta)))
    h_1 = factor * h_0 + np.exp(p.gamma) * ((p.W_xh_re + 1j * p.W_xh_im) @ x_1)
    actual = run(case)
    assert_agrees(actual["last"][0], h_1, 1e-14)
    assert_agrees(actual["y"][0, 0], p.W_hy_re @ h_1.real - p.W_hy_im @ h_1.imag + p.W_xy @ x_1, 1e-14)
    d_h = case.d_last[0] + (p.W_hy_re - 1j * p.W_hy_im).T @ case.d_y[0, 0]
    assert_agrees(actual["d_state"][0], factor.conj() * d_h, 1e-14)


@pytest.mark.parametrize("masked", [False, True])
def test_float32_stays_float32_and_agrees_with_float64(masked):
    double = run(make_case(5, 3, 2, 4, masked=masked))
    for name, value in run(make_case(5, 3, 2, 4, dtype=np.float32, masked=masked)).items():
        assert value.dtype == (np.complex64 if name in ("last", "d_state") else np.float32), name
        assert_agrees(value, double[name], 1e-5)


def test_inputs_that_are_views_give_the_same_result():
    case = make_case(5, 3, 2, 4, masked=True)

    def view(array):
        return np.repeat(array.T, 2, axis=0)[::2].T

    views = Case(lru.Params(*map(view, case.params)), *map(view, case[1:]))
    assert not views.x.flags.c_contiguous
    for name, value in run(views).items():
        assert_agrees(value, run(case)[name], 1e-13)


def test_what_may_be_left_out_is_zero_or_real():
    case = make_case(4, 3, 2, 5)
    y, cache = lru.forward(case.params, case.x)
    spelled_out, _ = lru.forward(case.params, case.x, lru.zero_state(case.params, B=3), np.ones((4, 3), bool))
    np.testing.assert_array_equal(y, spelled_out)
    without, with_zeros = lru.backward(case.d_y, cache), lru.backward(case.d_y, cache, 0 * case.d_last)
    np.testing.assert_array_equal(without[0], with_zeros[0])
    np.testing.assert_array_equal(without[1], with_zeros[1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_eigenvalues_start_uniformly_on_their_ring(dtype):
    params = lru.init(
        np.random.default_rng(0), 2, 10_000, 1, dtype, r_min=0.6, r_max=0.9, max_phase=np.pi / 4
    )
    eigenvalues = lru.eigenvalues(params)
    radius, phase = np.abs(eigenvalues), np.angle(eigenvalues)
    for values, lowest, highest in ((radius, 0.6, 0.9), (phase, 0, np.pi / 4)):
        assert lowest - 1e-6 <= values.min() < lowest + 0.001
        assert highest - 0.001 < values.max() <= highest + 1e-6
    inside = np.sqrt((0.6**2 + 0.9**2) / 2)  # this circle cuts the ring into two equal areas
    assert abs(np.mean(radius < inside) - 0.5) < 0.015
    assert abs(np.mean(phase < np.pi / 8) - 0.5) < 0.015


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_starting_weights_have_their_shapes_dtype_and_variance(dtype):
    params = lru.init(np.random.default_rng(0), D=50, H=400, K=30, dtype=dtype)
    assert [weight.shape for weight in params] == [(400,)] * 3 + [(400, 50)] * 2 + [(30, 400)] * 2 + [
        (30, 50)
    ]
    assert {weight.dtype for weight in parameters.leaves(params)} == {np.dtype(dtype)}
    for name, variance in (
        ("W_xh_re", 1 / 100),
        ("W_xh_im", 1 / 100),
        ("W_hy_re", 1 / 400),
        ("W_hy_im", 1 / 400),
    ):
        assert abs(getattr(params, name).var() / variance - 1) < 0.05, name
    assert abs(params.W_xy.var() * 50 - 1) < 0.1


def test_the_normalization_keeps_the_variance_of_states_at_that_of_one_input():
    """White noise in: E|h|² = (1 − |λ|²) E|W_xh x|² Σ_k |λ|^2k = E|W_xh x|² for any λ (Orvieto et al. 2023, 3.4)."""
    params = lru.init(np.random.default_rng(0), D=8, H=16, K=1, r_min=0.8, r_max=0.95)
    x = np.random.default_rng(1).normal(size=(400, 200, 8))
    states = lru.forward(params, x)[1].scanned.states[200:]
    expected = (params.W_xh_re**2 + params.W_xh_im**2).sum(axis=1)
    np.testing.assert_allclose(np.mean(np.abs(states) ** 2, axis=(0, 1)), expected, rtol=0.05)


T, B, D, H, K = 4, 3, 2, 5, 6
PARAMS = make_case(T, B, D, H, K).params
X, STATE, MASK, DELTA = np.ones((T, B, D)), np.ones((B, H)) * 1j, np.ones((T, B), bool), np.ones((T, B, K))


def forward(x=X, state=STATE, mask=None, method="auto", **params):
    return lru.forward(PARAMS._replace(**params), x, state, mask, method)


def backward(d_y=DELTA, d_last=None):
    return lru.backward(d_y, forward()[1], d_last)


def step(x_t=X[0], h_prev=STATE):
    return lru.step(PARAMS, x_t, h_prev)


def readout(h=STATE, x=X[0]):
    return lru.readout(PARAMS, h, x)


def init(D=2, H=3, K=1, **options):
    return lru.init(np.random.default_rng(0), D, H, K, **options)


@pytest.mark.parametrize(
    ("function", "arguments", "error", "message"),
    [
        (forward, {"x": X.swapaxes(1, 2)}, ValueError, r"x must have the shape \(T, B, D\) with D = 2"),
        (forward, {"x": X[:0]}, ValueError, "An axis is empty"),
        (forward, {"x": X * np.nan}, ValueError, "x must hold numbers, but holds NaN at 24 places"),
        (forward, {"x": X.astype(int)}, TypeError, "x must hold floats .* holds int64"),
        (forward, {"x": X * 1j}, TypeError, "x must hold floats .* holds complex128"),
        (forward, {"x": X.tolist()}, TypeError, "x must be a NumPy array, but is of type list"),
        (forward, {"x": X.astype(np.float32)}, TypeError, "x must be float64 like the other arguments"),
        (forward, {"state": STATE[:2]}, ValueError, r"state must have the shape \(B, H\) with B = 3, H = 5"),
        (forward, {"state": STATE.real}, TypeError, "state must be complex128 like the other .* but is float64"),
        (forward, {"state": STATE * np.nan}, ValueError, "state must hold numbers, but holds NaN"),
        (forward, {"mask": MASK.T}, ValueError, r"mask must have the shape \(T, B\) with T = 4, B = 3"),
        (forward, {"mask": MASK, "method": "convolution"}, ValueError, "a mask makes a change with time"),
        (forward, {"method": "fft"}, ValueError, "method must be 'auto' or"),
        (forward, {"theta": np.ones(H + 1)}, ValueError, r"theta must have the shape \(H,\) with H = 5"),
        (forward, {"gamma": np.ones(H, np.float32)}, TypeError, "gamma must be float64"),
        (forward, {"W_xh_im": np.ones((D, H))}, ValueError, r"W_xh_im .* \.transpose\(1, 0\) would fit"),
        (forward, {"W_hy_re": np.ones((1, H))}, ValueError, r"W_hy_re must have the shape \(K, H\) with K = 6"),
        (forward, {"W_xy": np.ones(D)}, ValueError, r"W_xy must have the shape \(K, D\)"),
        (step, {"x_t": X}, ValueError, "x_t .* There is an axis too many"),
        (step, {"h_prev": STATE.T}, ValueError, r"h_prev .* \.transpose\(1, 0\) would fit"),
        (readout, {"h": STATE[:2]}, ValueError, "h must have the shape .* with axis 0 = 3, H = 5"),
        (readout, {"x": X[0] * 1j}, TypeError, "x must hold floats"),
        (backward, {"d_y": DELTA[0]}, ValueError, r"d_y must have the shape \(T, B, K\) with T = 4"),
        (backward, {"d_last": STATE.T}, ValueError, r"d_last must have the shape \(B, H\) with B = 3"),
        (backward, {"d_last": STATE.real}, TypeError, "d_last must be complex128"),
        (init, {"K": 0}, ValueError, "K must be a positive whole number"),
        (init, {"r_min": 0.9, "r_max": 0.8}, ValueError, "0 <= r_min < r_max <= 1, but are 0.9 and 0.8"),
        (init, {"r_max": 1.1}, ValueError, "inside the unit circle"),
        (init, {"max_phase": 0.0}, ValueError, r"max_phase must lie in \(0, 2π\], in radians, but is 0.0"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(**arguments)


def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted():
    assert forward()[0].shape == (T, B, K)
    assert backward()[0].shape == (T, B, D)
    assert step().shape == (B, H)
    assert readout().shape == (B, K)
    assert len(init()) == 8
