"""Proofs for every network over time: one function for each property, whatever the trees of its parameters and state.

A network's state holds its batch axis first in matrices (B, H) and second in pieces of sequences (S, B, D).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.parameters import leaves, mapped, named_leaves
from tests.nets.numerics import assert_agrees, numerical_gradient, read_only

Array = NDArray[Any]


class Network(NamedTuple):
    """The functions of a network with their options filled in; `step` returns (y_t, state)."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    last_state: Callable[..., Any]
    step: Callable[..., Any] | None = None


class Case(NamedTuple):
    """A network and one batch; every array is read-only, and everything is random and not zero."""

    network: Network
    params: Any
    x: Array
    state: Any
    mask: Array | None
    d_y: Array
    d_last: Any


class Results(NamedTuple):
    y: Array
    last: Any
    d_x: Array
    d_state: Any
    grads: Any


def make_case(
    network: Network,
    params: Any,
    zero_state: Any,
    T: int,
    B: int,
    D: int,
    seed: int = 0,
    masked: bool = False,
    stride: int = 1,
) -> Case:
    """A case with the sizes of `params` and `zero_state`, in which d_y is zero at padding.

    There is one output for each `stride` inputs.
    """
    rng = np.random.default_rng(seed)

    def draw(like: Array, scale: float = 1.0) -> Array:
        return read_only(scale * rng.normal(size=like.shape))

    params = mapped(lambda leaf: draw(leaf, 0.6), params)
    x, state = draw(np.empty((T, B, D))), mapped(draw, zero_state)
    lengths = rng.integers(1, T + 1, size=B)
    lengths[0] = T
    mask = read_only(np.arange(T)[:, np.newaxis] < lengths) if masked else None
    y, cache = network.forward(params, x, state, mask)
    d_y, d_last = draw(y), mapped(draw, network.last_state(cache))
    if mask is not None:
        d_y = read_only(np.where(mask[::stride, :, np.newaxis], d_y, 0))
    return Case(network, params, x, state, mask, d_y, d_last)


def run(case: Case) -> Results:
    network, params, x, state, mask, d_y, d_last = case
    y, cache = network.forward(params, x, state, mask)
    return Results(y, network.last_state(cache), *network.backward(d_y, cache, d_last))


def assert_trees_agree(actual: Any, expected: Any, tolerance: float) -> None:
    """Leaf by leaf; where zeros are expected, as of ReLUs that are all dead, nothing but zeros will do."""
    pairs = list(zip(named_leaves(actual), named_leaves(expected), strict=True))
    assert pairs
    for (name, one), (_, other) in pairs:
        assert one.shape == other.shape, name
        if other.any():
            assert_agrees(one, other, tolerance)
        else:
            assert not one.any(), name


def assert_gradients_equal_central_differences(case: Case) -> None:
    inputs = (case.x, case.state, case.params)
    results = run(case)
    gradients = leaves((results.d_x, results.d_state, results.grads))
    for place, (leaf, gradient) in enumerate(zip(leaves(inputs), gradients, strict=True)):
        if leaf.size:
            numerical = numerical_gradient(lambda value, at=place: _change(case, at, value, results), leaf)
            assert_trees_agree((gradient,), (numerical,), 1e-8)


def assert_linear_in_the_upstream_gradient(case: Case) -> None:
    other = case._replace(
        d_y=case.d_y[:, ::-1] - case.d_y, d_last=mapped(lambda leaf: leaf**2 - 1, case.d_last)
    )
    both = case._replace(
        d_y=3 * case.d_y + other.d_y,
        d_last=mapped(lambda one, two: 3 * one + two, case.d_last, other.d_last),
    )
    one, two, sum_of_both = (run(each)[2:] for each in (case, other, both))
    assert_trees_agree(sum_of_both, mapped(lambda a, b: 3 * a + b, one, two), 1e-11)


def assert_padding_has_no_effect(case: Case, stride: int = 1) -> None:
    """A padded batch, with infinite inputs at padding, gives what each of its sequences gives alone."""
    assert case.mask is not None
    padded = run(case._replace(x=np.where(case.mask[..., np.newaxis], case.x, np.inf)))
    summed = mapped(np.zeros_like, case.params)
    for b, length in enumerate(case.mask.sum(axis=0)):
        steps = -(-length // stride)
        alone = run(
            case._replace(
                x=case.x[:length, [b]],
                state=_batch(case.state, [b]),
                mask=None,
                d_y=case.d_y[:steps, [b]],
                d_last=_batch(case.d_last, [b]),
            )
        )
        assert_trees_agree((padded.y[:steps, [b]], padded.d_x[:length, [b]]), (alone.y, alone.d_x), 1e-11)
        assert not padded.d_x[length:, b].any()
        assert_trees_agree(_batch(padded.last, [b]), alone.last, 1e-11)
        assert_trees_agree(_batch(padded.d_state, [b]), alone.d_state, 1e-11)
        summed = mapped(np.add, summed, alone.grads)
    assert_trees_agree(padded.grads, summed, 1e-11)


def assert_a_permuted_batch_permutes_the_results(case: Case) -> None:
    order = np.roll(np.arange(case.x.shape[1]), 1)
    permuted = case._replace(
        x=case.x[:, order],
        mask=None if case.mask is None else case.mask[:, order],
        d_y=case.d_y[:, order],
        state=_batch(case.state, order),
        d_last=_batch(case.d_last, order),
    )
    before, after = run(case), run(permuted)
    assert_trees_agree(after[:4], _batch(before[:4], order), 1e-11)
    assert_trees_agree(after.grads, before.grads, 1e-11)


def assert_steps_equal_forward(case: Case) -> None:
    y, cache = case.network.forward(case.params, case.x, case.state)
    state = case.state
    for x_t, expected in zip(case.x, y, strict=True):
        y_t, state = case.network.step(case.params, x_t, state)
        assert_trees_agree((y_t,), (expected,), 1e-12)
    assert_trees_agree(state, case.network.last_state(cache), 1e-12)


def assert_a_cut_changes_nothing(case: Case, cut: int, stride: int = 1) -> None:
    """A sequence in two pieces, states handed on and gradients handed back, gives what the whole one gives."""
    network, params, x, state, _, d_y, d_last = case
    whole = run(case._replace(mask=None))
    first, first_cache = network.forward(params, x[:cut], state)
    second, second_cache = network.forward(params, x[cut:], network.last_state(first_cache))
    d_x_second, d_cut, grads_second = network.backward(d_y[cut // stride :], second_cache, d_last)
    d_x_first, d_state, grads_first = network.backward(d_y[: cut // stride], first_cache, d_cut)
    pieces = Results(
        np.concatenate([first, second]),
        network.last_state(second_cache),
        np.concatenate([d_x_first, d_x_second]),
        d_state,
        mapped(np.add, grads_first, grads_second),
    )
    assert_trees_agree(pieces, whole, 1e-11)


def assert_float32_is_kept(case: Case) -> None:
    def single(tree: Any) -> Any:
        return mapped(lambda leaf: leaf.astype(np.float32), tree)

    fields = {name: single(getattr(case, name)) for name in ("params", "x", "state", "d_y", "d_last")}
    results = run(case._replace(**fields))
    assert {leaf.dtype for leaf in leaves(results)} == {np.dtype(np.float32)}
    assert_trees_agree(results, run(case), 2e-5)


def assert_views_give_the_same(case: Case) -> None:
    fields = {name: mapped(_spread_out, getattr(case, name)) for name in case._fields[1:]}
    assert not fields["x"].flags.c_contiguous
    assert_trees_agree(run(case._replace(**fields)), run(case), 1e-13)


def _change(case: Case, place: int, value: Array, results: Results) -> float:
    """What a changed leaf changes of the loss with the gradients d_y and d_last: small, so that little is rounded."""
    case = _with_leaf(case, place, value)
    y, cache = case.network.forward(case.params, case.x, case.state, case.mask)
    outputs = leaves((y, case.network.last_state(cache)))
    before, upstream = leaves(results[:2]), leaves((case.d_y, case.d_last))
    return float(sum(np.sum((now - old) * d) for now, old, d in zip(outputs, before, upstream, strict=True)))


def _with_leaf(case: Case, place: int, value: Array) -> Case:
    counter = iter(range(10**6))
    x, state, params = mapped(
        lambda leaf: value if next(counter) == place else leaf, (case.x, case.state, case.params)
    )
    return case._replace(x=x, state=state, params=params)


def _batch(tree: Any, chosen: Any) -> Any:
    return mapped(lambda leaf: np.take(leaf, chosen, axis=0 if leaf.ndim == 2 else 1), tree)


def _spread_out(array: Array) -> Array:
    """An equal array whose axes lie in memory the other way round, with gaps."""
    return np.repeat(array.T, 2, axis=0)[::2].T
