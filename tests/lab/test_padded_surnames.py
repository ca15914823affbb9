"""Padded surnames: a mask makes padding invisible, without one it is read, and buckets waste little."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import padded_surnames as lab
from rnnlab.lab import reading_surnames


@pytest.fixture(scope="module")
def names():
    return reading_surnames.names(np.random.default_rng(0))


@pytest.fixture(scope="module")
def params(names):
    return lab.train(np.random.default_rng(0), names[0], masked=True, epochs=2, H=8)


def test_a_batch_is_as_long_as_asked_and_zero_at_padding(names):
    x, _, mask, _ = lab.batch(names[1], steps=20)
    assert mask is not None
    assert x.shape[0] == mask.shape[0] == 20
    assert mask.sum(axis=0).tolist() == [len(name) for name in names[1].letters]
    assert not x[~mask].any()
    assert lab.batch(names[1], masked=False).mask is None


def test_with_a_mask_padding_changes_no_answer_and_without_one_it_does(names, params):
    logits = [
        [
            lab.MODEL.predict(params, x, mask)
            for x, _, mask, _ in (lab.batch(names[1], T, masked) for T in (14, 30))
        ]
        for masked in (True, False)
    ]
    np.testing.assert_allclose(*logits[0], rtol=0, atol=1e-12)
    assert np.abs(logits[1][0] - logits[1][1]).max() > 0.01
    assert lab.accuracy(params, names[1], 14, True) == lab.accuracy(params, names[1], 40, True)


def test_a_network_learns_with_a_mask_and_without_one(names):
    for masked in (True, False):
        params = lab.train(np.random.default_rng(1), names[0], masked, rate=1e-2, epochs=4, H=16)
        assert lab.accuracy(params, names[1], 14, masked) > 0.25


def test_buckets_pad_less_than_random_batches_and_a_batch_of_one_not_at_all():
    lengths = np.random.default_rng(0).integers(2, 20, size=300)
    at_random, by_length = lab.share_of_padding(np.random.default_rng(1), lengths, B=16)
    assert 0 < by_length < at_random / 4
    assert lab.share_of_padding(np.random.default_rng(1), lengths, B=1) == (0, 0)
