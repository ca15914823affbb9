"""The surname experiment: a fair split, a baseline that cannot see order, and a reader that learns."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import reading_surnames as lab


@pytest.fixture(scope="module")
def split():
    return lab.names(np.random.default_rng(0))


def test_no_held_out_name_was_learned_from_and_no_spelling_has_two_languages(split):
    learn, held_out = split
    assert not set(learn.letters) & set(held_out.letters)
    together = (*learn.letters, *held_out.letters)
    assert len(set(together)) == len(together) == lab.NAMES_EACH * len(lab.LANGUAGES)


def test_every_language_has_equally_many_names(split):
    language = np.concatenate([part.language for part in split])
    assert np.bincount(language).tolist() == [lab.NAMES_EACH] * len(lab.LANGUAGES)


def test_one_seed_gives_one_result(split):
    learn, held_out = split
    again, _ = lab.names(np.random.default_rng(0))
    assert again.letters == learn.letters
    first, second = (lab.train(np.random.default_rng(1), learn, H=8, epochs=1) for _ in range(2))
    assert lab.accuracy(first, held_out) == lab.accuracy(second, held_out)


def test_the_baseline_cannot_see_order_and_the_network_can(split):
    learn, held_out = split
    reversed_names = lab.Names(tuple(name[::-1] for name in held_out.letters), held_out.language)
    assert lab.letter_counts_accuracy(learn, held_out) == lab.letter_counts_accuracy(learn, reversed_names)
    reader = lab.train(np.random.default_rng(0), learn, epochs=5)
    assert lab.accuracy(reader, held_out) > lab.accuracy(reader, reversed_names) + 0.05


def test_training_beats_an_untrained_reader_and_guessing(split):
    learn, held_out = split
    trained = lab.accuracy(lab.train(np.random.default_rng(0), learn, epochs=5), held_out)
    untrained = lab.accuracy(lab.untrained(np.random.default_rng(0)), held_out)
    assert trained > 0.5
    assert trained > untrained + 0.2


def test_padding_does_not_change_what_is_read(split):
    reader = lab.untrained(np.random.default_rng(0))
    _, alone = lab.read(reader, ["li"])
    _, together = lab.read(reader, ["li", "fitzgerald"])
    np.testing.assert_allclose(alone[-1, 0], together[-1, 0], rtol=1e-12)


def test_the_same_first_letter_leaves_no_trace(split):
    reader = lab.untrained(np.random.default_rng(0))

    class Same:
        def integers(self, low, high):
            return 26

    assert np.all(lab.trace_of_first_letter(reader, ["kovac", "novak"], Same()) == 0)
    assert np.all(lab.trace_of_first_letter(reader, ["kovac", "novak"], np.random.default_rng(0)) > 0)
