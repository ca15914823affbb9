"""The references agree with PyTorch forward and backward, and with the course's own networks."""

import numpy as np
import pytest
import torch

from rnnlab.exercises.draw import scenes
from rnnlab.exercises.gated import ASSIGNMENT
from rnnlab.nets import gru, lstm

PARTS = {part.name: part for part in ASSIGNMENT.parts}
PLAIN = [
    pytest.param(scene, id=f"{seed}-{scene.trait or k}")
    for seed in range(3)
    for k, scene in enumerate(scenes(np.random.default_rng(seed)))
    if scene.trait not in ("float32", "large")
]


def reference(name):
    return PARTS[f"gated.{name}"].reference


def probes(name):
    exercise = PARTS[f"gated.{name}"]
    return [
        pytest.param(probe.arguments, id=f"{seed}-{probe.label}")
        for seed in range(2)
        for probe in exercise.probes(np.random.default_rng(seed))
        if "float32" not in probe.traits
    ]


def network(kind, W_xh, W_hh, b_ih, b_hh):
    """PyTorch's network with these weights; it adds two biases."""
    module = kind(W_xh.shape[1], W_hh.shape[1], dtype=torch.float64)
    with torch.no_grad():
        for parameter, value in zip(module.parameters(), (W_xh, W_hh, b_ih, b_hh), strict=True):
            parameter.copy_(torch.tensor(np.array(value)))
    return module


def torch_lstm(W_xh, W_hh, b_h):
    return network(torch.nn.LSTM, W_xh, W_hh, b_h, 0 * b_h)


def torch_gru(W_xh, W_hh, b_h, b_hn):
    return network(torch.nn.GRU, W_xh, W_hh, b_h, np.concatenate([0 * b_h[: 2 * len(b_hn)], b_hn]))


def tensor(array, requires_grad=False):
    return torch.tensor(np.array(array), requires_grad=requires_grad)


def assert_same(mine, expected, rtol=1e-9, atol=1e-11):
    assert len(mine) == len(expected)
    for one, other in zip(mine, expected, strict=True):
        other = other.detach().numpy() if isinstance(other, torch.Tensor) else other
        np.testing.assert_allclose(one, other, rtol=rtol, atol=atol)


@pytest.mark.parametrize("arguments", probes("lstm_step"))
@pytest.mark.filterwarnings("ignore:overflow encountered in exp")
def test_lstm_step_agrees_with_torch_and_with_the_courses_network(arguments):
    x_t, h_prev, c_prev, *weights = arguments
    mine = reference("lstm_step")(*arguments)
    h, (_, c) = torch_lstm(*weights)(tensor(x_t)[None], (tensor(h_prev)[None], tensor(c_prev)[None]))
    assert_same(mine, (h[0], c[0]))
    assert_same(mine, lstm.step(lstm.Params(*weights), x_t, lstm.State(h_prev, c_prev)))


@pytest.mark.parametrize("arguments", probes("lstm_forward"))
@pytest.mark.filterwarnings("ignore:overflow encountered in exp")
def test_lstm_forward_agrees_with_torch_and_with_the_courses_network(arguments):
    x, h_0, c_0, *weights = arguments
    h, c = reference("lstm_forward")(*arguments)
    want, (_, last) = torch_lstm(*weights)(tensor(x), (tensor(h_0)[None], tensor(c_0)[None]))
    assert_same((h, c[-1]), (want, last[0]))
    own, cache = lstm.forward(lstm.Params(*weights), x, lstm.State(h_0, c_0))
    assert_same((h, c), (own, cache.cells[1:]))


@pytest.mark.parametrize("arguments", probes("padded_lstm_forward"))
@pytest.mark.filterwarnings("ignore:overflow encountered in exp")
def test_padded_lstm_forward_agrees_with_the_courses_network(arguments):
    x, mask, h_0, c_0, *weights = arguments
    own, cache = lstm.forward(lstm.Params(*weights), x, lstm.State(h_0, c_0), mask=mask)
    assert_same(reference("padded_lstm_forward")(*arguments), (own, cache.cells[1:]))


@pytest.mark.parametrize("arguments", probes("gru_step"))
@pytest.mark.filterwarnings("ignore:overflow encountered in exp")
def test_gru_step_agrees_with_torch_and_with_the_courses_network(arguments):
    x_t, h_prev, *weights = arguments
    mine = reference("gru_step")(*arguments)
    h, _ = torch_gru(*weights)(tensor(x_t)[None], tensor(h_prev)[None])
    assert_same((mine, mine), (h[0], gru.step(gru.Params(*weights), x_t, h_prev)))


@pytest.mark.parametrize("arguments", probes("gru_forward"))
@pytest.mark.filterwarnings("ignore:overflow encountered in exp")
def test_gru_forward_agrees_with_torch_and_with_the_courses_network(arguments):
    x, h_0, *weights = arguments
    mine = reference("gru_forward")(*arguments)
    h, _ = torch_gru(*weights)(tensor(x), tensor(h_0)[None])
    own, _ = gru.forward(gru.Params(*weights), x, h_0)
    assert_same((mine, mine), (h, own))


@pytest.mark.parametrize("scene", PLAIN)
def test_lstm_backward_is_automatic_differentiation_and_the_courses_network(scene):
    T, B, D, H = scene.T, scene.B, scene.D, scene.H
    d_h, x, h_0, c_0 = scene.values(T, B, H), scene.state(T, B, D), scene.state(B, H), scene.state(B, H)
    weights = scene.weight(4 * H, D), scene.weight(4 * H, H), scene.state(4 * H)
    own, cache = lstm.forward(lstm.Params(*weights), x, lstm.State(h_0, c_0))
    gates = np.concatenate(cache.gates, axis=2)
    mine = reference("lstm_backward")(d_h, x, gates, own, cache.cells[1:], h_0, c_0, *weights[:2])

    module, (x_, h_, c_) = torch_lstm(*weights), (tensor(each, True) for each in (x, h_0, c_0))
    h, _ = module(x_, (h_[None], c_[None]))
    W_xh, W_hh, b_h, _ = module.parameters()
    assert_same(mine, torch.autograd.grad((h * tensor(d_h)).sum(), (x_, h_, c_, W_xh, W_hh, b_h)))
    d_x, d_state, grads = lstm.backward(d_h, cache)
    assert_same(mine, (d_x, *d_state, *grads))


@pytest.mark.parametrize("scene", PLAIN)
def test_lstm_step_backward_is_automatic_differentiation(scene):
    B, D, H = scene.B, scene.D, scene.H
    x_t, h_prev, c_prev = scene.state(B, D), scene.state(B, H), scene.state(B, H)
    d_h, d_c = scene.values(B, H), scene.values(B, H)
    weights = scene.weight(4 * H, D), scene.weight(4 * H, H), scene.state(4 * H)
    _, cache = lstm.forward(lstm.Params(*weights), x_t[None], lstm.State(h_prev, c_prev))
    gates = np.concatenate(cache.gates, axis=2)[0]
    mine = reference("lstm_step_backward")(d_h, d_c, x_t, h_prev, c_prev, gates, cache.cells[1], *weights[:2])
    module, (x_, h_, c_) = torch_lstm(*weights), (tensor(each, True) for each in (x_t, h_prev, c_prev))
    h, (_, c) = module(x_[None], (h_[None], c_[None]))
    W_xh, W_hh, b_h, _ = module.parameters()
    loss = (h[0] * tensor(d_h)).sum() + (c[0] * tensor(d_c)).sum()
    assert_same(mine, torch.autograd.grad(loss, (x_, h_, c_, W_xh, W_hh, b_h)))


@pytest.mark.parametrize("scene", PLAIN)
def test_gru_step_backward_is_automatic_differentiation(scene):
    B, D, H = scene.B, scene.D, scene.H
    x_t, h_prev, d_h = scene.state(B, D), scene.state(B, H), scene.values(B, H)
    W_xh, W_hh, b_h, b_hn = scene.weight(3 * H, D), scene.weight(3 * H, H), scene.state(3 * H), scene.state(H)
    _, cache = gru.forward(gru.Params(W_xh, W_hh, b_h, b_hn), x_t[None], h_prev)
    m_t = h_prev @ W_hh[2 * H :].T + b_hn
    gates = np.concatenate(cache.gates, axis=2)[0]
    mine = reference("gru_step_backward")(d_h, x_t, h_prev, gates, m_t, W_xh, W_hh)
    module, (x_, h_) = torch_gru(W_xh, W_hh, b_h, b_hn), (tensor(each, True) for each in (x_t, h_prev))
    h, _ = module(x_[None], h_[None])
    leaves = (x_, h_, *module.parameters())
    *grads, of_b_hh = torch.autograd.grad((h[0] * tensor(d_h)).sum(), leaves)
    assert_same(mine, (*grads, of_b_hh[2 * H :]))


@pytest.mark.parametrize("forget_bias", [1.0, 4.0])
def test_lstm_init_sets_what_the_courses_start_sets(forget_bias):
    D, H = 3, 5
    rng = np.random.default_rng(0)
    u_xh, u_hh = rng.random((4 * H, D)), rng.random((4 * H, H))
    W_xh, W_hh, b_h = reference("lstm_init")(u_xh, u_hh, forget_bias)
    own = lstm.init(np.random.default_rng(0), D, H, forget_bias=forget_bias)
    assert_same((W_xh, W_hh), own[:2])
    np.testing.assert_array_equal(b_h[H : 2 * H], own.b_h[H : 2 * H])
    assert not np.delete(b_h, range(H, 2 * H)).any()
