"""The transformer: equal to its numerical gradient, and the properties that hold for all sizes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import parameters, transformer
from rnnlab.nets.parameters import mapped
from tests.nets.numerics import assert_agrees, numerical_gradient
from tests.nets.transformer_cases import (
    ALL,
    DECODERS,
    ENCODERS,
    WITH_STATE,
    cases,
    label,
    make_case,
    run,
    surrogate_loss,
)

every_kind = pytest.mark.parametrize("options", ALL, ids=label)


def with_leaf(tree, path, value):
    """The tree of named tuples and tuples, with another array at this path."""
    name, _, rest = path.partition(".")
    place = tree._fields.index(name) if hasattr(tree, "_fields") else int(name)
    branches = list(tree)
    branches[place] = with_leaf(tree[place], rest, value) if rest else value
    return type(tree)(*branches) if hasattr(tree, "_fields") else tuple(branches)


def assert_every_gradient_is_numerical(case):
    results = run(case)
    del results["y"]
    leaves = dict(parameters.named_leaves(case._replace(options=None, d_y=None, d_last=None, mask=None)))
    assert results.keys() == leaves.keys()
    for path, at in leaves.items():
        numerical = numerical_gradient(
            lambda value, path=path: surrogate_loss(with_leaf(case, path, value)), at
        )
        assert_agrees(results[path], numerical, 1e-8)


@every_kind
def test_every_gradient_equals_central_differences(options):
    assert_every_gradient_is_numerical(make_case(options, T=3, L=1, padded=True))


@pytest.mark.parametrize("options", WITH_STATE, ids=label)
def test_every_gradient_from_a_state_on_equals_central_differences(options):
    assert_every_gradient_is_numerical(make_case(options, T=3, F=3, P=2, padded=True, seed=1))


@given(case=cases())
@settings(max_examples=25, deadline=None)
def test_gradients_are_linear_in_the_upstream_gradient(case):
    other = case._replace(d_y=case.d_y[::-1] - 1, d_last=case.d_last._replace(values=-case.d_last.keys))
    both = case._replace(
        d_y=3 * case.d_y + other.d_y,
        d_last=mapped(lambda one, two: 3 * one + two, case.d_last, other.d_last),
    )
    one, two, sum_of_both = (run(each) for each in (case, other, both))
    for name in one.keys() - {"y"}:
        scale = max(np.abs(one[name]).max(), np.abs(two[name]).max())
        np.testing.assert_allclose(sum_of_both[name], 3 * one[name] + two[name], rtol=0, atol=1e-11 * scale)


@pytest.mark.parametrize("options", [*ENCODERS, *DECODERS], ids=label)
def test_a_padded_batch_equals_its_sequences_one_by_one_whatever_stands_at_padding(options):
    case = make_case(options, T=6, B=4, padded=True)
    real = case.mask[..., np.newaxis]
    case = case._replace(
        x=np.where(real, case.x, 1e3),
        d_y=np.where(real, case.d_y, 0),
        d_last=mapped(np.zeros_like, case.d_last),
    )
    assert not real.all()
    batch = run(case)
    summed = None
    for b, length in enumerate(case.mask.sum(axis=0)):
        alone = run(
            case._replace(
                x=case.x[:length, [b]],
                mask=None,
                d_y=case.d_y[:length, [b]],
                d_last=mapped(lambda d, b=b, length=length: d[:, :length, [b]], case.d_last),
            )
        )
        assert_agrees(batch["y"][:length, [b]], alone["y"], 1e-12)
        assert_agrees(batch["x"][:length, [b]], alone["x"], 1e-12)
        assert not batch["x"][length:, b].any()
        weights = {name: value for name, value in alone.items() if name.startswith("params")}
        summed = weights if summed is None else {name: summed[name] + weights[name] for name in weights}
    for name, total in summed.items():
        assert_agrees(batch[name], total, 1e-11)


@given(case=cases())
@settings(max_examples=25, deadline=None)
def test_a_permuted_batch_permutes_outputs_and_leaves_weight_gradients_alone(case):
    order = np.roll(np.arange(case.x.shape[1]), 1)
    permuted = case._replace(
        x=case.x[:, order],
        mask=None if case.mask is None else case.mask[:, order],
        d_y=case.d_y[:, order],
        d_last=mapped(lambda d: d[:, :, order], case.d_last),
    )
    before, after = run(case), run(permuted)
    for name, value in before.items():
        assert_agrees(after[name], value[:, order] if name in ("y", "x") else value, 1e-11)


@given(case=cases(choices=DECODERS, padded=False), t=st.integers(0, 1))
@settings(max_examples=25, deadline=None)
def test_a_causal_output_knows_nothing_of_later_inputs(case, t):
    y, _ = transformer.forward(case.params, case.x, options=case.options)
    changed = case.x.copy()
    changed[t + 1 :] = 7.0
    other, _ = transformer.forward(case.params, changed, options=case.options)
    np.testing.assert_array_equal(other[: t + 1], y[: t + 1])
    assert np.any(other[t + 1 :] != y[t + 1 :])


@given(case=cases(choices=ENCODERS, padded=False))
@settings(max_examples=25, deadline=None)
def test_an_encoder_without_positions_does_not_see_the_order(case):
    order = np.roll(np.arange(len(case.x)), 1)
    y, _ = transformer.forward(case.params, case.x, options=case.options)
    shuffled, _ = transformer.forward(case.params, case.x[order], options=case.options)
    np.testing.assert_allclose(shuffled, y[order], rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("positions", ["sinusoidal", "rotary"])
def test_an_encoder_with_positions_sees_the_order(positions):
    case = make_case(ENCODERS[0]._replace(positions=positions))
    y, _ = transformer.forward(case.params, case.x, options=case.options)
    reverse, _ = transformer.forward(case.params, case.x[::-1], options=case.options)
    assert np.abs(reverse - y[::-1]).max() > 0.01


def test_rotary_positions_see_distances_only_so_that_padding_in_front_does_not_matter():
    case = make_case(ENCODERS[1]._replace(positions="rotary"))
    front = np.concatenate([np.full((3, *case.x.shape[1:]), 5.0), case.x])
    mask = np.arange(7)[:, np.newaxis] >= np.full(case.x.shape[1], 3)
    y, _ = transformer.forward(case.params, case.x, options=case.options)
    shifted, _ = transformer.forward(case.params, front, mask=mask, options=case.options)
    assert_agrees(shifted[3:], y, 1e-12)


def test_steps_that_may_see_nothing_stay_finite_and_pass_nothing_on():
    case = make_case(DECODERS[0], T=4)
    mask = np.ones((4, 2), bool)
    mask[:2, 0] = False  # with the causal mask, the first two steps of the first sequence see padding only
    results = run(case._replace(mask=mask))
    assert all(np.isfinite(value).all() for value in results.values())


@every_kind
def test_one_step_of_one_sequence_agrees_with_a_batch_that_repeats_it(options):
    one = make_case(options, T=1, B=1)
    three = one._replace(
        x=np.repeat(one.x, 3, axis=1),
        d_y=np.repeat(one.d_y, 3, axis=1),
        d_last=mapped(lambda d: np.repeat(d, 3, axis=2), one.d_last),
    )
    single, triple = run(one), run(three)
    for name, value in single.items():
        expected = np.repeat(value, 3, axis=1) if name in ("y", "x") else 3 * value
        np.testing.assert_allclose(triple[name], expected, rtol=1e-11, atol=1e-12)


@every_kind
def test_float32_stays_float32_and_agrees_with_float64(options):
    single, double = (run(make_case(options, padded=True, dtype=dtype)) for dtype in (np.float32, np.float64))
    for name, value in single.items():
        assert value.dtype == np.float32, name
        assert_agrees(value, double[name], 1e-4)


def test_inputs_that_are_views_give_the_same_result():
    def spread_out(array):
        return np.repeat(array.T, 2, axis=0)[::2].T

    case = make_case(WITH_STATE[-1], P=2, padded=True)
    spread = case._replace(
        params=mapped(spread_out, case.params),
        x=spread_out(case.x),
        state=mapped(spread_out, case.state),
        mask=spread_out(case.mask),
        d_y=spread_out(case.d_y),
        d_last=mapped(spread_out, case.d_last),
    )
    assert not spread.x.flags.c_contiguous
    for name, value in run(spread).items():
        assert_agrees(value, run(case)[name], 1e-12)


def test_the_gradient_at_the_last_state_may_be_left_out():
    case = make_case(DECODERS[0])
    _, cache = transformer.forward(case.params, case.x, options=case.options)
    without = transformer.backward(case.d_y, cache)
    with_zeros = transformer.backward(case.d_y, cache, mapped(np.zeros_like, case.d_last))
    for one, two in zip(parameters.leaves(without), parameters.leaves(with_zeros), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("norm_first", [False, True])
def test_a_new_network_has_torch_s_number_of_weights_and_the_dtype_asked_for(norm_first):
    params = transformer.init(
        np.random.default_rng(0), H=8, L=3, F=20, dtype=np.float32, norm_first=norm_first
    )
    # per block: W_in and b_in, W_out and b_out, two layers, two norms; and one norm at the end
    block = (24 * 8 + 24) + (64 + 8) + (8 * 20 + 20) + (20 * 8 + 8) + 2 * 16
    assert parameters.count(params) == 3 * block + (16 if norm_first else 0)
    assert {leaf.dtype for leaf in parameters.leaves(params)} == {np.dtype(np.float32)}
    assert np.any(params.blocks[0].attention.W_in != params.blocks[1].attention.W_in)
    assert transformer.init(np.random.default_rng(0), H=8, L=1).blocks[0].feed_forward.expand.W.shape == (
        32,
        8,
    )
