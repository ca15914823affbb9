"""Gradients in untrained transformers: by depth and by lag, with the properties that the chapter reads off."""

import numpy as np
import pytest

from rnnlab.lab import gradient_by_depth, gradient_by_lag


def test_without_sums_and_norms_the_gradient_vanishes_with_depth_and_with_them_it_does_not():
    norms = {kind: gradient_by_depth.at_blocks(kind, L=12, seed=0) for kind in gradient_by_depth.KINDS}
    assert all(each.shape == (12,) for each in norms.values())
    shares = {kind: each[0] / each[-1] for kind, each in norms.items()}
    assert shares["neither norm nor sum"] < 1e-6
    assert min(shares["norm first"], shares["norm last"]) > 0.3


def test_near_the_output_of_a_deep_stack_the_gradient_falls_with_the_norm_first_alone():
    def last(kind, L):
        return np.mean([gradient_by_depth.at_blocks(kind, L, seed)[-1] for seed in range(3)])

    assert last("norm first", 24) < 0.7 * last("norm first", 1)
    assert last("norm last", 24) > 0.7 * last("norm last", 1)


def test_another_kind_is_refused_by_name():
    with pytest.raises(ValueError, match="kind"):
        gradient_by_depth.at_blocks("norm nowhere", L=1, seed=0)


def test_the_gradient_falls_with_the_lag_in_a_recurrence_and_not_in_a_transformer():
    gru, transformer = (gradient_by_lag.by_lag(network, 33, seed=0) for network in ("gru", "transformer"))
    assert gru.shape == (33,)
    assert gru[32] < 1e-4 * gru[1]
    assert transformer[32] > 0.1 * transformer[1]
