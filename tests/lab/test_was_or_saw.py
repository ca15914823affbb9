"""Was or saw: balanced snippets with the word in its place, networks with right gradients, and what they can see."""

from __future__ import annotations

import re

import numpy as np
import pytest

from rnnlab.data.text import ALPHABET
from rnnlab.lab import was_or_saw as lab
from rnnlab.nets.losses import cross_entropy
from rnnlab.nets.parameters import leaves, mapped


@pytest.fixture(scope="module")
def held_out():
    return lab.snippets()[1]


def spelled(x):
    return ["".join(ALPHABET[i] for i in column) for column in x.argmax(axis=-1).T]


@pytest.mark.parametrize("place", [0, 7, 17])
def test_the_word_stands_at_its_place_and_both_words_are_equally_frequent(held_out, place):
    x, words = held_out.at(place)
    assert all(
        re.match(rf"{lab.WORDS[word]}\b", snippet[place:])
        for snippet, word in zip(spelled(x), words, strict=True)
    )
    assert np.bincount(words).tolist() == [len(words) // 2] * 2


def test_drawn_snippets_are_balanced_too(held_out):
    x, words = held_out.at(3, np.random.default_rng(0), B=10)
    assert x.shape == (lab.T, 10, lab.D)
    assert words.tolist() == [0] * 5 + [1] * 5


def test_every_word_of_the_text_is_found_but_those_at_its_ends():
    text = "x" * lab.T + " was he who saw? seesaw wash " + "x" * lab.T
    begins = lab._found(text).begins
    assert [[text[begin : begin + 3] for begin in found] for found in begins] == [["was"], ["saw"]]


def test_the_learned_places_are_as_the_chapter_says():
    first, third, gap = lab.LEARNED.values()
    assert first == (0, 1, 2, 3, 4, 5)
    assert third == (0, 3, 6, 9, 12, 15)
    assert set(lab.PLACES) - set(gap) == {6, 7, 8}
    assert lab.PLACES[-1] + 3 == lab.T


@pytest.mark.parametrize("make", [lab.letter_counts, lab.window, lab.recurrent, lab.convolution])
def test_the_way_back_is_the_gradient(held_out, make):
    rng, network = np.random.default_rng(1), make(H=4)
    x, words = held_out.at(2, rng, B=6)
    x = x.astype(np.float64)
    params = mapped(lambda weight: weight.astype(np.float64), network.init(rng))
    direction = mapped(lambda weight: rng.normal(size=weight.shape), params)

    def loss(step):
        moved = mapped(lambda weight, way: weight + step * way, params, direction)
        return cross_entropy(network.forward(moved, x)[0], words)[0]

    y, back = network.forward(params, x)
    grads = back(cross_entropy(y, words)[1])
    along = sum(np.sum(d * g) for d, g in zip(leaves(direction), leaves(grads), strict=True))
    assert along == pytest.approx((loss(1e-5) - loss(-1e-5)) / 2e-5, rel=1e-6, abs=1e-9)


def test_letter_counts_cannot_see_order_and_the_others_can(held_out):
    rng = np.random.default_rng(2)
    x, _ = held_out.at(4, rng, B=4)
    for name, (network, _) in lab.NETWORKS.items():
        params = network.init(np.random.default_rng(3))
        y, backwards = (network.forward(params, each)[0] for each in (x, np.ascontiguousarray(x[::-1])))
        assert np.allclose(y, backwards, atol=1e-5) == (name == "letter counts")


def test_a_convolution_learns_the_word_at_places_that_it_has_not_seen(held_out):
    network, rate = lab.NETWORKS["convolution"]
    params = lab.train(0, network, lab.PLACES[:6], rate, updates=150)
    assert lab.right_at(params, network, held_out)[[8, 12]].min() > 0.9


def test_one_seed_gives_one_result(held_out):
    network, rate = lab.NETWORKS["window"]
    one, other = (lab.train(7, network, (0, 1), rate, updates=5) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(leaves(one), leaves(other), strict=True))
