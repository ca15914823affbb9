"""Recall inside and outside of a receptive field: what no weights can do, and that equal seeds give equal runs."""

import numpy as np
import pytest

from rnnlab.lab import recall_by_receptive_field as lab


@pytest.mark.parametrize(("blocks", "field"), [(1, 3), (2, 7), (3, 15)])
def test_the_first_token_matters_inside_the_receptive_field_alone(blocks, field):
    rng, network = np.random.default_rng(0), lab.Network("tcn", blocks)
    model = network.model("last")
    params = network.init(rng, model)
    for lag in (field - 1, field):
        x = lab.asked_at_the_end(rng, 1, lag).x
        other = x.copy()
        other[0, 0] = np.roll(x[0, 0], 1)
        same = np.array_equal(model.predict(params, x), model.predict(params, other))
        assert same == (lag == field)


def test_a_short_lag_is_solved_inside_the_window_and_not_outside():
    assert lab.train(lab.Network("tcn", 2), lag=4, rate=1e-2, seed=0).solved
    assert not lab.train(lab.Network("tcn", 1), lag=4, rate=1e-2, seed=0, steps=50).solved


@pytest.mark.parametrize("network", [lab.Network("rnn", start="orthogonal"), lab.Network("gru")])
def test_one_seed_gives_one_run(network):
    first, again = (lab.train(network, lag=3, rate=1e-3, seed=5, steps=25) for _ in range(2))
    assert first == again


def test_shares_are_given_for_every_lag_and_end_at_chance():
    shares = lab.right_by_lag(lab.Network("tcn", 2), trained=7, tested=12, rate=1e-2, seed=0, steps=150)
    assert shares.shape == (12,)
    assert shares[0] > 0.9
    assert abs(shares[8:].mean() - 0.25) < 0.12


def test_every_step_asks_for_the_first_token():
    batch = lab.asked_at_every_step(np.random.default_rng(0), B=3, T=5)
    first = batch.x[0].argmax(axis=-1)
    np.testing.assert_array_equal(batch.targets, np.tile(first, (5, 1)))
