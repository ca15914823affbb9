"""Skip connections through time: the simple network without strength, and with it torch's loop and gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import rnn
from rnnlab.nets.cells import cell
from rnnlab.training.alternatives import network, skip_connections
from rnnlab.training.alternatives.skip_connections import Skip
from rnnlab.training.alternatives.skip_schedule import annealed, lowered
from tests.nets.numerics import Case, assert_agrees, cases, gradients, leaf, make_case, numerical_gradient
from tests.training.alternatives.problems import assert_same, problem

NAMES = ("d_x", "d_h_0", "W_xh", "W_hh", "b_h")
ACTIVATIONS = ("tanh", "relu", "sigmoid", "identity")
KINDS = [
    Skip(2, 0.7),
    Skip(3, 0.4, rate=0.3),
    Skip(2, 0.7, "dasc"),
    Skip(3, 0.4, "dasc", rate=0.3),
    Skip(4, 1.0, "dasc", rate=0.25),
]

skips = st.builds(
    Skip,
    length=st.integers(2, 5),
    strength=st.floats(0.05, 1),
    shortcut=st.sampled_from(["sctt", "dasc"]),
    rate=st.sampled_from([1.0, 0.5, 0.1]),
    activation=st.just("tanh"),
)


def run(case, skip, masked=False):
    """All results of a forward and a backward pass, by name."""
    h, cache = skip_connections.forward(case.params, case.x, skip, case.h_0, case.mask if masked else None)
    d_x, d_h_0, grads = skip_connections.backward(case.d_h, cache, case.d_h_last)
    return {"h": h, "d_x": d_x, "d_h_0": d_h_0, **grads._asdict()}


def varied(case, name, value):
    if name in rnn.Params._fields:
        return case._replace(params=case.params._replace(**{name: value}))
    return case._replace(**{name.removeprefix("d_"): value})


def torch_loop(case, skip, masked):
    """The equations of the module's docstring, written with torch: the leaves, and the states (T, B, H)."""
    x, h_0, W_xh, W_hh, b_h = leaves = tuple(map(leaf, (case.x, case.h_0, *case.params)))
    states = [h_0]
    for t in range(1, len(case.x) + 1):
        a = x[t - 1] @ W_xh.T + states[-1] @ W_hh.T + b_h
        h_t = states[-1] + skip.rate * (torch.tanh(a) - states[-1])
        if t % skip.length == 0:
            start, first = states[t - skip.length], states[t - skip.length + 1]
            shortcut = start if skip.shortcut == "sctt" else start + skip.length * (first - start)
            h_t = (1 - skip.strength) * h_t + skip.strength * shortcut
        if masked:
            h_t = torch.where(torch.tensor(case.mask[t - 1][:, np.newaxis]), h_t, states[-1])
        states.append(h_t)
    return leaves, torch.stack(states[1:])


@pytest.mark.parametrize("masked", [False, True])
@given(case=cases(), skip=skips)
@settings(max_examples=25, deadline=None)
def test_values_and_gradients_agree_with_torch(masked, case, skip):
    leaves, h = torch_loop(case, skip, masked)
    ((h * torch.tensor(case.d_h)).sum() + (h[-1] * torch.tensor(case.d_h_last)).sum()).backward()
    ours = run(case, skip, masked)
    assert_agrees(ours["h"], h.detach(), 1e-10)
    for name, expected in zip(NAMES, gradients(*leaves), strict=True):
        np.testing.assert_allclose(
            ours[name], expected, rtol=0, atol=1e-10 * max(np.abs(expected).max(), 1e-3)
        )


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("skip", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_equals_central_differences(name, skip, masked):
    case = make_case(T=7, B=3, D=2, H=4, seed=3)
    at = getattr(case.params, name) if name in rnn.Params._fields else getattr(case, name.removeprefix("d_"))

    def loss(value):
        now = varied(case, name, value)
        h, _ = skip_connections.forward(now.params, now.x, skip, now.h_0, now.mask if masked else None)
        return float(np.sum(h * case.d_h) + np.sum(h[-1] * case.d_h_last))

    assert_agrees(run(case, skip, masked)[name], numerical_gradient(loss, at), 1e-8)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("skip", KINDS[1::2])
def test_every_activation_has_its_gradient(skip, activation):
    case = make_case(T=7, B=3, D=2, H=4, seed=3)
    skip = skip._replace(activation=activation)

    def loss(value):
        h, _ = skip_connections.forward(case.params._replace(W_hh=value), case.x, skip, case.h_0)
        return float(np.sum(h * case.d_h) + np.sum(h[-1] * case.d_h_last))

    assert_agrees(run(case, skip)["W_hh"], numerical_gradient(loss, case.params.W_hh), 1e-8)


@pytest.mark.parametrize("shortcut", ["sctt", "dasc"])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_without_strength_it_is_the_simple_network(activation, masked, shortcut):
    case = make_case(T=7, B=3, D=2, H=4)
    h, cache = rnn.forward(case.params, case.x, case.h_0, case.mask if masked else None, activation)
    d_x, d_h_0, grads = rnn.backward(case.d_h, cache, case.d_h_last)
    results = run(case, Skip(3, 0.0, shortcut, activation=activation), masked)
    for name, expected in {"h": h, "d_x": d_x, "d_h_0": d_h_0, **grads._asdict()}.items():
        assert_agrees(results[name], expected, 1e-14)


def test_at_full_strength_the_state_comes_back_at_the_end_of_each_window():
    case = make_case(T=7, B=3, D=2, H=4)
    h = run(case, Skip(3, 1.0))["h"]
    np.testing.assert_array_equal(h[2], case.h_0)
    np.testing.assert_array_equal(h[5], case.h_0)
    assert np.all(h[6] != case.h_0)


def test_an_aligned_skip_continues_the_first_step_in_a_straight_line():
    case = make_case(T=4, B=3, D=2, H=4)
    h = run(case, Skip(4, 1.0, "dasc", rate=0.25))["h"]
    assert_agrees(h[3], case.h_0 + 4 * (h[0] - case.h_0), 1e-14)
    assert_agrees(h[3], rnn.step(case.params, case.x[0], case.h_0), 1e-12)  # as one step of length 4 α = 1


def test_a_skip_lets_a_gradient_through_that_would_have_vanished():
    skip = Skip(5, 0.9)
    case = make_case(T=40, B=3, D=2, H=4)
    case = case._replace(params=rnn.Params(case.params.W_xh, 0.3 * np.eye(4), case.params.b_h))
    case = case._replace(d_h=np.zeros_like(case.d_h))
    with_skips, without = run(case, skip), run(case, skip._replace(strength=0.0))
    assert np.abs(with_skips["d_h_0"]).max() > 100 * np.abs(without["d_h_0"]).max()


@pytest.mark.parametrize(("shortcut", "factor"), [("sctt", 1.0), ("dasc", 1 + 4 * 0.2 * (0.5 - 1))])
def test_over_its_skips_a_gradient_is_multiplied_once_a_window(shortcut, factor):
    params = rnn.Params(np.ones((1, 1)), np.array([[0.5]]), np.zeros(1))
    skip = Skip(4, 1.0, shortcut, rate=0.2, activation="identity")
    h, cache = skip_connections.forward(params, np.ones((12, 1, 1)), skip)
    d_h = np.zeros_like(h)
    d_h[-1] = 1
    assert_agrees(skip_connections.backward(d_h, cache)[1].item(), factor**3, 1e-12)


@given(case=cases(), skip=skips)
@settings(max_examples=20, deadline=None)
def test_stepping_through_a_stream_equals_forward(case, skip):
    h = run(case, skip)["h"]
    state = skip_connections.State(case.h_0, case.h_0, case.h_0, 0)
    for x_t, expected in zip(case.x, h, strict=True):
        state = skip_connections.step(case.params, x_t, state, skip)
        assert_agrees(state.h, expected, 1e-12)


@given(case=cases(), skip=skips)
@settings(max_examples=20, deadline=None)
def test_padding_changes_neither_the_last_state_nor_any_gradient(case, skip):
    garbage = np.where(case.mask[..., np.newaxis], case.x, 1e6)
    _, padded = skip_connections.forward(case.params, garbage, skip, case.h_0, case.mask)
    d_x, d_h_0, grads = skip_connections.backward(np.zeros_like(case.d_h), padded, case.d_h_last)
    summed = rnn.Params(*map(np.zeros_like, case.params))
    for b, length in enumerate(case.mask.sum(axis=0)):
        h, cache = skip_connections.forward(case.params, case.x[:length, [b]], skip, case.h_0[[b]])
        alone = skip_connections.backward(np.zeros_like(h), cache, case.d_h_last[[b]])
        np.testing.assert_allclose(padded.states[-1, [b]], h[-1], atol=1e-12)
        np.testing.assert_allclose(d_x[:length, [b]], alone[0], atol=1e-10)
        np.testing.assert_allclose(d_h_0[[b]], alone[1], atol=1e-10)
        assert not d_x[length:, b].any()
        summed = rnn.Params(*map(np.add, summed, alone[2]))
    for gradient, expected in zip(grads, summed, strict=True):
        np.testing.assert_allclose(gradient, expected, atol=1e-10)


@given(case=cases(), skip=skips)
@settings(max_examples=20, deadline=None)
def test_gradients_are_linear_in_the_upstream_gradient_and_follow_a_permuted_batch(case, skip):
    other = case._replace(d_h=-2 * case.d_h, d_h_last=-2 * case.d_h_last)
    order = np.roll(np.arange(case.x.shape[1]), 1)
    permuted = Case(
        case.params,
        case.x[:, order],
        case.h_0[order],
        case.mask[:, order],
        case.d_h[:, order],
        case.d_h_last[order],
    )
    one, two, three = (run(each, skip, masked=True) for each in (case, other, permuted))
    for name in NAMES:
        np.testing.assert_allclose(two[name], -2 * one[name], atol=1e-10)
    for name in rnn.Params._fields:
        np.testing.assert_allclose(three[name], one[name], atol=1e-10)
    np.testing.assert_allclose(three["d_x"], one["d_x"][:, order], atol=1e-10)


def test_a_sequence_cut_at_the_end_of_a_window_equals_the_whole():
    case, skip = make_case(T=7, B=3, D=2, H=4), KINDS[3]
    whole = run(case, skip)
    first, first_cache = skip_connections.forward(case.params, case.x[:3], skip, case.h_0)
    second, second_cache = skip_connections.forward(case.params, case.x[3:], skip, first[-1])
    _, d_cut, grads_second = skip_connections.backward(case.d_h[3:], second_cache, case.d_h_last)
    _, d_h_0, grads_first = skip_connections.backward(case.d_h[:3], first_cache, d_cut)
    assert_agrees(np.concatenate([first, second]), whole["h"], 1e-12)
    assert_agrees(d_h_0, whole["d_h_0"], 1e-12)
    for name in rnn.Params._fields:
        assert_agrees(getattr(grads_first, name) + getattr(grads_second, name), whole[name], 1e-12)


def test_one_step_of_one_sequence_is_a_plain_step():
    case = make_case(T=1, B=1, D=3, H=2)
    results = run(case, Skip(2, 0.9))
    assert_agrees(results["h"][0], rnn.step(case.params, case.x[0], case.h_0), 1e-14)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("skip", KINDS)
def test_float32_stays_float32_and_agrees_with_float64(skip, masked):
    single = run(make_case(7, 3, 2, 4, dtype=np.float32), skip, masked)
    double = run(make_case(7, 3, 2, 4), skip, masked)
    for name, value in single.items():
        assert value.dtype == np.float32, name
        assert_agrees(value, double[name], 1e-5)


def test_states_are_closed_to_writing_because_the_backward_pass_reads_them():
    case = make_case(4, 3, 2, 5)
    h, _ = skip_connections.forward(case.params, case.x, Skip(2, 0.5))
    with pytest.raises(ValueError, match="read-only"):
        h += 1


def test_inputs_that_are_views_give_the_same_result():
    case = make_case(4, 3, 2, 5)
    spread = case._replace(x=np.repeat(case.x.T, 2, axis=0)[::2].T, d_h=case.d_h[::-1][::-1])
    assert not spread.x.flags.c_contiguous
    for name, value in run(spread, KINDS[1], masked=True).items():
        assert_agrees(value, run(case, KINDS[1], masked=True)[name], 1e-14)


@pytest.mark.parametrize("masked", [False, True])
def test_the_network_gets_the_gradient_of_what_it_computes(masked):
    params, batch = problem(T=6, masked=masked)
    skip = KINDS[3]

    def loss(value):
        readout = params.readout._replace(W_hy=value)
        return skip_connections.gradient(params._replace(readout=readout), batch, skip).loss

    estimate = skip_connections.gradient(params, batch, skip)
    assert_agrees(estimate.grads.readout.W_hy, numerical_gradient(loss, params.readout.W_hy), 1e-8)
    plain = network.gradient(params, batch)
    assert estimate.loss != plain.loss
    without = skip_connections.gradient(params, batch, Skip(3, 0.0))
    assert without.loss == plain.loss
    assert_same(without.grads, plain.grads, 1e-13)


REFUSED = [
    (Skip(1, 0.5), r"skip\.length must be a whole number from 2 on, but is 1"),
    (Skip(2.5, 0.5), r"skip\.length must be a whole number from 2 on, but is 2\.5"),  # type: ignore[arg-type]
    (Skip(2, 1.5), r"skip\.strength must lie between 0 and 1, but is 1\.5"),
    (Skip(2, float("nan")), r"skip\.strength must lie between 0 and 1, but is nan"),
    (Skip(2, 0.5, rate=0.0), r"skip\.rate must lie between 0 and 1, but is 0\.0"),
    (Skip(2, 0.5, "dash"), r"skip\.shortcut must be 'sctt' or 'dasc', but is 'dash'"),
    (Skip(2, 0.5, activation="softmax"), "activation must be 'tanh' or"),
]


@pytest.mark.parametrize(("skip", "message"), REFUSED)
def test_an_impossible_skip_is_refused(skip, message):
    case = make_case(4, 3, 2, 5)
    with pytest.raises(ValueError, match=message):
        skip_connections.forward(case.params, case.x, skip)
    with pytest.raises(ValueError, match=message):
        skip_connections.step(case.params, case.x[0], skip_connections.zero_state(case.params, 3), skip)


def test_wrong_arrays_and_cells_are_refused_by_name():
    case, skip = make_case(4, 3, 2, 5), Skip(2, 0.5)
    with pytest.raises(ValueError, match="x must have the shape"):
        skip_connections.forward(case.params, case.x[..., :1], skip)
    with pytest.raises(ValueError, match="x must hold numbers, but holds NaN"):
        skip_connections.forward(case.params, np.full_like(case.x, np.nan), skip)
    with pytest.raises(ValueError, match="state must have the shape"):
        skip_connections.forward(case.params, case.x, skip, case.h_0[:1])
    with pytest.raises(ValueError, match="mask must have the shape"):
        skip_connections.forward(case.params, case.x, skip, mask=case.mask[1:])
    with pytest.raises(ValueError, match="W_hh must have the shape"):
        skip_connections.forward(case.params._replace(W_hh=case.params.W_xh), case.x, skip)
    _, cache = skip_connections.forward(case.params, case.x, skip)
    with pytest.raises(ValueError, match="d_h must have the shape"):
        skip_connections.backward(case.d_h[1:], cache)
    with pytest.raises(ValueError, match="d_last must have the shape"):
        skip_connections.backward(case.d_h, cache, case.d_h)
    params, batch = problem(kind=cell("gru"))
    with pytest.raises(TypeError, match="is the cell 'gru'"):
        skip_connections.gradient(params, batch, skip)


class TestSchedule:
    def test_the_strength_falls_on_a_straight_line_and_stays_at_zero(self):
        strengths = [annealed(step, steps=10, start=0.8) for step in range(15)]
        np.testing.assert_allclose(np.diff(strengths)[:10], -0.08, rtol=1e-12)
        assert strengths[0] == 0.8
        assert strengths[10:] == [0.0] * 5

    def test_the_strength_falls_only_when_the_task_is_solved_and_ends_at_zero(self):
        strength, seen = 0.25, []
        for solved in (False, True, True, False, True, True):
            strength = lowered(strength, solved)
            seen.append(round(strength, 12))
        assert seen == [0.25, 0.15, 0.05, 0.05, 0.0, 0.0]

    def test_impossible_values_are_refused(self):
        for call, message in (
            (lambda: annealed(0, steps=0), "steps must be a positive whole number"),
            (lambda: annealed(-1, steps=10), "step must be a count of updates"),
            (lambda: annealed(0, steps=10, start=2), "start must lie between 0 and 1"),
            (lambda: lowered(-0.1, True), "strength must lie between 0 and 1"),
            (lambda: lowered(0.1, True, by=0), "by must be a positive number"),
        ):
            with pytest.raises(ValueError, match=message):
                call()
