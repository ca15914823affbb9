"""Clipping: equal to torch, the direction kept or not kept, no overflow, and gradients that are not finite reported."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets.parameters import leaves, mapped
from rnnlab.training.clipping import clip_by_norm, clip_by_value, expect_finite, global_norm
from tests.nets.numerics import assert_agrees, read_only
from tests.training.trees import drawn_tree

seeds = st.integers(0, 10**6)
limits = st.floats(1e-3, 1e3)


def flat(tree):
    return np.concatenate([leaf.ravel() for leaf in leaves(tree)])


def torch_leaves(tree):
    tensors = [torch.zeros(leaf.shape, dtype=torch.float64) for leaf in leaves(tree)]
    for tensor, leaf in zip(tensors, leaves(tree), strict=True):
        tensor.grad = torch.tensor(leaf)
    return tensors


@given(seed=seeds, largest=limits)
@settings(max_examples=30, deadline=None)
def test_norm_and_clipped_gradient_equal_torch_but_for_its_epsilon(seed, largest):
    grads = drawn_tree(np.random.default_rng(seed))
    tensors = torch_leaves(grads)
    their_norm = float(torch.nn.utils.clip_grad_norm_(tensors, largest))
    clipped, norm = clip_by_norm(grads, largest)
    assert_agrees(norm, their_norm, 1e-14)
    # torch's factor is min(1, largest / (norm + 1e-6)), ours min(1, largest / norm)
    theirs, ours = min(1.0, largest / (norm + 1e-6)), min(1.0, largest / norm)
    for leaf, tensor in zip(leaves(clipped), tensors, strict=True):
        assert_agrees(leaf * (theirs / ours), tensor.grad.numpy(), 1e-12)


@given(seed=seeds, largest=limits)
@settings(max_examples=30, deadline=None)
def test_clipping_by_value_equals_torch(seed, largest):
    grads = drawn_tree(np.random.default_rng(seed))
    tensors = torch_leaves(grads)
    torch.nn.utils.clip_grad_value_(tensors, largest)
    clipped, norm = clip_by_value(grads, largest)
    assert norm == global_norm(grads)
    for leaf, tensor in zip(leaves(clipped), tensors, strict=True):
        np.testing.assert_array_equal(leaf, tensor.grad.numpy())


@given(seed=seeds, largest=limits)
@settings(max_examples=30, deadline=None)
def test_clipping_by_norm_keeps_the_direction_and_meets_the_limit_exactly(seed, largest):
    grads = drawn_tree(np.random.default_rng(seed))
    clipped, norm = clip_by_norm(grads, largest)
    assert_agrees(global_norm(clipped), min(norm, largest), 1e-14)
    assert_agrees(flat(clipped) / global_norm(clipped), flat(grads) / norm, 1e-13)


def test_clipping_by_value_may_turn_the_direction():
    grads = (np.array([10.0, 1.0]),)
    (by_value,), _ = clip_by_value(grads, 1.0)
    (by_norm,), _ = clip_by_norm(grads, 1.0)
    assert by_value[0] == by_value[1] == 1.0
    assert_agrees(by_norm[0] / by_norm[1], 10.0, 1e-15)


def test_a_short_gradient_is_handed_on_as_it_is():
    grads = drawn_tree(np.random.default_rng(0))
    clipped, _ = clip_by_norm(grads, 1e6)
    assert clipped is grads


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_and_input_are_kept(clip, dtype):
    grads = mapped(read_only, drawn_tree(np.random.default_rng(0), dtype))
    clipped, _ = clip(grads, np.float64(0.1))
    assert {leaf.dtype for leaf in leaves(clipped)} == {np.dtype(dtype)}
    assert type(clipped) is type(grads)


@pytest.mark.parametrize(("dtype", "scale"), [(np.float32, 1e37), (np.float64, 1e300), (np.float64, 1e-300)])
def test_a_huge_or_tiny_gradient_has_a_norm_and_can_be_clipped(dtype, scale):
    grads = (np.array([3 * scale, 0], dtype), np.array([[4 * scale]], dtype))
    clipped, norm = clip_by_norm(grads, scale)
    assert_agrees(norm, 5 * scale, 1e-6)
    assert_agrees(flat(clipped) / scale, np.array([0.6, 0.0, 0.8]), 1e-6)
    if scale > 1:
        np.testing.assert_allclose(flat(clip_by_norm(grads, 1.0)[0]), [0.6, 0.0, 0.8], rtol=1e-6)


def test_the_norm_of_nothing_is_zero():
    assert global_norm(()) == global_norm((np.zeros(3),)) == 0.0


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_is_reported_with_its_arrays(clip, broken):
    grads = drawn_tree(np.random.default_rng(0))
    grads.cell.W_hh[1, 1] = broken
    assert not math.isfinite(global_norm(grads))
    with pytest.raises(FloatingPointError, match=r"not finite: cell.W_hh \(1 of 16 entries\)"):
        clip(grads, 1.0)
    with pytest.raises(FloatingPointError, match="It exploded, or a NaN came in with the data"):
        expect_finite(grads)


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
@pytest.mark.parametrize("largest", [0.0, -1.0, float("nan")])
def test_a_limit_that_is_not_positive_is_refused(clip, largest):
    with pytest.raises(ValueError, match="largest must be positive"):
        clip((np.ones(2),), largest)
