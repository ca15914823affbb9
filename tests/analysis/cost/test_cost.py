"""Costs: parameters and bytes equal those of the real networks, FLOPs those of the equations, counted one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.cost import attention, convolution, parts, recurrent
from rnnlab.analysis.cost.record import Cost, Flops
from rnnlab.analysis.memory import growth, held_bytes
from rnnlab.nets import (
    bidirectional,
    causal_convolution,
    dense,
    feed_forward,
    gru,
    layer_norm,
    lstm,
    mingru,
    multihead,
    rnn,
    self_attention,
    stacked,
    temporal_block,
    temporal_convolution,
    transformer,
    transformer_block,
)
from rnnlab.nets.cells import cell
from rnnlab.nets.parameters import count, mapped
from rnnlab.nets.transformer_block import Options
from tests.analysis.cost import counted
from tests.nets.numerics import assert_agrees

T, B, D, H, F = 4, 2, 3, 6, 5
RNG = np.random.default_rng(0)


def drawn(params):
    return mapped(lambda each: RNG.normal(size=each.shape), params)


def summed(results):
    """The counts of all sequences of a batch together, and the first sequence's results."""
    forward, backward = Flops(), Flops()
    for each in results:
        forward, backward = forward.plus(each[0]), backward.plus(each[1])
    return forward, backward


def assert_same(results, y, d_x, grads):
    """The counted equations gave the network's own outputs and gradients."""
    for b, (_, _, y_b, d_x_b, _) in enumerate(results):
        assert_agrees(y_b, y[:, b], 1e-12)
        assert_agrees(d_x_b, d_x[:, b], 1e-12)
    for name, gradient in grads.items():
        assert_agrees(sum(each[4][name] for each in results), gradient, 1e-12)


RECURRENT = {"rnn": rnn, "lstm": lstm, "gru": gru, "mingru": mingru}


@pytest.mark.parametrize("name", RECURRENT)
def test_the_flops_of_recurrent_networks_are_those_of_their_equations(name):
    module = RECURRENT[name]
    params, x, d_h = drawn(module.init(RNG, D, H)), RNG.normal(size=(T, B, D)), RNG.normal(size=(T, B, H))
    state, d_last = (drawn(module.zero_state(params, B)) for _ in range(2))
    results = [
        getattr(counted, name)(
            params,
            x[:, b],
            mapped(lambda s, b=b: s[b], state),
            d_h[:, b],
            mapped(lambda s, b=b: s[b], d_last),
        )
        for b in range(B)
    ]
    h, cache = module.forward(params, x, state)
    d_x, _, grads = module.backward(d_h, cache, d_last)
    assert_same(results, h, d_x, grads._asdict())
    cost = getattr(recurrent, name)(T, B, D, H)
    assert (cost.forward, cost.backward) == summed(results)


PLACE = {
    "dense": (dense, dense.init(RNG, H, F), parts.dense(T * B, H, F), F),
    "layer_norm": (layer_norm, layer_norm.init(H), parts.layer_norm(T * B, H), H),
    "feed_forward": (feed_forward, feed_forward.init(RNG, H, F), parts.feed_forward(T * B, H, F), H),
}


@pytest.mark.parametrize("name", PLACE)
def test_the_flops_of_what_works_on_each_place_are_those_of_its_equations(name):
    module, params, cost, M = PLACE[name]
    params, x, d_y = drawn(params), RNG.normal(size=(T, B, H)), RNG.normal(size=(T, B, M))
    results = [getattr(counted, name)(params, x[:, b], d_y[:, b]) for b in range(B)]
    y, cache = module.forward(params, x)
    d_x, grads = module.backward(d_y, cache)
    if name == "feed_forward":
        grads = dict(zip(("W_1", "b_1", "W_2", "b_2"), (*grads.expand, *grads.contract), strict=True))
    else:
        grads = grads._asdict()
    assert_same(results, y, d_x, grads)
    assert (cost.forward, cost.backward) == summed(results)


@pytest.mark.parametrize("heads", [1, 3])
def test_the_flops_of_self_attention_are_those_of_its_equations(heads):
    params, x, d_y = drawn(multihead.init(RNG, H)), RNG.normal(size=(T, B, H)), RNG.normal(size=(T, B, H))
    results = [counted.self_attention(params, x[:, b], d_y[:, b], heads) for b in range(B)]
    y, cache = self_attention.forward(params, x, heads)
    d_x, _, grads = self_attention.backward(d_y, cache)
    assert_same(results, y, d_x, grads._asdict())
    cost = attention.self_attention(T, B, H, heads)
    assert (cost.forward, cost.backward) == summed(results)


@pytest.mark.parametrize(("kernel", "dilation"), [(1, 1), (2, 1), (3, 2)])
def test_the_flops_of_a_causal_convolution_are_those_of_its_equations(kernel, dilation):
    params = drawn(causal_convolution.init(RNG, D, H, kernel))
    x, d_y = RNG.normal(size=(T, B, D)), RNG.normal(size=(T, B, H))
    results = [counted.causal_convolution(params, x[:, b], d_y[:, b], dilation) for b in range(B)]
    y, cache = causal_convolution.forward(params, x, dilation=dilation)
    d_x, _, grads = causal_convolution.backward(d_y, cache)
    assert_same(results, y, d_x, grads._asdict())
    cost = convolution.causal_convolution(T, B, D, H, kernel, dilation)
    assert (cost.forward, cost.backward) == summed(results)


def test_networks_of_parts_add_their_residual_sums_and_slopes_to_the_parts():
    places = T * B
    block = attention.transformer_block(T, B, H, F)
    inside = attention.self_attention(T, B, H) + parts.feed_forward(places, H, F)
    norms = parts.layer_norm(places, H) + parts.layer_norm(places, H)
    assert block.forward == inside.forward.plus(norms.forward).plus(Flops(0, 2 * H * places))
    assert block.backward == inside.backward.plus(norms.backward).plus(Flops(0, 2 * H * places))

    temporal = convolution.temporal_block(T, B, D, H, kernel=2)
    convolutions = (
        convolution.causal_convolution(T, B, D, H, 2)
        + convolution.causal_convolution(T, B, H, H, 2)
        + parts.dense(places, D, H)
    )
    assert temporal.forward == convolutions.forward.plus(Flops(0, 4 * H * places))
    assert temporal.backward == convolutions.backward.plus(Flops(0, (6 * H + D) * places))

    deep = recurrent.stacked(T, B, D, H, L=3, cell="lstm", norm=True, residual=True)
    above = (
        recurrent.lstm(T, B, H, H)
        + parts.layer_norm(places, H)
        + Cost(0, Flops(0, H * places), Flops(0, H * places))
    )
    layers = recurrent.lstm(T, B, D, H) + above + above
    assert (deep.forward, deep.backward) == (layers.forward, layers.backward)

    both = recurrent.bidirectional(T, B, D, H, cell="gru")
    assert both.forward == recurrent.gru(T, B, D, H).forward.times(2)
    assert both.backward == recurrent.gru(T, B, D, H).backward.times(2).plus(Flops(0, D * places))


def with_sizes(maximum=5):
    return {name: st.integers(1, maximum) for name in ("T", "B", "D", "H")}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", RECURRENT)
@given(**with_sizes())
@settings(max_examples=10, deadline=None)
def test_parameters_and_bytes_of_recurrent_networks_are_the_real_ones(name, dtype, T, B, D, H):
    module, itemsize = RECURRENT[name], np.dtype(dtype).itemsize
    params = module.init(RNG, D, H, dtype)
    _, cache = module.forward(params, RNG.normal(size=(T, B, D)).astype(dtype))
    cost = getattr(recurrent, name)(T, B, D, H, itemsize)
    assert cost.parameters == count(params)
    assert cost.held_bytes == held_bytes(cache, params)


@pytest.mark.parametrize(("T", "B", "H"), [(64, 1, 32), (2000, 1, 64), (20, 32, 64)])
def test_the_bytes_of_a_minimal_gru_do_not_depend_on_how_its_scan_is_computed(T, B, H):
    params = mingru.init(RNG, D, H)
    _, cache = mingru.forward(params, RNG.normal(size=(T, B, D)))
    assert recurrent.mingru(T, B, D, H).held_bytes == held_bytes(cache, params)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
@given(**with_sizes())
@settings(max_examples=10, deadline=None)
def test_parameters_and_bytes_of_bidirectional_networks_are_the_real_ones(name, T, B, D, H):
    network = bidirectional.network(cell(name))
    params = network.init(RNG, D, H)
    _, cache = network.forward(params, RNG.normal(size=(T, B, D)))
    cost = recurrent.bidirectional(T, B, D, H, cell=name)
    assert cost.parameters == count(params)
    assert cost.held_bytes == held_bytes(cache, params)


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
@given(L=st.integers(1, 4), **with_sizes(4))
@settings(max_examples=8, deadline=None)
def test_parameters_and_bytes_of_stacked_networks_are_the_real_ones(name, norm, residual, L, T, B, D, H):
    network = stacked.network(cell(name), L, norm=norm, residual=residual)
    params = network.init(RNG, D, H)
    _, cache = network.forward(params, RNG.normal(size=(T, B, D)))
    cost = recurrent.stacked(T, B, D, H, L, cell=name, norm=norm, residual=residual)
    assert cost.parameters == count(params)
    assert cost.held_bytes == held_bytes(cache, params)


@given(places=st.integers(1, 5), H=st.integers(1, 5), F=st.integers(1, 5))
@settings(max_examples=10, deadline=None)
def test_parameters_and_bytes_of_what_works_on_each_place_are_the_real_ones(places, H, F):
    x = RNG.normal(size=(places, H))
    for module, params, cost in (
        (dense, dense.init(RNG, H, F), parts.dense(places, H, F)),
        (layer_norm, layer_norm.init(H), parts.layer_norm(places, H)),
        (feed_forward, feed_forward.init(RNG, H, F), parts.feed_forward(places, H, F)),
    ):
        assert cost.parameters == count(params)
        assert cost.held_bytes == held_bytes(module.forward(params, x)[1], params)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("norm_first", [False, True])
@given(
    T=st.integers(1, 6),
    B=st.integers(1, 3),
    d=st.integers(1, 3),
    heads=st.integers(1, 3),
    L=st.integers(1, 3),
)
@settings(max_examples=10, deadline=None)
def test_parameters_and_bytes_of_transformers_are_the_real_ones(norm_first, causal, T, B, d, heads, L):
    H, options = d * heads, Options(heads=heads, norm_first=norm_first, causal=causal)
    x = RNG.normal(size=(T, B, H))
    for module, params, cost in (
        (self_attention, multihead.init(RNG, H), attention.self_attention(T, B, H, heads)),
        (
            transformer_block,
            transformer_block.init(RNG, H, F),
            attention.transformer_block(T, B, H, F, heads, norm_first=norm_first),
        ),
        (
            transformer,
            transformer.init(RNG, H, L, F, norm_first=norm_first),
            attention.transformer(T, B, H, L, F, heads, norm_first=norm_first),
        ),
    ):
        choice = {"heads": heads, "causal": causal} if module is self_attention else {"options": options}
        assert cost.parameters == count(params)
        assert cost.held_bytes == held_bytes(module.forward(params, x, **choice)[1], params)


@given(
    kernel=st.integers(1, 3),
    dilation=st.integers(1, 3),
    widths=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    T=st.integers(1, 6),
    B=st.integers(1, 3),
    D=st.integers(1, 4),
)
@settings(max_examples=20, deadline=None)
def test_parameters_and_bytes_of_convolutional_networks_are_the_real_ones(kernel, dilation, widths, T, B, D):
    x, M = RNG.normal(size=(T, B, D)), widths[0]
    for module, params, cost, choice in (
        (
            causal_convolution,
            causal_convolution.init(RNG, D, M, kernel),
            convolution.causal_convolution(T, B, D, M, kernel, dilation),
            {"dilation": dilation},
        ),
        (
            temporal_block,
            temporal_block.init(RNG, D, M, kernel),
            convolution.temporal_block(T, B, D, M, kernel, dilation),
            {"dilation": dilation},
        ),
        (
            temporal_convolution,
            temporal_convolution.init(RNG, D, widths, kernel),
            convolution.temporal_convolution(T, B, D, widths, kernel),
            {},
        ),
    ):
        assert cost.parameters == count(params)
        assert cost.held_bytes == held_bytes(module.forward(params, x, **choice)[1], params)


def test_parameters_stand_in_the_ratio_of_the_gates():
    simple, gated, longest = (make(100, 1, 32, 64) for make in (recurrent.rnn, recurrent.gru, recurrent.lstm))
    assert longest.parameters == 4 * simple.parameters
    assert gated.parameters == 3 * simple.parameters + 64
    assert longest.forward.products == 4 * simple.forward.products
    assert gated.forward.products == 3 * simple.forward.products


def test_recurrent_memory_grows_linearly_and_attention_memory_in_the_end_with_the_square():
    lengths = [1024, 2048, 4096, 8192]
    assert growth(lambda T: recurrent.gru(T, 1, 64, 64).held_bytes, lengths).exponent == pytest.approx(
        1, abs=0.01
    )
    longer = growth(lambda T: attention.self_attention(T, 1, 64).held_bytes, [16 * T for T in lengths])
    assert longer.exponent == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("make", [recurrent.rnn, recurrent.lstm, recurrent.gru, recurrent.mingru])
@given(**with_sizes(9))
@settings(max_examples=10, deadline=None)
def test_costs_are_linear_in_time_and_batch_and_backward_products_are_twice_the_forward_ones(
    make, T, B, D, H
):
    one, many = make(1, 1, D, H), make(T, B, D, H)
    assert many.forward == one.forward.times(T * B)
    assert many.backward.products == 2 * many.forward.products
    assert make(T, 3 * B, D, H).held_bytes == 3 * many.held_bytes
    assert make(T, B, D, H, itemsize=4).held_bytes * 2 == many.held_bytes


def test_a_cost_reads_well_and_adds_up():
    cost = Cost(10, Flops(600, 7), Flops(1200, 9), cache_bytes=80, input_bytes=8)
    assert repr(cost).splitlines() == [
        "parameters    10",
        "forward       607 FLOPs, 600 of them in matrix products",
        "backward      1,209 FLOPs, 1,200 of them in matrix products",
        "kept between  88 bytes",
    ]
    assert (cost + cost).flops == 2 * cost.flops
    assert (cost + cost.on_kept_input()).held_bytes == 2 * 80 + 8
    assert cost.on_own_input().cache_bytes == 88


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: recurrent.rnn(0, 1, 1, 1), "T must be a positive whole number"),
        (lambda: recurrent.lstm(1, 1, 1, 0), "H must be a positive whole number"),
        (lambda: recurrent.bidirectional(1, 1, 1, 1, cell="mingru"), "cell must be 'rnn' or 'lstm' or 'gru'"),
        (lambda: recurrent.stacked(1, 1, 1, 1, L=0), "L must be a positive whole number"),
        (lambda: attention.transformer(1, 1, 1, L=0), "L must be a positive whole number"),
        (lambda: attention.transformer_block(1, 1, 1, F=0), "F must be a positive whole number"),
        (lambda: convolution.causal_convolution(1, 1, 1, 1, kernel=0), "kernel must be a positive"),
        (lambda: convolution.temporal_convolution(1, 1, 1, [], kernel=2), "widths must hold the width"),
        (lambda: parts.dense(0, 1, 1), "places must be a positive whole number"),
    ],
)
def test_a_size_that_makes_no_network_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
