"""Labels that need the future: nobody passes the bounds, and who can reach them does."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.data.synthetic.tasks import task
from rnnlab.lab import needs_the_future as lab


@pytest.mark.parametrize("name", lab.REACH)
def test_inputs_are_signs_and_the_delay_is_the_reach(name):
    batch = lab.batches(name, sequences=4)(np.random.default_rng(0))
    assert set(np.unique(batch.x)) == {-1.0, 1.0}
    assert lab.wirings(name)["one direction, delayed"].delay == lab.REACH[name]


def test_the_majority_is_found_by_both_directions_and_not_by_one():
    wirings = lab.wirings("majority")
    assert (
        lab.accuracy(0, "majority", wirings["one direction"], steps=60)
        < task("majority").best_causal(lab.T) + 0.03
    )
    assert lab.accuracy(0, "majority", wirings["both, linear head"], steps=150) > 0.95


def test_one_seed_gives_one_result():
    wiring = lab.wirings("future_xor")["both, hidden layer"]
    assert lab.accuracy(1, "future_xor", wiring, steps=5) == lab.accuracy(1, "future_xor", wiring, steps=5)
