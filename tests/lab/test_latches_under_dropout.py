"""Latches under dropout: they hold without it, and forget at the rates that probability says."""

import numpy as np
import pytest

from rnnlab.lab import latches_under_dropout as lab


def test_the_high_state_is_a_fixed_point():
    h = lab.high_state()
    assert h > lab.HELD
    assert np.tanh(lab.WEIGHT * h) == pytest.approx(h)


def test_shares_follow_the_theory():
    rng = np.random.default_rng(0)
    k = np.arange(11)
    assert (lab.shares(rng, 0.25, "none", T=10) == 1).all()
    np.testing.assert_allclose(lab.shares(rng, 0.25, "step", T=10), 0.75**k, atol=0.04)
    np.testing.assert_allclose(lab.shares(rng, 0.25, "sequence", T=10)[1:], 0.75, atol=0.04)


def test_another_kind_is_refused():
    with pytest.raises(ValueError, match="over"):
        lab.shares(np.random.default_rng(0), 0.25, "batch")
