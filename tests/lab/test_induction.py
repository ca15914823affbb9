"""Induction: the answer is what followed the last token, runs report themselves, and equal seeds give equal runs."""

import numpy as np

from rnnlab.lab import induction as lab


def test_the_answer_is_the_token_after_the_first_occurrence():
    batch = lab.draw(np.random.default_rng(0), B=50)
    tokens = batch.x.argmax(axis=-1)
    first = (tokens[:-1] == tokens[-1]).argmax(axis=0)
    np.testing.assert_array_equal(tokens[first + 1, np.arange(50)], batch.targets[-1])
    assert batch.scored[-1].all()
    assert not batch.scored[:-1].any()


def test_both_networks_have_about_the_same_number_of_weights():
    weights = [lab.train(network, 1e-3, seed=0, updates=lab.EVERY).weights for network in lab.UNITS]
    assert max(weights) / min(weights) < 1.05


def test_one_seed_gives_one_run_and_its_length_counts_the_updates():
    first, again = (lab.train("transformer", 3e-3, seed=4, updates=2 * lab.EVERY) for _ in range(2))
    assert first.accuracy == again.accuracy
    assert first.updates == 2 * lab.EVERY
    assert not first.solved


def test_right_answers_are_counted_at_every_length():
    run = lab.train("GRU", 1e-3, seed=0, updates=lab.EVERY)
    shares = lab.at_lengths(run, (4, 20), B=50)
    assert len(shares) == 2
    assert all(0 <= share <= 1 for share in shares)
