"""The text experiment: every window reads equally much, in order, and the counting models are proper ones."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import text_by_window as lab


@pytest.fixture(autouse=True, scope="module")
def short_texts():
    """A little text instead of the whole book."""
    with pytest.MonkeyPatch.context() as patch:
        ids = np.random.default_rng(0).choice(
            lab.V, size=40_000, p=np.arange(1, lab.V + 1) / (lab.V * (lab.V + 1) / 2)
        )
        patch.setattr(lab, "texts", lambda: (ids, lab.streams(ids[:4_000], B=20)))
        yield


@pytest.mark.parametrize("window", [1, 5, 40])
def test_every_update_reads_equally_many_characters_and_targets_come_next(window):
    batches = list(lab._windows(np.random.default_rng(0), window, updates=3))
    assert [batch.targets.size for batch in batches] == [lab.CHARACTERS] * 3
    x = np.concatenate([batch.x.argmax(axis=-1) for batch in batches])
    targets = np.concatenate([batch.targets for batch in batches])
    np.testing.assert_array_equal(x[1:], targets[:-1])


def test_one_seed_gives_one_result():
    assert len({lab.train(3, 10, 1e-2, updates=3).bits for _ in range(2)}) == 1


def test_counting_gains_from_frequencies_and_nothing_from_pairs_of_independent_letters():
    equal, alone, pairs = lab.counted_bits().values()
    assert equal == pytest.approx(np.log2(lab.V))
    assert alone < equal - 0.1
    assert abs(pairs - alone) < 0.1


def test_a_full_window_is_the_whole_gradient():
    run = lab.train(0, 10, 1e-2, updates=2)
    cosines = lab.cosines(run.params, [2, 64])
    assert cosines[0] < cosines[1] == pytest.approx(1, abs=1e-5)
