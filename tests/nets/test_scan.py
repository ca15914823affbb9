"""The linear recurrence: four ways to compute it agree, its gradients are right, and each fails where it says so."""

from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import scan
from tests.nets.numerics import Array, assert_agrees, gradients, leaf, numerical_gradient, read_only

PARALLEL = ("hillis_steele", "chunked", "auto")
NAMES = ("d_a", "d_b", "d_h_0")


class Case(NamedTuple):
    a: Array
    b: Array
    h_0: Array
    mask: Array | None
    d_h: Array
    d_last: Array


def make_case(
    T: int,
    B: int,
    H: int,
    seed: int = 0,
    dtype: Any = np.float64,
    constant: bool = False,
    masked: bool = False,
) -> Case:
    """Factors inside the unit circle, of both signs or any phase; the mask has padding anywhere."""
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> Array:
        values = rng.normal(size=shape)
        if np.issubdtype(dtype, np.complexfloating):
            values = values + 1j * rng.normal(size=shape)
        return read_only(values.astype(dtype))

    a = draw(H) if constant else draw(T, B, H)
    radius = rng.uniform(0.3, 1, size=a.shape)
    mask = read_only(rng.random((T, B)) < 0.7) if masked else None
    a = read_only((radius * a / np.abs(a)).astype(dtype))
    return Case(a, draw(T, B, H), draw(B, H), mask, draw(T, B, H), draw(B, H))


@st.composite
def cases(draw: st.DrawFn, masked: bool | None = None, constant: bool | None = None) -> Case:
    return make_case(
        T=draw(st.integers(3, 40)),
        B=draw(st.integers(2, 4)),
        H=draw(st.integers(1, 5)),
        seed=draw(st.integers(0, 10**6)),
        dtype=draw(st.sampled_from([np.float64, np.complex128])),
        constant=draw(st.booleans()) if constant is None else constant,
        masked=draw(st.booleans()) if masked is None else masked,
    )


def run(case: Case, method: str = "auto") -> dict[str, Array]:
    """All results of a forward and a backward pass, by name."""
    h, cache = scan.forward(case.a, case.b, case.h_0, case.mask, method)
    return {"h": h, **dict(zip(NAMES, scan.backward(case.d_h, cache, case.d_last), strict=True))}


def assert_same(actual: dict[str, Array], expected: dict[str, Array], tolerance: float) -> None:
    for name, value in expected.items():
        assert_agrees(actual[name], value, tolerance)


@pytest.mark.parametrize("method", PARALLEL)
@given(case=cases())
@settings(max_examples=20, deadline=None)
def test_every_parallel_scan_equals_the_loop_forward_and_backward(method, case):
    assert_same(run(case, method), run(case, "loop"), 1e-12)


@given(case=cases(masked=False, constant=True))
@settings(max_examples=20, deadline=None)
def test_the_convolution_equals_the_loop_where_a_is_constant(case):
    assert_same(run(case, "convolution"), run(case, "loop"), 1e-10)


@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize("T", [1, 2, 255, 256, 257, 2000])
def test_all_ways_agree_over_long_sequences_with_long_memory(T, dtype):
    case = make_case(T, B=2, H=3, dtype=dtype, constant=True)
    lasting = case._replace(a=(0.999 * case.a / np.abs(case.a)).astype(dtype))
    expected = run(lasting, "loop")
    for method in (*PARALLEL, "convolution"):
        assert_same(run(lasting, method), expected, 1e-10)


@pytest.mark.parametrize(
    ("B", "H", "chosen"), [(1, 4, "hillis_steele"), (1, 128, "chunked"), (64, 64, "loop")]
)
def test_the_choice_by_size_picks_each_way_somewhere(B, H, chosen, monkeypatch):
    called = []

    def noted(name, function):
        return lambda *arguments: called.append(name) or function(*arguments)

    monkeypatch.setattr(scan, "SCANS", {name: noted(name, each) for name, each in scan.SCANS.items()})
    scan.forward(np.full(H, 0.9), np.ones((1000, B, H)))
    assert called == [chosen]


@given(case=cases())
@settings(max_examples=20, deadline=None)
def test_values_and_gradients_equal_those_of_torch(case):
    a, b, h_t = (leaf(each) for each in (case.a, case.b, case.h_0))
    h_0, states = h_t, []
    for t in range(len(case.b)):
        moved = (a if a.ndim == 1 else a[t]) * h_t + b[t]
        h_t = moved if case.mask is None else torch.where(torch.tensor(case.mask[t, :, None]), moved, h_t)
        states.append(h_t)
    expected = torch.stack(states)
    # torch's gradient of a real loss is ∂L/∂Re + i ∂L/∂Im, and the loss with gradient g at h is Re Σ ḡ h
    loss = (expected * torch.tensor(case.d_h.conj())).sum() + (h_t * torch.tensor(case.d_last.conj())).sum()
    loss.real.backward()

    actual = run(case)
    assert_agrees(actual["h"], expected.detach(), 1e-10)
    for name, gradient in zip(NAMES, gradients(a, b, h_0), strict=True):
        assert_agrees(actual[name], gradient, 1e-10)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("constant", [False, True])
@pytest.mark.parametrize("dtype", [np.float64, np.complex128])
@pytest.mark.parametrize("name", ["a", "b", "h_0"])
def test_every_gradient_equals_central_differences(name, dtype, constant, masked):
    case = make_case(T=5, B=2, H=3, seed=1, dtype=dtype, constant=constant, masked=masked)

    def loss(value):
        h, _ = scan.forward(*case._replace(**{name: value})[:4], method="loop")
        return float((np.vdot(case.d_h, h) + np.vdot(case.d_last, h[-1])).real)

    at = getattr(case, name)
    numerical = numerical_gradient(loss, at)
    if np.iscomplexobj(at):
        numerical = numerical + 1j * numerical_gradient(
            lambda value: loss(at + 1j * value), np.zeros(at.shape)
        )
    assert_agrees(run(case)[f"d_{name}"], numerical, 1e-8)


@given(case=cases())
@settings(max_examples=20, deadline=None)
def test_gradients_are_linear_in_the_upstream_gradient(case):
    other = case._replace(d_h=case.d_h[::-1] - 1, d_last=2 * case.d_last)
    both = case._replace(d_h=3 * case.d_h + other.d_h, d_last=3 * case.d_last + other.d_last)
    one, two, sum_of_both = (run(each) for each in (case, other, both))
    for name in NAMES:
        assert_agrees(sum_of_both[name], 3 * one[name] + two[name], 1e-12)


@pytest.mark.parametrize("method", ["loop", "hillis_steele", "chunked"])
@given(case=cases(masked=True))
@settings(max_examples=20, deadline=None)
def test_padding_carries_the_state_and_what_stands_there_has_no_effect(method, case):
    padding = ~case.mask[..., np.newaxis]
    garbage = case._replace(
        a=case.a if case.a.ndim == 1 else np.where(padding, 1e6, case.a),
        b=np.where(padding, -1e6, case.b),
    )
    actual = run(garbage, method)
    assert_same(actual, run(case, method), 1e-14)
    before = np.concatenate([case.h_0[np.newaxis], actual["h"][:-1]])
    carried = np.where(padding, before, actual["h"])
    assert_agrees(
        actual["h"], carried, 1e-12
    )  # a scan brackets each step anew, so the last digits may differ
    assert not actual["d_b"][~case.mask].any()


@given(case=cases(masked=True, constant=False))
@settings(max_examples=20, deadline=None)
def test_a_padded_sequence_equals_its_real_steps_alone(case):
    whole = run(case._replace(d_h=np.where(case.mask[..., np.newaxis], case.d_h, 0)))
    for b in range(case.b.shape[1]):
        real = case.mask[:, b]
        if not real.any():
            np.testing.assert_array_equal(whole["h"][-1, b], case.h_0[b])
            continue
        alone = run(
            Case(
                *(each[real][:, [b]] for each in case[:2]),
                case.h_0[[b]],
                None,
                case.d_h[real][:, [b]],
                case.d_last[[b]],
            )
        )
        assert_agrees(whole["h"][real][:, [b]], alone["h"], 1e-12)
        assert_agrees(whole["d_a"][real][:, [b]], alone["d_a"], 1e-12)
        assert_agrees(whole["d_b"][real][:, [b]], alone["d_b"], 1e-12)
        assert_agrees(whole["d_h_0"][[b]], alone["d_h_0"], 1e-12)


@given(case=cases(masked=False, constant=False))
@settings(max_examples=20, deadline=None)
def test_a_permuted_batch_permutes_everything(case):
    order = np.roll(np.arange(case.b.shape[1]), 1)
    permuted = Case(
        case.a[:, order], case.b[:, order], case.h_0[order], None, case.d_h[:, order], case.d_last[order]
    )
    before, after = run(case), run(permuted)
    for name, axis in (("h", 1), ("d_a", 1), ("d_b", 1), ("d_h_0", 0)):
        assert_agrees(after[name], np.take(before[name], order, axis), 1e-14)


@given(case=cases(constant=True))
@settings(max_examples=20, deadline=None)
def test_a_sequence_cut_in_two_equals_the_whole(case):
    def part(steps):
        return (case.a, case.b[steps], None if case.mask is None else case.mask[steps])

    (a, b_1, mask_1), (_, b_2, mask_2) = part(slice(2)), part(slice(2, None))
    first, first_cache = scan.forward(a, b_1, case.h_0, mask_1)
    second, second_cache = scan.forward(a, b_2, first[-1], mask_2)
    d_a_2, d_b_2, d_cut = scan.backward(case.d_h[2:], second_cache, case.d_last)
    d_a_1, d_b_1, d_h_0 = scan.backward(case.d_h[:2], first_cache, d_cut)
    parts = {
        "h": np.concatenate([first, second]),
        "d_a": d_a_1 + d_a_2,
        "d_b": np.concatenate([d_b_1, d_b_2]),
        "d_h_0": d_h_0,
    }
    assert_same(parts, run(case), 1e-12)


@pytest.mark.parametrize("method", scan.METHODS)
def test_one_step_of_one_sequence_equals_the_equations_written_out(method):
    case = make_case(T=1, B=1, H=2, dtype=np.complex128, constant=True)
    delta = case.d_h[0, 0] + case.d_last[0]
    actual = run(case, method)
    assert_agrees(actual["h"][0, 0], case.a * case.h_0[0] + case.b[0, 0], 1e-14)
    assert_agrees(actual["d_b"][0, 0], delta, 1e-14)
    assert_agrees(actual["d_a"], delta * case.h_0[0].conj(), 1e-14)
    assert_agrees(actual["d_h_0"][0], case.a.conj() * delta, 1e-14)


@pytest.mark.parametrize("method", scan.METHODS)
@pytest.mark.parametrize(("single", "double"), [(np.float32, np.float64), (np.complex64, np.complex128)])
def test_single_precision_is_kept_and_agrees_with_double(method, single, double):
    exact = run(make_case(9, 3, 2, dtype=double, constant=True), "loop")
    for name, value in run(make_case(9, 3, 2, dtype=single, constant=True), method).items():
        assert value.dtype == single, name
        assert_agrees(value, exact[name], 1e-5)


def test_a_factor_that_is_constant_equals_one_that_happens_not_to_change():
    case = make_case(T=7, B=3, H=2, constant=True)
    spelled_out = case._replace(a=np.broadcast_to(case.a, case.b.shape))
    constant, changing = run(case), run(spelled_out)
    assert_agrees(constant["h"], changing["h"], 1e-14)
    assert_agrees(constant["d_a"], changing["d_a"].sum(axis=(0, 1)), 1e-13)


@pytest.mark.parametrize("method", ["loop", "hillis_steele", "chunked"])
def test_inputs_that_are_views_give_the_same_result(method):
    case = make_case(T=7, B=3, H=2, masked=True)
    views = Case(*(np.repeat(each.T, 2, axis=0)[::2].T for each in case))
    assert not views.b.flags.c_contiguous
    assert_same(run(views, method), run(case, method), 1e-14)


def test_what_may_be_left_out_is_zero_or_real():
    case = make_case(T=4, B=3, H=2)
    h, cache = scan.forward(case.a, case.b)
    spelled_out, _ = scan.forward(case.a, case.b, np.zeros_like(case.h_0), np.ones((4, 3), bool))
    np.testing.assert_array_equal(h, spelled_out)
    for without, with_zeros in zip(
        scan.backward(case.d_h, cache),
        scan.backward(case.d_h, cache, np.zeros_like(case.d_last)),
        strict=True,
    ):
        np.testing.assert_array_equal(without, with_zeros)


def test_states_are_closed_to_writing_because_the_backward_pass_reads_them():
    h, _ = scan.forward(*make_case(T=4, B=3, H=2)[:3])
    with pytest.raises(ValueError, match="read-only"):
        h += 1


@pytest.mark.parametrize("method", scan.METHODS)
def test_factors_that_vanish_or_underflow_do_no_harm(method):
    a, b = np.array([0.0, 1e-200, 1.0]), np.ones((9, 2, 3))
    h, _ = scan.forward(a, b, np.full((2, 3), 2.0), method=method)
    expected, _ = scan.forward(a, b, np.full((2, 3), 2.0), method="loop")
    np.testing.assert_allclose(h, expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("method", "T"), [("hillis_steele", 200), ("chunked", 100 * 100), ("convolution", 200)]
)
def test_a_product_that_overflows_is_the_limit_of_every_way_but_the_loop(method, T):
    a, b = np.array([1e4]), np.zeros((T, 1, 1))
    with np.errstate(over="ignore", invalid="ignore"):
        h, _ = scan.forward(a, b, method=method)
    assert np.isnan(h).any()
    for safe in ("loop", "auto"):
        assert not scan.forward(a, b, method=safe)[0].any()


def test_errors_of_the_convolution_are_relative_to_the_largest_state():
    b = np.zeros((64, 1, 1))
    b[0] = 1e12
    exact, _ = scan.forward(np.array([0.5]), b, method="loop")
    h, _ = scan.forward(np.array([0.5]), b, method="convolution")
    assert_agrees(h, exact, 1e-14)
    assert abs(h[-1] - exact[-1]) > 1e-6 * abs(exact[-1])


def test_a_factor_that_is_not_a_number_flows_on_and_harms_no_other_entry():
    a = np.array([np.nan, 0.5])
    h, _ = scan.forward(a, np.ones((3, 1, 2)), np.ones((1, 2)))
    assert np.isnan(h[..., 0]).all()
    assert np.isfinite(h[..., 1]).all()


T, B, H = 4, 3, 2
A, INPUT, H_0, MASK = np.ones((T, B, H)), np.ones((T, B, H)), np.ones((B, H)), np.ones((T, B), bool)


def forward(a=A, b=INPUT, h_0=H_0, mask=None, method="auto"):
    return scan.forward(a, b, h_0, mask, method)


def backward(d_h=INPUT, d_last=None):
    return scan.backward(d_h, forward()[1], d_last)


@pytest.mark.parametrize(
    ("function", "arguments", "error", "message"),
    [
        (forward, {"b": INPUT[0]}, ValueError, r"b must have the shape \(T, B, H\).* An axis is missing"),
        (forward, {"b": INPUT[:0]}, ValueError, "b .* An axis is empty: is there any data"),
        (forward, {"b": INPUT.tolist()}, TypeError, "b must be a NumPy array, but is of type list"),
        (forward, {"b": INPUT.astype(int)}, TypeError, "b must hold floats .* or complex floats, but holds int64"),
        (forward, {"b": INPUT.astype(np.float16)}, TypeError, "b must hold floats .*, but holds float16"),
        (forward, {"a": A[:, :1]}, ValueError, r"a must have the shape \(T, B, H\) with T = 4, B = 3, H = 2"),
        (forward, {"a": np.ones(3)}, ValueError, r"a must have the shape \(H,\) with H = 2"),
        (forward, {"a": A * 1j}, TypeError, "a must be float64 like the other arguments, but is complex128"),
        (forward, {"a": None}, TypeError, "a must be a NumPy array"),
        (forward, {"h_0": H_0.T}, ValueError, r"h_0 .* \.transpose\(1, 0\) would fit"),
        (forward, {"h_0": H_0 * 1j}, TypeError, "h_0 must be float64 like the other arguments"),
        (forward, {"h_0": H_0 * np.nan}, ValueError, "h_0 must hold numbers, but holds NaN at 6 places"),
        (forward, {"mask": MASK.T}, ValueError, r"mask must have the shape \(T, B\) with T = 4, B = 3"),
        (forward, {"mask": MASK * 1.0}, TypeError, "mask must be boolean"),
        (forward, {"method": "fft"}, ValueError, "method must be 'auto' or 'loop' or .* but is 'fft'"),
        (forward, {"method": "convolution"}, ValueError, r'needs one constant a \(H,\), but a changes with time'),
        (
            forward,
            {"a": A[0, 0], "mask": MASK, "method": "convolution"},
            ValueError,
            "but a mask makes a change with time",
        ),
        (backward, {"d_h": INPUT[0]}, ValueError, r"d_h must have the shape \(T, B, H\) with T = 4"),
        (backward, {"d_h": INPUT.astype(np.float32)}, TypeError, "d_h must be float64"),
        (backward, {"d_last": H_0.T}, ValueError, r"d_last must have the shape \(B, H\) with B = 3"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(**arguments)


def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted():
    assert forward()[0].shape == (T, B, H)
    assert [each.shape for each in backward()] == [(T, B, H), (T, B, H), (B, H)]
