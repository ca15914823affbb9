"""Missing vowels: no vowel is read, every vowel is asked for, and a little training beats the most frequent one."""

from __future__ import annotations

import numpy as np

from rnnlab.data.encoding import encode
from rnnlab.data.text import ALPHABET
from rnnlab.lab import missing_vowels as lab


def test_no_vowel_is_among_the_inputs():
    ids = lab.snippets(np.random.default_rng(0), count=4, length=50)
    batch = lab.batch_of(ids)
    assert not batch.x[:, :, encode(lab.VOWELS, ALPHABET)].any()
    assert batch.scored is not None
    assert (batch.x[:, :, lab.STAR] == batch.scored).all()
    asked = ids[batch.scored]
    assert (encode(lab.VOWELS, ALPHABET)[batch.targets[batch.scored]] == asked).all()


def test_edges_are_read_and_not_scored():
    batch = lab.batch_of(encode("aaaaaa", ALPHABET)[:, None], edge=2)
    assert batch.scored is not None
    assert batch.scored[:, 0].tolist() == [False, False, True, True, False, False]


def test_restoring_changes_vowels_alone():
    wiring = lab.WIRINGS["both, hidden layer"]
    text = lab.restored(lab.trained(0, wiring, steps=1), wiring, "the lord is my shepherd.")
    assert [a if a not in "aeiou" else "*" for a in text] == list("th* l*rd *s my sh*ph*rd.")


def test_a_wider_table_knows_more_and_none_knows_the_usual_vowel():
    shares = [
        lab.table_accuracy(np.random.default_rng(0), *c, letters=100_000) for c in ((0, 0), (1, 0), (1, 1))
    ]
    assert 0.25 < shares[0] < shares[1] < shares[2]


def test_training_beats_the_usual_vowel():
    wiring = lab.WIRINGS["both, hidden layer"]
    usual = lab.table_accuracy(np.random.default_rng(0), 0, 0, letters=20_000)
    assert lab.accuracy(lab.trained(0, wiring, steps=80), wiring) > usual + 0.05
