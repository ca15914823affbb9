"""Copying and reversing through one vector, or with attention."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import length_bottleneck as lab


def test_every_token_occurs_and_none_else():
    source = lab.sequences(np.random.default_rng(0), 5, 400)
    assert source.shape == (5, 400)
    assert set(np.unique(source)) == set(range(lab.SYMBOLS))


def test_a_reversed_source_is_copied_by_reading_it_backward():
    source = lab.sequences(np.random.default_rng(0), 5, 2)
    assert (lab.ORDERS["copy"](source[::-1]) == lab.ORDERS["reverse"](source)).all()


@pytest.mark.parametrize("kind", ["plain", "luong", "bahdanau"])
def test_an_untrained_network_guesses(kind):
    run = lab.train(np.random.default_rng(0), kind, "copy", longest=4, H=4, steps=1)
    shares = lab.accuracy(run, np.random.default_rng(1), (2, 6))
    assert shares == pytest.approx(1 / lab.SYMBOLS, abs=0.06)


def test_short_sequences_are_learned_and_the_same_seed_gives_the_same_run():
    runs = [
        lab.train(np.random.default_rng(0), "plain", "reverse", longest=3, H=24, steps=150) for _ in range(2)
    ]
    shares = [lab.accuracy(run, np.random.default_rng(1), (2, 3)) for run in runs]
    assert (shares[0] == shares[1]).all()
    assert (shares[0] > 0.9).all()
    assert runs[0].losses[-1] < runs[0].losses[0]
