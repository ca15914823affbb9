"""Parameters cross to torch and back exactly, and both sides then compute the same."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from rnnlab.nets import (
    bidirectional,
    causal_convolution,
    lru,
    multihead,
    stacked,
    transformer,
    transformer_block,
)
from rnnlab.nets.cells import cell
from rnnlab.nets.parameters import leaves, mapped
from rnnlab.nets.transformer_block import Options
from rnnlab.torch_bridge import from_torch, to_torch
from tests.nets.numerics import assert_agrees

T, B, D, H = 5, 3, 4, 6
NETWORKS = list(itertools.product(("rnn", "lstm", "gru"), (1, 2, 3), (False, True)))


def rng():
    return np.random.default_rng(0)


def random(params, dtype=np.float64):
    """The same network with every weight, bias and gain random and not zero."""
    generator = rng()
    return mapped(lambda weight: generator.normal(size=weight.shape).astype(dtype) * 0.5, params)


def recurrent(name, L, both, dtype=np.float64):
    kind = bidirectional.network(cell(name)) if both else cell(name)
    if L == 1:
        return kind, random(kind.init(rng(), D, H, dtype), dtype)
    return kind, random(stacked.init(rng(), D, H, dtype, L=L, cell=kind), dtype)


def assert_equal_leaves(actual, expected):
    assert type(actual) is type(expected)
    for one, other in zip(leaves(actual), leaves(expected), strict=True):
        np.testing.assert_array_equal(one, other, strict=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "L", "both"), NETWORKS)
def test_recurrent_parameters_return_unchanged(name, L, both, dtype):
    _, params = recurrent(name, L, both, dtype)
    module = to_torch(params)
    assert (module.num_layers, module.bidirectional, module.batch_first) == (L, both, False)
    assert_equal_leaves(from_torch(module), params)


@pytest.mark.parametrize(("name", "L", "both"), NETWORKS)
def test_recurrent_networks_compute_what_torch_computes(name, L, both):
    kind, params = recurrent(name, L, both)
    x = rng().normal(size=(T, B, D))
    expected, _ = to_torch(params)(torch.tensor(x))
    h, _ = kind.forward(params, x) if L == 1 else stacked.forward(params, x, cell=kind)
    assert_agrees(h, expected.detach().numpy(), 1e-10)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("name", "L", "both"), NETWORKS)
def test_modules_of_torch_compute_the_same_after_their_way_here(name, L, both, bias):
    torch.manual_seed(0)
    module = getattr(nn, name.upper())(D, H, num_layers=L, bidirectional=both, bias=bias).double()
    kind = bidirectional.network(cell(name)) if both else cell(name)
    x = rng().normal(size=(T, B, D))
    params = from_torch(module)
    h, _ = kind.forward(params, x) if L == 1 else stacked.forward(params, x, cell=kind)
    expected, _ = module(torch.tensor(x))
    assert_agrees(h, expected.detach().numpy(), 1e-10)
    assert_agrees(to_torch(params)(torch.tensor(x))[0].detach(), expected.detach().numpy(), 1e-10)


def test_a_relu_network_crosses_with_its_activation():
    kind = cell("rnn", activation="relu")
    params = random(kind.init(rng(), D, H))
    x = rng().normal(size=(T, B, D))
    module = to_torch(params, activation="relu")
    assert module.nonlinearity == "relu"
    assert_agrees(kind.forward(params, x)[0], module(torch.tensor(x))[0].detach(), 1e-10)


def test_parameters_here_and_there_do_not_share_memory():
    params = random(cell("rnn").init(rng(), D, H))
    module = to_torch(params)
    before = params.W_xh.copy()
    with torch.no_grad():
        module.weight_ih_l0.add_(1)
    from_torch(module).W_xh[:] = 7
    np.testing.assert_array_equal(params.W_xh, before)
    assert not (module.weight_ih_l0 == 7).any()


@pytest.mark.parametrize("heads", [1, 2, 3])
def test_multihead_attention_crosses(heads):
    params = random(multihead.init(rng(), H))
    module = to_torch(params, heads=heads)
    assert_equal_leaves(from_torch(module), params)
    q, kv = rng().normal(size=(T, B, H)), rng().normal(size=(T + 2, B, H))
    y, _ = multihead.forward(params, q, kv, kv, heads)
    assert_agrees(y, module(*map(torch.tensor, (q, kv, kv)))[0].detach(), 1e-10)


@pytest.mark.parametrize("dilation", [1, 3])
def test_causal_convolution_crosses(dilation):
    params = random(causal_convolution.init(rng(), D, H, kernel=3))
    module = to_torch(params, dilation=dilation)
    assert_equal_leaves(from_torch(module), params)
    x = rng().normal(size=(T, B, D))
    padded = nn.functional.pad(torch.tensor(x).permute(1, 2, 0), (2 * dilation, 0))
    y, _ = causal_convolution.forward(params, x, dilation=dilation)
    assert_agrees(y, module(padded).permute(2, 0, 1).detach(), 1e-10)


@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("norm_first", [True, False])
def test_a_transformer_block_crosses(norm_first, activation):
    options = Options(heads=2, activation=activation, norm_first=norm_first, causal=False)
    params = random(transformer_block.init(rng(), H, 8))
    module = to_torch(params, **options._asdict())
    assert_equal_leaves(from_torch(module), params)
    x = rng().normal(size=(T, B, H))
    y, _ = transformer_block.forward(params, x, options=options)
    assert_agrees(y, module(torch.tensor(x)).detach(), 1e-10)


NO_WAY_THERE = [
    (lambda: to_torch(cell("mingru").init(rng(), D, H)), TypeError, "but are rnnlab.nets.mingru.Params"),
    (
        lambda: to_torch(lru.init(rng(), D, H, 2)),
        TypeError,
        "params must be those of a network that torch.nn has, .*lru",
    ),
    (
        lambda: to_torch((np.ones(3),)),
        TypeError,
        r"but are tuple\. There are counterparts of rnnlab\.nets\.rnn",
    ),
    (lambda: to_torch(transformer.init(rng(), H, 2)), TypeError, "but are rnnlab.nets.transformer.Params"),
    (
        lambda: to_torch(stacked.init(rng(), D, H, L=2, cell=cell("gru"), norm=True)),
        ValueError,
        "layer norms between the layers",
    ),
    (
        lambda: to_torch(cell("rnn").init(rng(), D, H), activation="sigmoid"),
        ValueError,
        "activation must be 'tanh' or",
    ),
    (lambda: to_torch(cell("gru").init(rng(), D, H), activation="relu"), ValueError, "GRU has fixed ones"),
    (
        lambda: to_torch(cell("gru").init(rng(), D, H), heads=2),
        TypeError,
        "options of .*gru.* are activation, but heads",
    ),
    (lambda: to_torch(multihead.init(rng(), H)), TypeError, "are heads, but heads is missing"),
    (
        lambda: to_torch(transformer_block.init(rng(), H, 8), dilation=2),
        TypeError,
        "norm_first, .* but dilation came",
    ),
    (lambda: to_torch(multihead.init(rng(), H), heads=4), ValueError, "heads must divide H = 6"),
    (
        lambda: to_torch(transformer_block.init(rng(), H, 8), positions="rotary"),
        ValueError,
        "must not be 'rotary'",
    ),
    (
        lambda: to_torch(mapped(lambda w: w.astype(np.float16), cell("rnn").init(rng(), D, H))),
        TypeError,
        "params must all be float32 or all float64, but are float16",
    ),
]

NO_WAY_HERE = [
    (lambda: nn.Linear(3, 2), TypeError, "module must be one of torch.nn's RNN, LSTM, .* but is torch.*Linear"),
    (lambda: nn.LSTM(3, 4, proj_size=2), ValueError, "proj_size=0, but has 2"),
    (lambda: nn.GRU(3, 4).half(), TypeError, r"must hold float32 or float64, but holds torch\.float16"),
    (lambda: nn.MultiheadAttention(4, 2, kdim=3), ValueError, "kdim and vdim equal to embed_dim"),
    (lambda: nn.MultiheadAttention(4, 2, add_bias_kv=True), ValueError, "add_bias_kv=False"),
    (lambda: nn.Conv1d(3, 4, 2, stride=2), ValueError, r"stride=1, but has \(2,\)"),
    (lambda: nn.Conv1d(4, 4, 2, groups=2), ValueError, "groups=1, but has 2"),
    (lambda: nn.Conv1d(3, 4, 3, padding="same"), ValueError, "padding=0, but has same"),
    (
        lambda: nn.TransformerEncoderLayer(4, 2, 8, activation=torch.tanh),
        ValueError,
        "activation='relu' or 'gelu'",
    ),
    (lambda: nn.TransformerEncoderLayer(4, 2, 8, layer_norm_eps=1e-3), ValueError, "layer_norm_eps=1e-05"),
]  # fmt: skip


@pytest.mark.parametrize(("crossing", "error", "message"), NO_WAY_THERE)
def test_what_torch_does_not_have_is_refused_by_name(crossing, error, message):
    with pytest.raises(error, match=message):
        crossing()


@pytest.mark.parametrize(("module", "error", "message"), NO_WAY_HERE)
def test_what_rnnlab_does_not_have_is_refused_by_name(module, error, message):
    with pytest.raises(error, match=message):
        from_torch(module())
