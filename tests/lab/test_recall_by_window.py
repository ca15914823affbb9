"""The recall experiment: its stream asks for the right bits, its bound is right, and a window of lag + 1 learns."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import recall_by_window as lab


def test_the_target_is_the_bit_of_lag_steps_ago_across_windows():
    stream = lab.Stream(np.random.default_rng(0), B=3, lag=4)
    parts = [stream.window(steps) for steps in (5, 2, 6)]
    bits = np.concatenate([part.x[..., 0] > 0 for part in parts])
    targets = np.concatenate([part.targets for part in parts])
    np.testing.assert_array_equal(targets[4:], bits[:-4])
    assert bits.shape == (13, 3)


@pytest.mark.parametrize(("window", "lag", "best"), [(12, 6, 0.75), (6, 6, 0.5), (3, 6, 0.5), (20, 5, 0.875)])
def test_the_bound_without_carry(window, lag, best):
    assert lab.best_without_carry(window, lag) == best


def test_one_seed_gives_one_result():
    first, second = (lab.train(5, 3, 2, 5e-3, updates=20) for _ in range(2))
    assert first == second


def test_a_window_that_holds_the_lag_learns_and_no_carry_meets_its_bound():
    assert lab.train(0, 3, 2, 1e-2, updates=200).accuracy > 0.99
    without = lab.train(0, 4, 2, 1e-2, carry=False, updates=200)
    assert without.accuracy == pytest.approx(lab.best_without_carry(4, 2), abs=0.03)


def test_a_frozen_cell_stays_as_it_was(monkeypatch):
    seen = []
    monkeypatch.setattr(lab, "accuracy", lambda params, *_: seen.append(params.cell) or 0.5)
    lab.train(0, 4, 2, 1e-2, frozen=True, updates=3)
    rng = np.random.default_rng(0)
    start = lab.model().init(rng, D=1, H=24, K=2).cell
    for trained, drawn in zip(seen[0], start, strict=True):
        np.testing.assert_array_equal(trained, drawn)
