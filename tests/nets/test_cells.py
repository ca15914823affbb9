"""LSTM and GRU, in every convention, and all cells under their one interface: equal to torch, to their numerical
gradients, and the properties that hold for all sizes. The plain and the minimal network have tests of their own."""

from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnnlab.nets import gru, lstm
from rnnlab.nets.activations import sigmoid
from rnnlab.nets.cells import CELLS, Cell, cell
from rnnlab.nets.parameters import leaves, mapped, named_leaves
from tests.nets.numerics import assert_agrees, gradients, leaf, numerical_gradient, read_only

VARIANTS = {
    "rnn": cell("rnn"),
    "rnn relu": cell("rnn", activation="relu"),
    "lstm": cell("lstm"),
    "gru": cell("gru"),
    "gru reset before": cell("gru", reset="before"),
    "gru update replace": cell("gru", update="replace"),
    "gru of Chung": cell("gru", reset="before", update="replace"),
}
every_cell = pytest.mark.parametrize("kind", VARIANTS.values(), ids=VARIANTS.keys())
quickly = settings(max_examples=12, deadline=None)


class Case(NamedTuple):
    """A cell with one batch: every weight, bias and initial state is random and not zero, and read-only."""

    params: Any
    x: Any
    state: Any
    mask: Any
    d_h: Any
    d_last: Any


def make_case(kind: Cell, T=4, B=3, D=2, H=5, seed=0, dtype=np.float64) -> Case:
    rng = np.random.default_rng(seed)

    def draw(like):
        return read_only(rng.normal(size=like.shape).astype(dtype))

    params = kind.init(rng, D, H, dtype)
    zero = kind.zero_state(params, B)
    lengths = rng.integers(1, T + 1, size=B)
    lengths[0] = T
    return Case(
        mapped(lambda weight: read_only((0.6 * draw(weight)).astype(dtype)), params),
        draw(np.empty((T, B, D))),
        mapped(draw, zero),
        read_only(np.arange(T)[:, np.newaxis] < lengths),
        draw(np.empty((T, B, H))),
        mapped(draw, zero),
    )


@st.composite
def sizes(draw):
    """T ≥ 3, B ≥ 2 and D ≠ H."""
    T, B, D = draw(st.integers(3, 7)), draw(st.integers(2, 5)), draw(st.integers(1, 6))
    H = draw(st.integers(1, 6).filter(lambda H: H != D))
    return {"T": T, "B": B, "D": D, "H": H, "seed": draw(st.integers(0, 10**6))}


def run(kind: Cell, case: Case, masked=False) -> dict[str, Any]:
    """All results of a forward and a backward pass, by name."""
    h, cache = kind.forward(case.params, case.x, case.state, case.mask if masked else None)
    d_x, d_state, grads = kind.backward(case.d_h, cache, case.d_last)
    results = {"h": h, "last": kind.last_state(cache), "d_x": d_x, "d_state": d_state, "grads": grads}
    return dict(named_leaves(tuple_of(results)))


def tuple_of(results: dict[str, Any]) -> Any:
    return NamedTuple("Results", [(name, Any) for name in results])(**results)


def loss(kind: Cell, case: Case, masked: bool) -> float:
    """The loss whose gradients at the states are exactly d_h, plus d_last at the last one."""
    h, cache = kind.forward(case.params, case.x, case.state, case.mask if masked else None)
    last = leaves(kind.last_state(cache))
    return float(
        np.sum(h * case.d_h) + sum(np.sum(a * b) for a, b in zip(last, leaves(case.d_last), strict=True))
    )


def assert_same(actual: dict[str, Any], expected: dict[str, Any], tolerance: float) -> None:
    assert actual.keys() == expected.keys()
    for name, value in actual.items():
        if np.any(expected[name]):
            assert_agrees(value, expected[name], tolerance)
        else:
            assert not np.any(value), name


class TestTorch:
    @pytest.mark.parametrize("masked", [False, True])
    @pytest.mark.parametrize("name", ["lstm", "gru"])
    @given(sizes=sizes())
    @settings(max_examples=25, deadline=None)
    def test_values_and_all_gradients_agree(self, name, masked, sizes):
        kind = VARIANTS[name]
        case = make_case(kind, **sizes)
        ours = run(kind, case if not masked else case._replace(d_h=case.d_h * case.mask[..., None]), masked)
        for result, expected in torch_results(name, case, masked).items():
            actual = ours[result] * (case.mask[..., None] if masked and result == "h" else 1)
            assert_agrees(actual, expected, 1e-10)

    def test_a_long_sequence_over_many_stretches_agrees(self):
        for name in ("lstm", "gru"):
            kind = VARIANTS[name]
            case = make_case(kind, T=300, B=16, D=3, H=24)
            ours = run(kind, case)
            for result, expected in torch_results(name, case, masked=False).items():
                assert_agrees(ours[result], expected, 1e-10)

    @pytest.mark.parametrize("update", ["keep", "replace"])
    @given(sizes=sizes())
    @quickly
    def test_the_gru_of_cho_agrees_with_automatic_differentiation_of_its_equations(self, update, sizes):
        kind = cell("gru", reset="before", update=update)
        case = make_case(kind, **sizes)
        params, x, h_0 = mapped(leaf, case.params), leaf(case.x), leaf(case.state)
        H, h_t, states = sizes["H"], h_0, []
        for x_t in x:
            from_x = x_t @ params.W_xh.T + params.b_h
            r, z = torch.sigmoid(from_x[:, : 2 * H] + h_t @ params.W_hh[: 2 * H].T).split(H, dim=1)
            n = torch.tanh(from_x[:, 2 * H :] + (r * h_t) @ params.W_hh[2 * H :].T + params.b_hn)
            h_t = (1 - z) * n + z * h_t if update == "keep" else z * n + (1 - z) * h_t
            states.append(h_t)
        (
            (torch.stack(states) * torch.tensor(case.d_h)).sum() + (h_t * torch.tensor(case.d_last)).sum()
        ).backward()
        ours = run(kind, case)
        assert_agrees(ours["h"], torch.stack(states).detach(), 1e-10)
        expected = gradients(x, h_0, *params)
        for name, value in zip(
            ("d_x", "d_state", *(f"grads.{w}" for w in params._fields)), expected, strict=True
        ):
            assert_agrees(ours[name], value, 1e-10)


def torch_results(name: str, case: Case, masked: bool) -> dict[str, Any]:
    D, H = case.params.W_xh.shape[1], case.params.W_hh.shape[1]
    layer = getattr(torch.nn, name.upper())(D, H, dtype=torch.float64)
    second = 0.75 * case.params.b_h
    first = case.params.b_h - second
    if name == "gru":  # torch's second bias of the candidate stands inside the reset gate's bracket
        first[2 * H :], second[2 * H :] = case.params.b_h[2 * H :], case.params.b_hn
    with torch.no_grad():
        for parameter, value in zip(layer.parameters(), (*case.params[:2], first, second), strict=True):
            parameter.copy_(torch.tensor(value))
    x, states = leaf(case.x), [leaf(each[None]) for each in leaves(case.state)]
    lengths = torch.tensor(case.mask.sum(axis=0))
    inputs = pack_padded_sequence(x, lengths, enforce_sorted=False) if masked else x
    h, last = layer(inputs, tuple(states) if name == "lstm" else states[0])
    if masked:
        h, _ = pad_packed_sequence(h)
    lasts = last if name == "lstm" else (last,)
    upstream = zip(lasts, leaves(case.d_last), strict=True)
    ((h * torch.tensor(case.d_h)).sum() + sum((a[0] * torch.tensor(b)).sum() for a, b in upstream)).backward()
    d_x, *d_states, d_W_xh, d_W_hh, d_b, d_second = gradients(x, *states, *layer.parameters())
    fields = ("h", "c") if name == "lstm" else ("",)
    results = {
        "h": h.detach().numpy(),
        "d_x": d_x,
        "grads.W_xh": d_W_xh,
        "grads.W_hh": d_W_hh,
        "grads.b_h": d_b,
    }
    for field, value, d_value in zip(fields, lasts, d_states, strict=True):
        results[f"last.{field}".rstrip(".")] = value[0].detach().numpy()
        results[f"d_state.{field}".rstrip(".")] = d_value[0]
    return results | ({"grads.b_hn": d_second[2 * H :]} if name == "gru" else {})


@pytest.mark.parametrize("masked", [False, True])
@every_cell
def test_every_gradient_equals_central_differences(kind, masked):
    case = make_case(kind, T=4, B=3, D=2, H=4, seed=3)
    results = run(kind, case, masked)
    arguments = {"d_x": "x", "d_state": "state", "grads": "params"}
    for name, field in arguments.items():
        tree = getattr(case, field)
        for place, at in enumerate(leaves(tree)):

            def varied(value, tree=tree, place=place, field=field):
                places = iter(range(len(leaves(tree))))
                new = mapped(lambda each: value if next(places) == place else each, tree)
                return loss(kind, case._replace(**{field: new}), masked)

            path = [key for key in results if key.split(".")[0] == name][place]
            assert_agrees(results[path], numerical_gradient(varied, at), 1e-8)


@every_cell
@given(sizes=sizes())
@quickly
def test_gradients_are_linear_in_the_upstream_gradient(kind, sizes):
    case = make_case(kind, **sizes)
    other = case._replace(d_h=case.d_h[::-1] - 1, d_last=mapped(lambda each: 2 * each - 1, case.d_last))
    both = case._replace(
        d_h=3 * case.d_h + other.d_h, d_last=mapped(lambda a, b: 3 * a + b, case.d_last, other.d_last)
    )
    one, two, sum_of_both = (run(kind, each, masked=True) for each in (case, other, both))
    for name in one:
        if name.startswith(("d_", "grads")):
            np.testing.assert_allclose(sum_of_both[name], 3 * one[name] + two[name], rtol=1e-9, atol=1e-11)


@every_cell
@given(sizes=sizes())
@quickly
def test_padding_changes_neither_the_last_state_nor_any_gradient(kind, sizes):
    case = make_case(kind, **sizes)
    case = case._replace(
        x=np.where(case.mask[..., np.newaxis], case.x, 1e6), d_h=case.d_h * case.mask[..., np.newaxis]
    )
    padded = run(kind, case, masked=True)
    summed = mapped(np.zeros_like, case.params)
    for b, length in enumerate(case.mask.sum(axis=0)):
        alone = case._replace(
            x=case.x[:length, [b]], state=mapped(lambda each, b=b: each[[b]], case.state),
            d_h=case.d_h[:length, [b]], d_last=mapped(lambda each, b=b: each[[b]], case.d_last),
        )  # fmt: skip
        results = run(kind, alone)
        summed = mapped(np.add, summed, type(summed)(*(results[f"grads.{name}"] for name in summed._fields)))
        for name in ("h", "d_x"):
            np.testing.assert_allclose(padded[name][:length, [b]], results[name], rtol=1e-9, atol=1e-12)
        for name in results:
            if name.startswith(("last", "d_state")):
                np.testing.assert_allclose(padded[name][[b]], results[name], rtol=1e-9, atol=1e-12)
        assert not padded["d_x"][length:, b].any()
    for name, expected in summed._asdict().items():
        np.testing.assert_allclose(padded[f"grads.{name}"], expected, rtol=1e-9, atol=1e-11)


@every_cell
def test_a_masked_step_carries_the_state_over_exactly_wherever_it_stands(kind):
    case = make_case(kind, T=4, B=2, D=3, H=2)
    mask = np.array([[False, True], [True, False], [False, True], [True, True]])
    h, cache = kind.forward(case.params, case.x, case.state, mask)
    before = np.concatenate([kind.output(case.state)[np.newaxis], h[:-1]])
    np.testing.assert_array_equal(h[~mask], before[~mask])
    if kind.name == "lstm":
        np.testing.assert_array_equal(cache.cells[1:][~mask], cache.cells[:-1][~mask])


@every_cell
@given(sizes=sizes())
@quickly
def test_a_permuted_batch_permutes_states_and_leaves_weight_gradients_alone(kind, sizes):
    case = make_case(kind, **sizes)
    order = np.roll(np.arange(sizes["B"]), 1)
    permuted = Case(
        case.params, case.x[:, order], mapped(lambda each: each[order], case.state), case.mask[:, order],
        case.d_h[:, order], mapped(lambda each: each[order], case.d_last),
    )  # fmt: skip
    before, after = run(kind, case, masked=True), run(kind, permuted, masked=True)
    for name, value in after.items():
        expected = before[name]
        if name in ("h", "d_x"):
            expected = expected[:, order]
        elif name.startswith(("last", "d_state")):
            expected = expected[order]
        np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-12)


@every_cell
@given(sizes=sizes())
@quickly
def test_stepping_through_a_stream_equals_forward_to_rounding(kind, sizes):
    case = make_case(kind, **sizes)
    h, cache = kind.forward(case.params, case.x, case.state)
    state = case.state
    for x_t, expected in zip(case.x, h, strict=True):
        state = kind.step(case.params, x_t, state)
        np.testing.assert_allclose(kind.output(state), expected, rtol=0, atol=1e-13)
    for actual, expected in zip(leaves(state), leaves(kind.last_state(cache)), strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-13)


@every_cell
def test_a_sequence_cut_in_two_equals_the_whole(kind):
    case = make_case(kind, T=6)
    whole = run(kind, case)
    first, first_cache = kind.forward(case.params, case.x[:2], case.state)
    second, second_cache = kind.forward(case.params, case.x[2:], kind.last_state(first_cache))
    d_x_second, d_cut, grads_second = kind.backward(case.d_h[2:], second_cache, case.d_last)
    d_x_first, d_state, grads_first = kind.backward(case.d_h[:2], first_cache, d_cut)
    pieces = {
        "h": np.concatenate([first, second]), "last": kind.last_state(second_cache),
        "d_x": np.concatenate([d_x_first, d_x_second]), "d_state": d_state,
        "grads": mapped(np.add, grads_first, grads_second),
    }  # fmt: skip
    assert_same(dict(named_leaves(tuple_of(pieces))), whole, 1e-12)


@every_cell
def test_one_step_of_one_sequence_agrees_with_step(kind):
    case = make_case(kind, T=1, B=1, D=3, H=2)
    h, cache = kind.forward(case.params, case.x, case.state)
    stepped = kind.step(case.params, case.x[0], case.state)
    for actual, expected in zip(leaves(kind.last_state(cache)), leaves(stepped), strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-13)
    assert h.shape == (1, 1, 2)


@pytest.mark.parametrize("masked", [False, True])
@every_cell
def test_float32_stays_float32_and_agrees_with_float64(kind, masked):
    single, double = (run(kind, make_case(kind, dtype=dtype), masked) for dtype in (np.float32, np.float64))
    for name, value in single.items():
        assert value.dtype == np.float32, name
        assert_agrees(value, double[name], 1e-5)


@every_cell
def test_missing_states_are_zero_and_missing_upstream_gradients_too(kind):
    case = make_case(kind)
    zero = mapped(np.zeros_like, case.state)
    without, cache = kind.forward(case.params, case.x)
    np.testing.assert_array_equal(without, kind.forward(case.params, case.x, zero)[0])
    for actual, expected in zip(
        leaves(kind.backward(case.d_h, cache)), leaves(kind.backward(case.d_h, cache, zero)), strict=True
    ):
        np.testing.assert_array_equal(actual, expected)


@every_cell
def test_states_are_closed_to_writing_because_the_backward_pass_reads_them(kind):
    case = make_case(kind)
    h, _ = kind.forward(case.params, case.x)
    with pytest.raises(ValueError, match="read-only"):
        h += 1


@every_cell
def test_the_backward_pass_may_be_run_again(kind):
    case = make_case(kind)
    _, cache = kind.forward(case.params, case.x, case.state)
    first, second = (leaves(kind.backward(case.d_h, cache, case.d_last)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


@every_cell
def test_each_sequence_alone_has_the_states_and_gradients_that_it_has_in_the_batch(kind):
    case = make_case(kind, T=6, B=3)
    h_whole, cache = kind.forward(case.params, case.x, case.state, case.mask)
    d_x_whole, d_state_whole, _ = kind.backward(case.d_h, cache, case.d_last)
    for b in range(3):
        one = slice(b, b + 1)
        alone = case._replace(
            x=case.x[:, one],
            mask=case.mask[:, one],
            d_h=case.d_h[:, one],
            state=mapped(lambda each, one=one: each[one], case.state),
            d_last=mapped(lambda each, one=one: each[one], case.d_last),
        )
        h, cache = kind.forward(case.params, alone.x, alone.state, alone.mask)
        d_x, d_state, _ = kind.backward(alone.d_h, cache, alone.d_last)
        np.testing.assert_allclose(h, h_whole[:, one], rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(d_x, d_x_whole[:, one], rtol=1e-12, atol=1e-15)
        for mine, expected in zip(leaves(d_state), leaves(d_state_whole), strict=True):
            np.testing.assert_allclose(mine, expected[one], rtol=1e-12, atol=1e-15)


GATED = [name for name in VARIANTS if "rnn" not in name]


@pytest.mark.parametrize("name", GATED)
@pytest.mark.parametrize("T", [4, 3], ids=["of the same sizes", "of other sizes"])
def test_the_memory_of_an_earlier_cache_may_be_used_again(name, T):
    kind = VARIANTS[name]
    case = make_case(kind, T=4)
    _, used = kind.forward(case.params, 2 * case.x[:T], case.state)
    expected, fresh = kind.forward(case.params, case.x, case.state)
    h, cache = kind.forward(case.params, case.x, case.state, reuse=used)
    assert np.shares_memory(h, used.memory) == (T == 4)
    assert not h.flags.writeable
    np.testing.assert_array_equal(h, expected)
    for mine, its in zip(
        leaves(kind.backward(case.d_h, cache)), leaves(kind.backward(case.d_h, fresh)), strict=True
    ):
        np.testing.assert_array_equal(mine, its)


@pytest.mark.parametrize("name", GATED)
def test_a_stream_may_start_from_the_state_in_the_memory_that_it_uses_again(name):
    kind = VARIANTS[name]
    case = make_case(kind)
    _, first = kind.forward(case.params, case.x, case.state)
    expected, _ = kind.forward(case.params, case.x, mapped(np.copy, kind.last_state(first)))
    h, _ = kind.forward(case.params, case.x, kind.last_state(first), reuse=first)
    np.testing.assert_array_equal(h, expected)


@pytest.mark.parametrize("name", GATED)
def test_only_a_cache_of_the_same_cell_can_be_used_again(name):
    case = make_case(VARIANTS[name])
    with pytest.raises(
        TypeError, match=r"reuse must be an rnnlab\.nets\.\w+\.Cache, as \w+\.forward gives it"
    ):
        VARIANTS[name].forward(case.params, case.x, reuse=case.params)


@every_cell
def test_inputs_that_are_views_give_the_same_result(kind):
    def spread_out(array):
        return np.repeat(array.T, 2, axis=0)[::2].T

    case = make_case(kind)
    spread = Case(*(mapped(spread_out, each) for each in case))
    assert not spread.x.flags.c_contiguous
    assert_same(run(kind, spread, masked=True), run(kind, case, masked=True), 1e-13)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_starting_weights_have_torchs_range_and_the_asked_dtype(name):
    params = cell(name).init(np.random.default_rng(0), 3, 64, np.float32)
    for weight in params:
        assert weight.dtype == np.float32
        assert 0.9 / 8 < np.abs(weight).max() <= 1 / 8


def test_a_bias_is_set_for_the_forget_gate_alone():
    rng = np.random.default_rng(0)
    b_h = lstm.init(rng, D=3, H=4, forget_bias=4.0).b_h
    np.testing.assert_array_equal(b_h[4:8], 4.0)
    assert np.abs(np.delete(b_h, slice(4, 8))).max() <= 0.5


def test_a_bias_is_set_for_the_update_gate_alone():
    rng = np.random.default_rng(0)
    b_h = gru.init(rng, D=3, H=4, update_bias=-4.0).b_h
    np.testing.assert_array_equal(b_h[4:8], -4.0)
    assert np.abs(np.delete(b_h, slice(4, 8))).max() <= 0.5


def test_chrono_starts_remember_for_up_to_the_given_time():
    rng = np.random.default_rng(0)
    b_i, b_f = lstm.init(rng, D=3, H=400, chrono=101).b_h.reshape(4, 400)[:2]
    np.testing.assert_array_equal(b_i, -b_f)
    b_z = gru.init(rng, D=3, H=400, chrono=101).b_h[400:800]
    for keep in (b_f, b_z):
        half_life = 1 / (
            1 - sigmoid(keep)
        )  # steps until a share 1/e is left, for a gate that stands at its bias
        assert 2 <= half_life.min() < 6
        assert 95 < half_life.max() <= 101


@pytest.mark.parametrize("module", [lstm, gru])
def test_a_chrono_start_takes_one_bias_only(module):
    bias = {"forget_bias": 1.0} if module is lstm else {"update_bias": 1.0}
    with pytest.raises(ValueError, match=f"{next(iter(bias))} and chrono .* both"):
        module.init(np.random.default_rng(0), 3, 4, chrono=10, **bias)


def test_the_gates_of_the_lstm_are_those_of_its_equations():
    case = make_case(VARIANTS["lstm"])
    h, cache = lstm.forward(case.params, case.x, case.state)
    i, f, g, o = cache.gates
    np.testing.assert_allclose(cache.cells[1:], f * cache.cells[:-1] + i * g, rtol=1e-12)
    np.testing.assert_allclose(h, o * np.tanh(cache.cells[1:]), rtol=1e-12)
    a_f = (
        case.x @ case.params.W_xh[5:10].T
        + cache.states[:-1] @ case.params.W_hh[5:10].T
        + case.params.b_h[5:10]
    )
    np.testing.assert_allclose(f, sigmoid(a_f), rtol=1e-12)


@pytest.mark.parametrize("update", ["keep", "replace"])
def test_the_gates_of_the_gru_are_those_of_its_equations(update):
    kind = cell("gru", update=update)
    case = make_case(kind)
    h, cache = kind.forward(case.params, case.x, case.state)
    _, z, n = cache.gates
    h_prev = cache.states[:-1]
    np.testing.assert_allclose(
        h, (1 - z) * n + z * h_prev if update == "keep" else z * n + (1 - z) * h_prev, rtol=1e-9
    )
    a_z = case.x @ case.params.W_xh[5:10].T + h_prev @ case.params.W_hh[5:10].T + case.params.b_h[5:10]
    np.testing.assert_allclose(z, sigmoid(a_z), rtol=1e-12)


def test_the_two_conventions_of_the_update_gate_are_one_network_with_the_gate_negated():
    case = make_case(VARIANTS["gru"])
    sign = np.repeat([1.0, -1.0, 1.0], 5)
    W_xh, W_hh, b_h, b_hn = case.params
    negated = gru.Params(W_xh * sign[:, None], W_hh * sign[:, None], b_h * sign, b_hn)
    kept, _ = gru.forward(case.params, case.x, case.state)
    replaced, _ = gru.forward(negated, case.x, case.state, update="replace")
    assert_agrees(replaced, kept, 1e-14)


WRONG = [
    ("lstm", {"x": np.ones((4, 3, 9))}, ValueError, r"x must have the shape \(T, B, D\) with D = 2"),
    ("lstm", {"x": np.full((4, 3, 2), np.nan)}, ValueError, "x must hold numbers, but holds NaN at 24 places"),
    ("lstm", {"state": np.ones((3, 5))}, TypeError, "state must be .*State"),
    ("lstm", {"state": lstm.State(np.ones((3, 5)), np.ones((3, 4)))}, ValueError, r"state\.c must have the shape"),
    ("lstm", {"mask": np.ones((3, 4), bool)}, ValueError, r"mask .* \.transpose\(1, 0\) would fit"),
    ("gru", {"state": np.ones((2, 5))}, ValueError, r"state must have the shape \(B, H\) with B = 3, H = 5"),
    ("gru", {"x": np.ones((4, 3, 2), np.float16)}, TypeError, "x must hold floats .* but holds float16"),
    ("gru", {"x": np.ones((0, 3, 2))}, ValueError, "x .* An axis is empty"),
    ("gru", {"mask": np.ones((4, 3))}, TypeError, "mask must be boolean"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wrong", "error", "message"), WRONG)
def test_a_wrong_argument_is_refused_by_name(name, wrong, error, message):
    case = make_case(VARIANTS[name])
    arguments = {"params": case.params, "x": case.x, "state": case.state, "mask": case.mask} | wrong
    with pytest.raises(error, match=message):
        cell(name).forward(**arguments)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_weights_of_other_sizes_are_refused_by_name(name):
    case = make_case(VARIANTS[name])
    for field in ("W_xh", "W_hh", "b_h"):
        wrong = case.params._replace(**{field: getattr(case.params, field)[:-1]})
        with pytest.raises(ValueError, match=r"(W_xh|W_hh|b_h|b_hn) must have the shape"):
            cell(name).forward(wrong, case.x)


@pytest.mark.parametrize("name", CELLS)
def test_an_upstream_gradient_of_another_shape_is_refused(name):
    case = make_case(cell(name))
    _, cache = cell(name).forward(case.params, case.x)
    with pytest.raises(ValueError, match="d_h must have the shape"):
        cell(name).backward(case.d_h[:-1], cache)


def test_an_unknown_cell_or_convention_is_refused():
    with pytest.raises(ValueError, match="cell must be 'rnn' or 'lstm' or 'gru' or 'mingru', but is 'elman'"):
        cell("elman")
    case = make_case(VARIANTS["gru"])
    for options in ({"reset": "never"}, {"update": "torch"}):
        with pytest.raises(ValueError, match="must be '"):
            cell("gru", **options).forward(case.params, case.x)
        with pytest.raises(ValueError, match="must be '"):
            cell("gru", **options).step(case.params, case.x[0], case.state)
