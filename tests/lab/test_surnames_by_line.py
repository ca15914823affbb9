"""Surnames by a line: features count, splits are fair, averages are averages, and all models beat guessing."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.analysis.gradient_check import numerical_gradient
from rnnlab.data.surnames import ALPHABET
from rnnlab.lab import surnames_by_line as lab
from rnnlab.nets import perceptron


@pytest.fixture(scope="module")
def split():
    return lab.split(np.random.default_rng(0))


def test_letters_count_letters_and_pairs_count_neighbors():
    assert lab.letters(("anna",))[0, [ALPHABET.index("a"), ALPHABET.index("n")]].tolist() == [2, 2]
    pairs = lab.pairs(("anna",))[0]
    place = {pair: ALPHABET.index(pair[0]) * lab.V + ALPHABET.index(pair[1]) for pair in ("nn", " a", "a ")}
    assert all(pairs[each] == 1 for each in place.values())
    assert pairs.sum() == 5


def test_no_name_is_on_both_sides_and_both_languages_are_equally_many(split):
    assert not set(split.names) & set(split.held_out_names)
    assert np.concatenate([split.y, split.held_out_y]).sum() == 0
    assert len(split.held_out_names) == 190


def test_anagrams_have_one_vector_of_counts_and_two_labels(split):
    pairs = lab.anagrams(split)
    assert pairs
    label = dict(zip(split.names, split.y.tolist(), strict=True))
    for one, other in pairs:
        assert (label[one], label[other]) == (-1, 1)
        assert (lab.letters((one,)) == lab.letters((other,))).all()


def test_one_epoch_is_the_rule_in_a_random_order(split):
    line = lab.draw_a_line(np.random.default_rng(1), split, lab.letters, epochs=1)
    order = np.random.default_rng(1).permutation(len(split.names))
    x = lab.letters(split.names)[order]
    training = perceptron.train(perceptron.init(lab.V), x, split.y[order], max_epochs=1)
    np.testing.assert_array_equal(line.params.w, training.params.w)
    assert line.mistakes.tolist() == [training.mistakes]


def test_the_pocket_is_no_worse_than_the_last_weights_on_what_was_seen(split):
    line = lab.draw_a_line(np.random.default_rng(2), split, lab.letters, epochs=8)
    x = lab.letters(split.names)
    assert lab.right(line.pocket, x, split.y) >= lab.right(line.params, x, split.y)


def test_logistic_regression_ends_where_its_loss_is_flat(split):
    x = lab.letters(split.names)
    params = lab.logistic(x, split.y, steps=1500)

    def loss(w):
        return float(np.mean(np.logaddexp(0, -split.y * (x @ w + params.b))) + 5e-4 * w @ w)

    assert np.abs(numerical_gradient(loss, params.w)).max() < 1e-3


def test_every_model_beats_guessing(split):
    x, test = lab.letters(split.names), lab.letters(split.held_out_names)
    line = lab.draw_a_line(np.random.default_rng(3), split, lab.letters, epochs=5)
    for params in (line.averaged, lab.least_squares(x, split.y), lab.logistic(x, split.y)):
        assert lab.right(params, test, split.held_out_y) > 0.62
    assert lab.network_accuracy(np.random.default_rng(0), split, epochs=6) > 0.6
