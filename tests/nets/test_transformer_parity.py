"""The transformer agrees with torch in float64: values and every gradient, with masks, states and positions."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from rnnlab.nets import feed_forward
from rnnlab.nets.parameters import leaves, mapped
from tests.nets.numerics import assert_agrees, leaf
from tests.nets.transformer_cases import ALL, DECODERS, ENCODERS, POSITIONED, cases, label, run

TOLERANCE = 1e-10


def torch_encoder(case):
    """torch's own stack of layers with our weights; a causal mask makes it a decoder."""
    H, F = len(case.params.blocks[0].norm_1.gain), len(case.params.blocks[0].feed_forward.expand.b)
    heads, activation, norm_first, *_ = case.options
    layer = torch.nn.TransformerEncoderLayer(
        H, heads, F, dropout=0.0, activation=activation, norm_first=norm_first, dtype=torch.float64
    )
    norm = torch.nn.LayerNorm(H, dtype=torch.float64) if norm_first else None
    network = torch.nn.TransformerEncoder(layer, len(case.params.blocks), norm, enable_nested_tensor=False)
    with torch.no_grad():
        # torch lists its weights in the order of our tree: attention, two layers, two norms, and the last norm
        for parameter, value in zip(network.parameters(), leaves(case.params), strict=True):
            parameter.copy_(torch.tensor(value))
    return network


@pytest.mark.parametrize("options", [*ENCODERS, *DECODERS], ids=label)
def test_agrees_with_the_layers_of_torch(options):
    @given(case=cases(choices=[options]))
    @settings(max_examples=10, deadline=None)
    def agrees(case):
        case = case._replace(d_last=mapped(np.zeros_like, case.d_last))
        network, x = torch_encoder(case), leaf(case.x)
        later = torch.ones(len(x), len(x), dtype=torch.bool).triu(1) if options.causal else None
        padding = None if case.mask is None else torch.tensor(~case.mask.T)
        expected = network(x, mask=later, src_key_padding_mask=padding)
        expected.backward(torch.tensor(case.d_y))
        assert_results_agree(run(case), expected, x, list(network.parameters()))

    agrees()


def torch_positions(T, D, start):
    """Phases e^(iθ) of T steps for each pair of units, (T, D / 2)."""
    angles = np.outer(start + np.arange(T), 10000.0 ** (-np.arange(0, D, 2) / D))
    return torch.polar(torch.ones(angles.shape, dtype=torch.float64), torch.tensor(angles))


def turned(x, start):
    """(B, N, T, d) rotated in pairs, as a product of complex numbers."""
    pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2).contiguous())
    return torch.view_as_real(pairs * torch_positions(x.shape[2], x.shape[3], start)).reshape(x.shape)


def torch_block(block, x, past, mask, options):
    """One block from torch's functions, with keys and values (P, B, H) of earlier steps; returns y, keys, values."""
    T, B, H = x.shape
    P = len(past[0])

    def by_head(z):
        return z.reshape(len(z), B, options.heads, -1).permute(1, 2, 0, 3)

    def joined(z):
        return z.permute(2, 0, 1, 3).reshape(-1, B, H)

    def norm(params, z):
        return torch.nn.functional.layer_norm(z, (H,), *params)

    def attention(z):
        q, k, v = torch.nn.functional.linear(z, *block.attention[:2]).chunk(3, dim=2)
        q, k = by_head(q), by_head(k)
        if options.positions == "rotary":
            q, k = turned(q, P), turned(k, P)
        keys, values = torch.cat([past[0], joined(k)]), torch.cat([past[1], v])
        allowed = mask.T[:, None, None] & torch.ones(T, P + T, dtype=torch.bool).tril(
            P if options.causal else P + T
        )
        c = torch.nn.functional.scaled_dot_product_attention(q, by_head(keys), by_head(values), allowed)
        return torch.nn.functional.linear(joined(c), *block.attention[2:]), keys, values

    def network(z):
        f = getattr(torch.nn.functional, options.activation)
        return torch.nn.functional.linear(
            f(torch.nn.functional.linear(z, *block.feed_forward.expand)), *block.feed_forward.contract
        )

    if options.norm_first:
        attended, keys, values = attention(norm(block.norm_1, x))
        a = x + attended
        return a + network(norm(block.norm_2, a)), keys, values
    attended, keys, values = attention(x)
    a = norm(block.norm_1, x + attended)
    return norm(block.norm_2, a + network(a)), keys, values


def torch_transformer(params, x, state, mask, options):
    T, _, H = x.shape
    P = state[0].shape[1]
    if options.positions == "sinusoidal":
        phases = torch_positions(T, H, P)
        x = x + torch.stack([phases.imag, phases.real], dim=2).reshape(T, 1, H)
    lasts = []
    for block, *past in zip(params.blocks, *state, strict=True):
        x, *last = torch_block(block, x, past, mask, options)
        lasts.append(last)
    if params.norm is not None:
        x = torch.nn.functional.layer_norm(x, (H,), *params.norm)
    return x, *(torch.stack(each) for each in zip(*lasts, strict=True))


@pytest.mark.parametrize("options", [*DECODERS, *POSITIONED], ids=label)
def test_agrees_with_functions_of_torch_from_a_given_state_on(options):
    @given(case=cases(choices=[options], with_state=True))
    @settings(max_examples=10, deadline=None)
    def agrees(case):
        params, x, state = mapped(leaf, case.params), leaf(case.x), [leaf(each) for each in case.state[:2]]
        T, B, _ = case.x.shape
        real = np.ones((T, B), bool) if case.mask is None else case.mask
        mask = torch.tensor(np.concatenate([np.ones((state[0].shape[1], B), bool), real]))
        results = torch_transformer(params, x, state, mask, case.options)
        upstream = case.d_y, case.d_last.keys, case.d_last.values
        sum((y * torch.tensor(d)).sum() for y, d in zip(results, upstream, strict=True)).backward()

        ours = run(case)
        assert_agrees(ours.pop("state.keys"), state[0].grad, TOLERANCE)
        assert_agrees(ours.pop("state.values"), state[1].grad, TOLERANCE)
        assert_results_agree(ours, results[0], x, flattened(params))

    agrees()


@pytest.mark.parametrize("options", [each for each in ALL if each.positions != "none"], ids=label)
def test_agrees_with_functions_of_torch_where_positions_are_seen(options):
    @given(case=cases(choices=[options]))
    @settings(max_examples=5, deadline=None)
    def agrees(case):
        case = case._replace(d_last=mapped(np.zeros_like, case.d_last))
        params, x = mapped(leaf, case.params), leaf(case.x)
        _, B, H = case.x.shape
        nothing = [torch.zeros(len(params.blocks), 0, B, H, dtype=torch.float64)] * 2
        mask = torch.tensor(np.ones(case.x.shape[:2], bool) if case.mask is None else case.mask)
        y, *_ = torch_transformer(params, x, nothing, mask, case.options)
        y.backward(torch.tensor(case.d_y))
        assert_results_agree(run(case), y, x, flattened(params))

    agrees()


def flattened(tree):
    if tree is None:
        return []
    return (
        [tree] if isinstance(tree, torch.Tensor) else [leaf for branch in tree for leaf in flattened(branch)]
    )


def assert_results_agree(ours, y, x, weights):
    assert_agrees(ours.pop("y"), y.detach(), TOLERANCE)
    assert_agrees(ours.pop("x"), x.grad, TOLERANCE)
    for (name, value), weight in zip(ours.items(), weights, strict=True):
        assert name.startswith("params")
        assert_agrees(value, weight.grad, TOLERANCE)


@pytest.mark.parametrize("activation", feed_forward.ACTIVATIONS)
def test_feed_forward_agrees_with_torch_at_one_place_and_at_many(activation):
    rng = np.random.default_rng(0)
    params = mapped(lambda weight: weight + rng.normal(size=weight.shape), feed_forward.init(rng, H=3, F=7))
    for leading in ((), (2,), (4, 2)):
        values, d_y = rng.normal(size=(2, *leading, 3))
        x, weights = leaf(values), [leaf(weight) for weight in leaves(params)]
        linear, f = torch.nn.functional.linear, getattr(torch.nn.functional, activation)
        expected = linear(f(linear(x, *weights[:2])), *weights[2:])
        expected.backward(torch.tensor(d_y))
        y, cache = feed_forward.forward(params, values, activation)
        d_x, grads = feed_forward.backward(d_y, cache)
        assert_agrees(y, expected.detach(), TOLERANCE)
        for ours, theirs in zip((d_x, *leaves(grads)), (x, *weights), strict=True):
            assert_agrees(ours, theirs.grad, TOLERANCE)
