"""The networks agree with torch in float64: values and every gradient."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnnlab.nets import activations, embedding, losses, rnn
from tests.nets.numerics import assert_agrees, cases, gradients, leaf

TOLERANCE = 1e-10

seeds = st.integers(0, 10**6)


def torch_rnn(params, activation):
    """torch's layer with our weights; our one bias is split into its two."""
    H, D = params.W_xh.shape
    layer = torch.nn.RNN(D, H, nonlinearity=activation, dtype=torch.float64)
    with torch.no_grad():
        for parameter, value in zip(
            layer.parameters(), (*params[:2], 0.25 * params.b_h, 0.75 * params.b_h), strict=True
        ):
            parameter.copy_(torch.tensor(value))
    return layer


def assert_same_gradients(ours, x, h_0, layer):
    d_x, d_h_0, grads = ours
    weights = (layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0)
    for actual, expected in zip((d_x, d_h_0, *grads), gradients(x, h_0, *weights), strict=True):
        assert_agrees(actual, expected, TOLERANCE)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@given(case=cases())
@settings(max_examples=30, deadline=None)
def test_rnn(activation, case):
    x, h_0, layer = leaf(case.x), leaf(case.h_0), torch_rnn(case.params, activation)
    expected, last = layer(x, h_0[None])
    ((expected * torch.tensor(case.d_h)).sum() + (last[0] * torch.tensor(case.d_h_last)).sum()).backward()

    assume(
        all(np.any(gradient) for gradient in gradients(h_0, layer.weight_hh_l0))
    )  # few ReLUs may all be dead
    h, cache = rnn.forward(case.params, case.x, case.h_0, activation=activation)
    assert_agrees(h, expected.detach(), TOLERANCE)
    assert_same_gradients(rnn.backward(case.d_h, cache, case.d_h_last), x, h_0, layer)


@given(case=cases())
@settings(max_examples=30, deadline=None)
def test_masked_rnn_agrees_with_packed_sequences(case):
    x, h_0, layer = leaf(case.x), leaf(case.h_0), torch_rnn(case.params, "tanh")
    lengths = torch.tensor(case.mask.sum(axis=0))
    packed, last = layer(pack_padded_sequence(x, lengths, enforce_sorted=False), h_0[None])
    expected, _ = pad_packed_sequence(packed)
    ((expected * torch.tensor(case.d_h)).sum() + (last[0] * torch.tensor(case.d_h_last)).sum()).backward()

    h, cache = rnn.forward(case.params, case.x, case.h_0, case.mask)
    assert_agrees(np.where(case.mask[..., None], h, 0), expected.detach(), TOLERANCE)
    assert_agrees(h[-1], last[0].detach(), TOLERANCE)
    d_h = np.where(case.mask[..., None], case.d_h, 0)
    assert_same_gradients(rnn.backward(d_h, cache, case.d_h_last), x, h_0, layer)


@given(case=cases(), K=st.integers(1, 6), seed=seeds)
@settings(max_examples=20, deadline=None)
def test_readout(case, K, seed):
    rng = np.random.default_rng(seed)
    params = rnn.ReadoutParams(rng.normal(size=(K, case.d_h.shape[-1])), rng.normal(size=K))
    d_y = rng.normal(size=(*case.d_h.shape[:-1], K))
    h, W_hy, b_y = leaf(case.d_h), leaf(params.W_hy), leaf(params.b_y)
    expected = torch.nn.functional.linear(h, W_hy, b_y)
    expected.backward(torch.tensor(d_y))

    assert_agrees(rnn.readout(params, case.d_h), expected.detach(), TOLERANCE)
    d_h, grads = rnn.readout_backward(d_y, case.d_h, params)
    for actual, gradient in zip((d_h, *grads), gradients(h, W_hy, b_y), strict=True):
        assert_agrees(actual, gradient, TOLERANCE)


@pytest.mark.parametrize("name", ["tanh", "relu", "sigmoid"])
@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_activation(name, seed):
    values = np.random.default_rng(seed).normal(size=(3, 4)) * 5 + 1
    a = leaf(values)
    expected = getattr(torch, name)(a)
    expected.sum().backward()
    ours = activations.activation(name)
    h = ours.function(values)
    assert_agrees(h, expected.detach(), TOLERANCE)
    assert_agrees(ours.derivative_from_output(h), *gradients(a), TOLERANCE)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@given(shape=st.sampled_from([(5,), (2, 5), (3, 2, 4)]), seed=seeds)
@settings(max_examples=20, deadline=None)
def test_softmax_and_its_logarithm(name, shape, seed):
    logits, d_output = np.random.default_rng(seed).normal(size=(2, *shape)) * 3
    z = leaf(logits)
    expected = getattr(torch, name)(z, dim=-1)
    expected.backward(torch.tensor(d_output))
    output = getattr(activations, name)(logits)
    assert_agrees(output, expected.detach(), TOLERANCE)
    assert_agrees(getattr(activations, f"{name}_backward")(d_output, output), *gradients(z), TOLERANCE)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@given(N=st.integers(1, 6), K=st.integers(2, 6), seed=seeds)
@settings(max_examples=20, deadline=None)
def test_cross_entropy(reduction, N, K, seed):
    rng = np.random.default_rng(seed)
    values, targets = rng.normal(size=(N, K)) * 3, rng.integers(0, K, N)
    logits = leaf(values)
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor(targets), reduction=reduction)
    expected.backward()
    loss, d_logits = losses.cross_entropy(values, targets, reduction)
    assert_agrees(loss, expected.detach(), TOLERANCE)
    assert_agrees(d_logits, *gradients(logits), TOLERANCE)


@given(case=cases(), seed=seeds)
@settings(max_examples=20, deadline=None)
def test_masked_sequence_loss_agrees_with_ignored_targets(case, seed):
    rng = np.random.default_rng(seed)
    K = 5
    values = rng.normal(size=(*case.mask.shape, K))
    targets = np.where(case.mask, rng.integers(0, K, case.mask.shape), -100)
    logits = leaf(values)
    expected = torch.nn.functional.cross_entropy(logits.reshape(-1, K), torch.tensor(targets).reshape(-1))
    expected.backward()
    loss, d_logits = losses.masked_sequence_loss(values, targets, case.mask)
    assert_agrees(loss, expected.detach(), TOLERANCE)
    assert_agrees(d_logits, *gradients(logits), TOLERANCE)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_squared_error(reduction, seed):
    values, target = np.random.default_rng(seed).normal(size=(2, 4, 3))
    y = leaf(values)
    expected = torch.nn.functional.mse_loss(y, torch.tensor(target), reduction=reduction)
    expected.backward()
    loss, d_y = losses.squared_error(values, target, reduction)
    assert_agrees(loss, expected.detach(), TOLERANCE)
    assert_agrees(d_y, *gradients(y), TOLERANCE)


@given(K=st.integers(1, 6), D=st.integers(1, 5), seed=seeds)
@settings(max_examples=20, deadline=None)
def test_embedding(K, D, seed):
    rng = np.random.default_rng(seed)
    table, ids, d_x = rng.normal(size=(K, D)), rng.integers(0, K, (4, 3)), rng.normal(size=(4, 3, D))
    E = leaf(table)
    expected = torch.nn.functional.embedding(torch.tensor(ids), E)
    expected.backward(torch.tensor(d_x))
    np.testing.assert_array_equal(embedding.embed(ids, table), expected.detach().numpy())
    assert_agrees(embedding.embed_backward(d_x, ids, K), *gradients(E), TOLERANCE)
