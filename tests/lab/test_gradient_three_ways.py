"""One gradient three ways: that they agree at every size, and what the double sum's terms are."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.lab import gradient_three_ways as lab
from rnnlab.nets import rnn

sizes = st.integers(1, 5)


def drawn(seed: int, T: int, B: int, D: int, H: int):
    rng = np.random.default_rng(seed)
    arrays = rng.normal(size=(T, B, D)), rng.normal(size=(T, B, H)), rng.normal(size=(B, H))
    return rnn.init(rng, D, H), *arrays


def recursion(params, x, d_h, h_0):
    _, cache = rnn.forward(params, x, h_0)
    return rnn.backward(d_h, cache)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), T=st.integers(1, 6), B=sizes, D=sizes, H=sizes)
def test_all_ways_give_the_gradient_of_the_recursion(seed, T, B, D, H):
    case = drawn(seed, T, B, D, H)
    _, _, expected = recursion(*case)
    copies = lab.unrolled(*case)
    added_up = rnn.Params(*(sum(own) for own in zip(*copies, strict=True)))
    for grads in (lab.by_definition(*case)[0], lab.one_walk_per_loss(*case), added_up):
        for ours, theirs in zip(grads, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_no_loss_blames_a_later_step_and_the_diagonal_is_what_each_loss_says():
    params, x, d_h, h_0 = drawn(0, 5, 2, 3, 4)
    _, terms = lab.by_definition(params, x, d_h, h_0)
    assert np.count_nonzero(terms) == 5 * 6 // 2
    assert np.all(np.triu(terms, 1) == 0)
    np.testing.assert_allclose(np.diag(terms), np.linalg.norm(d_h, axis=(1, 2)))


def test_the_layers_of_the_unrolled_network_differ_in_their_gradients():
    copies = lab.unrolled(*drawn(0, 4, 2, 3, 4))
    assert len(copies) == 4
    assert not np.allclose(copies[0].W_hh, copies[1].W_hh)
