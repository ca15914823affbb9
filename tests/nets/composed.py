"""What the tests of networks made of cells share: drawn cases, the weights in torch, and properties of any of them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any, NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnnlab.nets.cells import Cell
from rnnlab.nets.parameters import leaves, mapped, named_leaves
from tests.nets.numerics import assert_agrees, gradients, leaf, numerical_gradient, read_only

Array = NDArray[Any]

TORCH = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
TOLERANCE = 1e-10


class Case(NamedTuple):
    """A network with one batch: every weight, bias and initial state is random and not zero, and read-only."""

    network: Cell
    params: Any
    x: Array
    state: Any
    mask: Array | None
    d_h: Array
    d_last: Any


class Results(NamedTuple):
    """All that a forward and a backward pass give."""

    h: Array
    last: Any
    d_x: Array
    d_state: Any
    grads: Any


class Sizes(NamedTuple):
    T: int
    B: int
    D: int
    H: int
    seed: int


@st.composite
def sizes(draw: st.DrawFn, smallest_H: int = 1) -> Sizes:
    """T ≥ 3, B ≥ 2 and D ≠ H."""
    T, B, D = draw(st.integers(3, 6)), draw(st.integers(2, 4)), draw(st.integers(1, 5))
    H = draw(st.integers(smallest_H, 5).filter(lambda H: H != D))
    return Sizes(T, B, D, H, draw(st.integers(0, 10**6)))


def make_case(network: Cell, T: int, B: int, D: int, H: int, seed: int = 0, masked: bool = True) -> Case:
    """`mask` marks the real steps of padded sequences, of which the first one fills all T steps."""
    rng = np.random.default_rng(seed)

    def draw(array: Array) -> Array:
        return read_only(rng.normal(size=array.shape))

    params = mapped(lambda array: read_only(0.6 * draw(array)), network.init(rng, D, H))
    state = mapped(draw, network.zero_state(params, B))
    lengths = rng.integers(1, T + 1, size=B)
    lengths[0] = T
    mask = read_only(np.arange(T)[:, np.newaxis] < lengths) if masked else None
    outputs = np.empty((T, *network.output(state).shape))
    return Case(network, params, draw(np.empty((T, B, D))), state, mask, draw(outputs), mapped(draw, state))


def run(case: Case) -> Results:
    h, cache = case.network.forward(case.params, case.x, case.state, case.mask)
    return Results(h, case.network.last_state(cache), *case.network.backward(case.d_h, cache, case.d_last))


def surrogate_loss(case: Case) -> float:
    """The loss whose gradients are exactly d_h at the outputs and d_last at the last states."""
    h, cache = case.network.forward(case.params, case.x, case.state, case.mask)
    ends = zip(leaves(case.network.last_state(cache)), leaves(case.d_last), strict=True)
    return float(np.sum(h * case.d_h) + sum(np.sum(end * d_end) for end, d_end in ends))


def converted(case: Case, change: Any) -> Case:
    """The case with `change` applied to each array but the mask."""
    _, *arrays = case._replace(mask=None)
    return Case(case.network, *mapped(change, tuple(arrays)))._replace(mask=case.mask)


def assert_same(actual: Any, expected: Any, tolerance: float) -> None:
    for (name, one), (other_name, other) in zip(named_leaves(actual), named_leaves(expected), strict=True):
        assert name == other_name
        assert_agrees(one, other, tolerance)


def assert_every_gradient_equals_central_differences(case: Case) -> None:
    results = run(case)
    for field, gradient in (("params", results.grads), ("x", results.d_x), ("state", results.d_state)):
        tree = getattr(case, field)
        for place, (at, of_leaf) in enumerate(zip(leaves(tree), leaves(gradient), strict=True)):

            def loss(value: Array, field: str = field, tree: Any = tree, place: int = place) -> float:
                places = count()
                varied = mapped(lambda leaf: value if next(places) == place else leaf, tree)
                return surrogate_loss(case._replace(**{field: varied}))

            assert_agrees(of_leaf, numerical_gradient(loss, at), 1e-8)


def assert_gradients_are_linear(case: Case) -> None:
    other = case._replace(d_h=case.d_h[::-1] - 1, d_last=mapped(lambda d: 2 - d, case.d_last))
    d_last = mapped(lambda one, two: 3 * one + two, case.d_last, other.d_last)
    both = run(case._replace(d_h=3 * case.d_h + other.d_h, d_last=d_last))
    expected = mapped(lambda one, two: 3 * one + two, run(case)[2:], run(other)[2:])
    assert_same(both[2:], expected, 1e-12)


def assert_padding_has_no_effect(case: Case) -> None:
    """One batch of padded sequences equals its sequences alone, whatever stands at padding."""
    assert case.mask is not None
    real = case.mask[..., np.newaxis]
    padded = run(case._replace(x=np.where(real, case.x, 1e6), d_h=np.where(real, case.d_h, 0)))
    summed = mapped(np.zeros_like, case.params)
    for b, length in enumerate(case.mask.sum(axis=0)):
        state, d_last, last, d_state = (
            mapped(lambda leaf, b=b: leaf[[b]], tree)
            for tree in (case.state, case.d_last, padded.last, padded.d_state)
        )
        x, d_h = case.x[:length, [b]], case.d_h[:length, [b]]
        alone = run(Case(case.network, case.params, x, state, None, d_h, d_last))
        assert_agrees(padded.h[:length, [b]], alone.h, 1e-12)
        assert_agrees(padded.d_x[:length, [b]], alone.d_x, 1e-12)
        assert not padded.d_x[length:, b].any()
        assert_same((last, d_state), (alone.last, alone.d_state), 1e-12)
        summed = mapped(np.add, summed, alone.grads)
    assert_same(padded.grads, summed, 1e-12)


def assert_a_permuted_batch_permutes_the_results(case: Case) -> None:
    order = np.roll(np.arange(case.x.shape[1]), 1)

    def permuted(tree: Any, axis: int) -> Any:
        return mapped(lambda leaf: np.take(leaf, order, axis), tree)

    results = run(case)
    expected = Results(
        h=permuted(results.h, 1),
        last=permuted(results.last, 0),
        d_x=permuted(results.d_x, 1),
        d_state=permuted(results.d_state, 0),
        grads=results.grads,
    )
    changed = {name: permuted(getattr(case, name), 1) for name in ("x", "mask", "d_h")}
    changed |= {name: permuted(getattr(case, name), 0) for name in ("state", "d_last")}
    assert_same(run(case._replace(**changed)), expected, 1e-12)


def assert_stepping_equals_forward(case: Case) -> None:
    results = run(case._replace(mask=None))
    state = case.state
    for x_t, h_t in zip(case.x, results.h, strict=True):
        state = case.network.step(case.params, x_t, state)
        assert_agrees(case.network.output(state), h_t, 1e-12)
    assert_same(state, results.last, 1e-12)


def assert_cut_in_two_equals_the_whole(case: Case) -> None:
    network, whole = case.network, run(case._replace(mask=None))
    h_first, first = network.forward(case.params, case.x[:2], case.state)
    h_second, second = network.forward(case.params, case.x[2:], network.last_state(first))
    d_x_second, d_cut, grads_second = network.backward(case.d_h[2:], second, case.d_last)
    d_x_first, d_state, grads_first = network.backward(case.d_h[:2], first, d_cut)
    grads = mapped(np.add, grads_first, grads_second)
    h, d_x = np.concatenate([h_first, h_second]), np.concatenate([d_x_first, d_x_second])
    assert_same(Results(h, network.last_state(second), d_x, d_state, grads), whole, 1e-12)


def assert_float32_is_kept(case: Case) -> None:
    single = run(converted(case, lambda array: array.astype(np.float32)))
    assert {leaf.dtype for leaf in leaves(single)} == {np.dtype(np.float32)}
    assert_same(single, run(case), 2e-5)


def assert_views_give_the_same(case: Case) -> None:
    def spread_out(array: Array) -> Array:
        return np.repeat(array.T, 2, axis=0)[::2].T

    spread = converted(case, spread_out)
    assert not spread.x.flags.c_contiguous
    assert_same(run(spread), run(case), 1e-13)


class TorchRun(NamedTuple):
    """What torch computes: outputs, last states and the initial states, stacked over cells; and the network."""

    h: torch.Tensor
    last: tuple[torch.Tensor, ...]
    start: tuple[torch.Tensor, ...]
    network: torch.nn.RNNBase


def run_in_torch(
    name: str, L: int, weights: tuple[Any, ...], x: torch.Tensor, state: tuple[Any, ...], mask: Array | None
) -> TorchRun:
    """torch's network with our weights and states: those of each cell, by layer and then by direction."""
    H, D = weights[0].W_hh.shape[1], weights[0].W_xh.shape[1]
    network = TORCH[name](D, H, L, bidirectional=len(weights) == 2 * L, dtype=torch.float64)
    with torch.no_grad():
        for parameters, ours in zip(_of_each_cell(network), weights, strict=True):
            for parameter, value in zip(parameters, _as_in_torch(ours), strict=True):
                parameter.copy_(torch.tensor(value))
    start = tuple(map(leaf, over_cells(state)))
    handed_over = start if name == "lstm" else start[0]
    if mask is None:
        h, last = network(x, handed_over)
    else:
        lengths = torch.tensor(mask.sum(axis=0))
        packed, last = network(pack_padded_sequence(x, lengths, enforce_sorted=False), handed_over)
        h, _ = pad_packed_sequence(packed)
    return TorchRun(h, last if name == "lstm" else (last,), start, network)


def over_cells(states: tuple[Any, ...]) -> tuple[Array, ...]:
    """The states of several cells as torch has them: h (cells, B, H), for the LSTM with c (cells, B, H)."""
    return tuple(np.stack(parts) for parts in zip(*map(leaves, states), strict=True))


def torch_loss(h: torch.Tensor, last: Iterable[torch.Tensor], d_h: Array, d_last: Iterable[Array]) -> Any:
    """The surrogate loss in torch."""
    ends = zip(last, map(torch.tensor, d_last), strict=True)
    return (h * torch.tensor(d_h)).sum() + sum((end * d_end).sum() for end, d_end in ends)


def torch_gradients(network: torch.nn.RNNBase, weights: tuple[Any, ...]) -> tuple[Any, ...]:
    """The gradients at torch's weights, each as a record of the cell that it belongs to."""
    groups = zip(weights, _of_each_cell(network), strict=True)
    return tuple(_as_in_our_cell(type(ours), parameters) for ours, parameters in groups)


def _of_each_cell(network: torch.nn.RNNBase) -> list[tuple[torch.nn.Parameter, ...]]:
    parameters = list(network.parameters())
    return [tuple(parameters[first : first + 4]) for first in range(0, len(parameters), 4)]


def _as_in_torch(ours: Any) -> tuple[Array, ...]:
    """Our one bias, split into torch's two."""
    if not hasattr(ours, "b_hn"):
        return ours.W_xh, ours.W_hh, 0.25 * ours.b_h, 0.75 * ours.b_h
    H = len(ours.b_hn)
    share = np.repeat([0.25, 1.0], [2 * H, H])
    b_hh = np.concatenate([0.75 * ours.b_h[: 2 * H], ours.b_hn])
    return ours.W_xh, ours.W_hh, share * ours.b_h, b_hh


def _as_in_our_cell(kind: Any, parameters: tuple[torch.nn.Parameter, ...]) -> Any:
    W_ih, W_hh, b_ih, b_hh = gradients(*parameters)
    if "b_hn" in kind._fields:
        return kind(W_ih, W_hh, b_ih, b_hh[2 * W_hh.shape[1] :])
    return kind(W_ih, W_hh, b_ih)
