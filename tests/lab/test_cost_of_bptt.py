"""The cost experiment: its gradient with checkpoints is the whole one, and its bytes are those of the formula."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.analysis.cost import recurrent
from rnnlab.lab import cost_of_bptt as lab
from rnnlab.nets import rnn


@pytest.mark.parametrize(("T", "length"), [(1, None), (7, 1), (7, 3), (9, None), (10, 10), (10, 99)])
def test_checkpoints_do_not_change_the_gradient(T, length):
    params, x, d_h, h_0 = lab.network(T)
    _, cache = rnn.forward(params, x, h_0)
    _, d_h_0, expected = rnn.backward(np.zeros_like(d_h), cache, d_h[-1])
    kept = d_h[-1].copy()
    again_h_0, again = lab.checkpointed(params, x, d_h[-1], h_0, length)
    np.testing.assert_array_equal(d_h[-1], kept)
    for ours, theirs in zip((again_h_0, *again), (d_h_0, *expected), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-15)


def test_checkpoints_need_less_and_the_less_the_longer_the_sequence():
    shares = [peak["checkpoints"] / peak["all states kept"] for peak in map(lab.peaks, (64, 256))]
    assert shares[1] < shares[0] < 1


def test_what_is_kept_is_what_the_formula_says():
    assert lab.kept_bytes(50) == recurrent.rnn(50, lab.B, lab.D, lab.H).held_bytes


def test_both_ways_take_time():
    assert lab.seconds(8, repeats=1) >= 0
    assert lab.seconds(8, by_loss=True, repeats=1) >= 0
