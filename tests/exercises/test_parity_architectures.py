"""The references agree with torch and with the course's own networks, and its counts with the analysis."""

import numpy as np
import pytest
import torch

from rnnlab.analysis.cost.attention import self_attention
from rnnlab.analysis.cost.recurrent import gru as gru_cost
from rnnlab.analysis.cost.recurrent import lstm as lstm_cost
from rnnlab.exercises import find
from rnnlab.exercises.draw import scenes
from rnnlab.exercises.spec import Exercise
from rnnlab.nets import causal_convolution, kv_cache, perceptron, scan, transformer
from rnnlab.nets.scan import hillis_steele

SIZES = [(3, 5), (7, 4), (16, 32)]


def probes(name, seed):
    """The arguments of all probes in double precision of an exercise, writable copies."""
    exercise = find(f"architectures.{name}")
    assert isinstance(exercise, Exercise)
    return [
        tuple(
            np.array(argument) if isinstance(argument, np.ndarray) else argument
            for argument in probe.arguments
        )
        for probe in exercise.probes(np.random.default_rng(seed))
        if not probe.traits & {"float32"}
    ]


def reference(name):
    exercise = find(f"architectures.{name}")
    assert isinstance(exercise, Exercise)
    return exercise.reference


@pytest.mark.parametrize("seed", range(3))
def test_a_pass_of_the_perceptron_is_that_of_the_package(seed):
    for w, b, x, y, rate in probes("perceptron_update", seed):
        trained = perceptron.train(perceptron.Params(w, np.array(b)), x, y, max_epochs=1, rate=rate)
        mine = reference("perceptron_update")(w, b, x, y, rate)
        assert trained.mistakes > 0
        np.testing.assert_allclose(mine[0], trained.params.w, rtol=1e-12)
        np.testing.assert_allclose(mine[1], trained.params.b, rtol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_the_convolution_is_that_of_torch_and_of_the_package(seed):
    for x, W, b, dilation in probes("causal_conv1d", seed):
        mine = reference("causal_conv1d")(x, W, b, dilation)
        left = torch.nn.functional.pad(torch.tensor(x).permute(1, 2, 0), ((W.shape[2] - 1) * dilation, 0))
        theirs = torch.nn.functional.conv1d(left, torch.tensor(W), torch.tensor(b), dilation=dilation)
        np.testing.assert_allclose(mine, theirs.permute(2, 0, 1).numpy(), rtol=1e-10, atol=1e-12)
        ours, _ = causal_convolution.forward(causal_convolution.Params(W, b), x, dilation=dilation)
        np.testing.assert_allclose(mine, ours, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("kernel", "dilations"), [(2, [1, 2, 4, 8]), (3, [1, 1, 5]), (7, [3]), (1, [4, 9])])
def test_the_receptive_field_is_that_of_the_package_and_of_a_real_stack(kernel, dilations):
    field = reference("receptive_field")(np.full(len(dilations), kernel), np.array(dilations))
    assert field == causal_convolution.receptive_field(kernel, dilations)
    x = np.ones((field + 3, 1, 1))
    x[2] = np.nan
    for dilation in dilations:
        x = reference("causal_conv1d")(x, np.ones((1, 1, kernel)), np.zeros(1), dilation)
    last_reached = int(np.flatnonzero(np.isnan(x[:, 0, 0]))[-1])
    assert last_reached - 2 == field - 1


@pytest.mark.parametrize("seed", range(3))
def test_the_scan_is_that_of_the_package_and_its_operator_gives_it_by_doubling(seed):
    combine = reference("combine")
    for a, b, h_0 in probes("linear_scan", seed):
        mine = reference("linear_scan")(a, b, h_0)
        np.testing.assert_allclose(mine, scan.forward(a, b, h_0)[0], rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(mine, hillis_steele(a, b, h_0)[1:], rtol=1e-10, atol=1e-12)
        both = a[0], b[0]
        for t in range(1, len(a)):
            both = combine(*both, a[t], b[t])
        np.testing.assert_allclose(both[0] * h_0 + both[1], mine[-1], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_attention_is_that_of_torch(seed):
    for x, W_q, W_k, W_v in probes("causal_self_attention", seed):
        q, k, v = (torch.tensor(x @ W.T).transpose(0, 1) for W in (W_q, W_k, W_v))
        theirs = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(0, 1)
        mine = reference("causal_self_attention")(x, W_q, W_k, W_v)
        np.testing.assert_allclose(mine, theirs.numpy(), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_token_by_token_and_in_two_pieces_are_the_whole_sequence(seed):
    step, chunk = reference("kv_cache_step"), reference("chunk_attention")
    for x, W_q, W_k, W_v in probes("causal_self_attention", seed):
        whole = reference("causal_self_attention")(x, W_q, W_k, W_v)
        keys, values = np.zeros((0, x.shape[1], len(W_k))), np.zeros((0, x.shape[1], len(W_v)))
        for t in range(len(x)):
            if t == len(x) // 2:
                rest = chunk(x[t:], keys, values, W_q, W_k, W_v) if len(W_k) == len(W_v) else whole[t:]
                np.testing.assert_allclose(rest, whole[t:], rtol=1e-7, atol=1e-9)
            y_t, keys, values = step(x[t], keys, values, W_q, W_k, W_v)
            np.testing.assert_allclose(y_t, whole[t], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_several_new_tokens_see_the_lower_right_triangle_of_torch(seed):
    for x, keys, values, W_q, W_k, W_v in probes("chunk_attention", seed):
        k, v = np.concatenate([keys, x @ W_k.T]), np.concatenate([values, x @ W_v.T])
        q, k, v = (torch.tensor(each).transpose(0, 1) for each in (x @ W_q.T, k, v))
        allowed = torch.ones(q.shape[1], k.shape[1], dtype=torch.bool).tril(len(keys))
        theirs = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=allowed).transpose(0, 1)
        mine = reference("chunk_attention")(x, keys, values, W_q, W_k, W_v)
        np.testing.assert_allclose(mine, theirs.numpy(), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("D", "H"), SIZES)
def test_parameters_are_those_of_the_analysis_and_of_torch(D, H):
    lstm, gru, attention = reference("layer_parameters")(D, H)
    assert lstm == lstm_cost(1, 1, D, H).parameters
    assert gru == gru_cost(1, 1, D, H).parameters
    assert attention == self_attention(1, 1, H).parameters
    layer = torch.nn.MultiheadAttention(H, 1)
    assert attention == sum(parameter.numel() for parameter in layer.parameters())
    # torch keeps a second bias for every block; two of the GRU's three can be joined with the first
    assert lstm == sum(parameter.numel() for parameter in torch.nn.LSTM(D, H).parameters()) - 4 * H
    assert gru == sum(parameter.numel() for parameter in torch.nn.GRU(D, H).parameters()) - 2 * H


@pytest.mark.parametrize(("D", "H"), SIZES)
def test_operations_are_those_of_the_analysis(D, H):
    for T in (1, 9, 100):
        lstm, attention = reference("step_flops")(T, D, H)
        assert lstm == lstm_cost(1, 1, D, H).forward.products
        assert attention * T == self_attention(T, 1, H).forward.products


@pytest.mark.parametrize(
    "scene", scenes(np.random.default_rng(5))[:3], ids=lambda scene: scene.trait or "plain"
)
def test_bytes_are_those_of_a_real_cache(scene):
    T, B, L, H = scene.T, scene.B, scene.K, scene.H
    params = transformer.init(scene.rng, H, L)
    options = transformer.Options(heads=1)
    state = transformer.zero_state(params, B=B)
    for x_t in scene.rng.normal(size=(T, B, H)):
        _, state = transformer.step(params, x_t, state, options)
    assert isinstance(state, kv_cache.State)
    cache, one_state = reference("state_bytes")(T, B, L, H, 8)
    assert cache == state.keys.nbytes + state.values.nbytes
    assert one_state == np.zeros((L, B, H)).nbytes
