"""The exclusive or by layers: one unit cannot, eight can, and the planes agree with the verdict."""

from __future__ import annotations

import numpy as np

from rnnlab.lab import xor_by_layers as lab


def test_one_hidden_unit_never_solves_it_and_eight_do():
    for seed in range(3):
        assert not lab.train(np.random.default_rng(seed), 1, steps=150).solved
        assert lab.train(np.random.default_rng(seed), 8).solved


def test_the_loss_falls_and_the_plane_agrees_with_the_answers():
    solver = lab.train(np.random.default_rng(0), 8)
    assert solver.loss[-1] < 0.1 < 0.5 < solver.loss[0]
    first, second = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[0.0, 1.0], [0.0, 1.0]])
    assert ((solver.probability(first, second) > 0.5) == [[False, True], [True, False]]).all()
