"""The references agree with the course's own networks and with torch."""

import numpy as np
import pytest
import torch

from rnnlab.exercises import find
from rnnlab.nets import embedding, rnn

ROUNDS = range(3)


def probes(name):
    exercise = find(f"hidden_state.{name}")
    return [
        pytest.param(exercise.reference, probe, id=f"{seed}: {probe.label}")
        for seed in ROUNDS
        for probe in exercise.probes(np.random.default_rng(seed))
        if "float32" not in probe.traits
    ]


def torch_rnn(W_xh, W_hh, b_h):
    network = torch.nn.RNN(W_xh.shape[1], W_xh.shape[0], dtype=torch.float64)
    with torch.no_grad():
        for parameter, value in (
            (network.weight_ih_l0, W_xh),
            (network.weight_hh_l0, W_hh),
            (network.bias_ih_l0, b_h),
            (network.bias_hh_l0, 0 * b_h),
        ):
            parameter.copy_(torch.tensor(value))
    return network


@pytest.mark.parametrize(("reference", "probe"), probes("rnn_forward"))
def test_rnn_forward_agrees_with_torch(reference, probe):
    x, h_0, *weights = probe.arguments
    h, _ = torch_rnn(*weights)(torch.tensor(x), torch.tensor(h_0)[None])
    np.testing.assert_allclose(reference(*probe.arguments), h.detach().numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("reference", "probe"), probes("rnn_step"))
def test_rnn_step_agrees_with_torch(reference, probe):
    x_t, h_prev, *weights = probe.arguments
    h, _ = torch_rnn(*weights)(torch.tensor(x_t)[None], torch.tensor(h_prev)[None])
    np.testing.assert_allclose(reference(*probe.arguments), h[0].detach().numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("reference", "probe"), probes("embed"))
def test_embed_agrees_with_torch_and_with_a_product_of_one_hot_vectors(reference, probe):
    ids, E = probe.arguments
    expected = torch.nn.functional.embedding(torch.tensor(ids), torch.tensor(E)).numpy()
    np.testing.assert_array_equal(reference(ids, E), expected)
    one_hot = find("hidden_state.one_hot").reference
    np.testing.assert_allclose(one_hot(ids, len(E)) @ E, expected, rtol=1e-12)


@pytest.mark.parametrize(("reference", "probe"), probes("readout"))
def test_readout_agrees_with_torch(reference, probe):
    expected = torch.nn.functional.linear(*map(torch.tensor, probe.arguments)).numpy()
    np.testing.assert_allclose(reference(*probe.arguments), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("reference", "probe"), probes("count_parameters"))
def test_count_parameters_agrees_with_torch_but_for_its_second_bias(reference, probe):
    D, H, K = probe.arguments
    modules = torch.nn.RNN(D, H), torch.nn.Linear(H, K)
    counted = sum(parameter.numel() for module in modules for parameter in module.parameters())
    assert reference(D, H, K) == counted - H


@pytest.mark.parametrize(("reference", "probe"), probes("masked_forward"))
def test_masked_forward_is_the_plain_one_on_the_real_steps_of_each_sequence(reference, probe):
    x, mask, h_0, *weights = probe.arguments
    h = reference(*probe.arguments)
    plain = find("hidden_state.rnn_forward").reference
    for b in range(x.shape[1]):
        real = mask[:, b]
        if real.any():
            alone = plain(x[real, b][:, None], h_0[b][None], *weights)[:, 0]
            np.testing.assert_allclose(h[real, b], alone, rtol=1e-9, atol=1e-12)
        before = np.concatenate([h_0[b][None], h[:-1, b]])
        np.testing.assert_array_equal(h[~real, b], before[~real])


@pytest.mark.parametrize(("reference", "probe"), probes("rnn_forward"))
def test_rnn_forward_agrees_with_the_courses_network(reference, probe):
    x, h_0, *weights = probe.arguments
    h, _ = rnn.forward(rnn.Params(*weights), x, h_0)
    np.testing.assert_allclose(reference(*probe.arguments), h, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("reference", "probe"), probes("masked_forward"))
def test_masked_forward_agrees_with_the_courses_network(reference, probe):
    x, mask, h_0, *weights = probe.arguments
    h, _ = rnn.forward(rnn.Params(*weights), x, h_0, mask=mask)
    np.testing.assert_allclose(reference(*probe.arguments), h, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("reference", "probe"), probes("rnn_step"))
def test_rnn_step_agrees_with_the_courses_network(reference, probe):
    x_t, h_prev, *weights = probe.arguments
    np.testing.assert_allclose(
        reference(*probe.arguments), rnn.step(rnn.Params(*weights), x_t, h_prev), rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize(("reference", "probe"), probes("readout"))
def test_readout_agrees_with_the_courses_network(reference, probe):
    h, *weights = probe.arguments
    expected = rnn.readout(rnn.ReadoutParams(*weights), h)
    np.testing.assert_allclose(reference(*probe.arguments), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("reference", "probe"), probes("one_hot"))
def test_one_hot_agrees_with_the_courses_own(reference, probe):
    np.testing.assert_array_equal(reference(*probe.arguments), embedding.one_hot(*probe.arguments))


@pytest.mark.parametrize(("reference", "probe"), probes("embed"))
def test_embed_agrees_with_the_courses_own(reference, probe):
    np.testing.assert_array_equal(reference(*probe.arguments), embedding.embed(*probe.arguments))
